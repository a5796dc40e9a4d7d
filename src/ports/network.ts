/**
 * The kernel's network as the pulse thread needs it. Everything here is
 * synchronous and prompt; only `wait` blocks. Sends and address changes are
 * queued and leave together at the flush that their kind names, so that many
 * instances that are due at once cost a few system calls.
 */
import type { Result } from '../base/result.ts';
import type { Duration, Instant } from '../base/units.ts';
import type { AddressFamily, InterfaceName, IpAddress, MacAddress } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import type { FirewallConfig, ProcessMatch, VirtualAddress } from '../model/config.ts';
import type {
  AddressAppeared,
  AddressDuplicate,
  AddressVanished,
  LinkChanged,
  ProcessesCounted,
  ProcessExited,
  RouteVanished,
  RuleVanished,
} from '../model/core-event.ts';
import type { GuardFrame, Lease } from '../model/lease.ts';
import type { Route, Rule } from '../model/route.ts';
import type { SideEndpoint, SideSession } from '../model/side-channel.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';

/** A failed system call: `code` is the errno's name ("ENODEV"), `call` what was tried. */
export interface KernelError {
  readonly code: string;
  readonly call: string;
}

/** One packet as it arrived, from the IP header on; valid only until the sink returns. */
export interface ReceivedPacket {
  readonly channel: AdvertChannel;
  readonly packet: Uint8Array;
}

/** One datagram of the side channel; valid only until the sink returns. */
export interface ReceivedSideDatagram {
  readonly source: IpAddress;
  readonly octets: Uint8Array;
}

/** ARP, or an IPv6 packet with a neighbour advertisement; valid until the sink returns. */
export interface ReceivedClaim {
  readonly interface: InterfaceName;
  readonly family: AddressFamily;
  readonly packet: Uint8Array;
  /** Sent to all stations, not to this host alone. */
  readonly toAll: boolean;
}

/** What the kernel reported on its own. */
export type NetworkEvent =
  | LinkChanged
  | AddressAppeared
  | AddressVanished
  | AddressDuplicate
  | RouteVanished
  | RuleVanished
  | ProcessExited
  | ProcessesCounted;

/** Where what arrived is handed to; called only from within `receive`. */
export interface NetworkSink {
  packet(received: ReceivedPacket): void;
  event(event: NetworkEvent): void;
  sideDatagram(received: ReceivedSideDatagram): void;
  claim(received: ReceivedClaim): void;
}

/** One address to hold with a lifetime, or to release. `id` comes back in the outcome. */
export type AddressRequest =
  | {
      readonly type: 'hold';
      readonly id: number;
      readonly address: VirtualAddress;
      /** Null: for good. */
      readonly lifetime: Duration | null;
    }
  | { readonly type: 'release'; readonly id: number; readonly address: VirtualAddress };

export interface AddressOutcome {
  readonly id: number;
  readonly address: VirtualAddress;
  readonly error: KernelError | null;
}

/** One change of routes or rules; `id` comes back in the outcome. */
export type RoutingRequest =
  | { readonly type: 'install-route'; readonly id: number; readonly route: Route }
  | { readonly type: 'withdraw-route'; readonly id: number; readonly route: Route }
  | { readonly type: 'install-rule'; readonly id: number; readonly rule: Rule }
  | { readonly type: 'withdraw-rule'; readonly id: number; readonly rule: Rule };

export interface RoutingOutcome {
  readonly id: number;
  /** The line of the configuration. */
  readonly text: string;
  readonly error: KernelError | null;
}

/** What Baton's nftables table is to say; see SetFirewall. */
export interface FirewallContent {
  readonly firewall: FirewallConfig;
  readonly unaccepted: readonly VirtualAddress[];
  readonly quietInterfaces: readonly InterfaceName[];
}

/** How long a lease lives from now on without an advert; null: it is over. */
export interface LeaseRemainder {
  readonly lease: Lease;
  readonly remaining: Duration | null;
}

/**
 * A lease begins with an advert that has left; without one it only guards its addresses. To prepare
 * it changes nothing, but makes it quick to take.
 */
export type LeaseChange =
  | { readonly type: 'prepare'; readonly lease: Lease; readonly advert: Advert }
  | { readonly type: 'take'; readonly lease: Lease; readonly begunBy: Advert | null }
  | { readonly type: 'end'; readonly number: number };

export interface SendFailure {
  /** Null: of a channel that is bound to no interface. */
  readonly interface: InterfaceName | null;
  readonly error: KernelError;
}

export interface Network {
  /**
   * Opens the sockets that watch links and addresses, and queues one event for
   * each link and each address that is there now.
   */
  start(): KernelError | null;

  /**
   * Joins the channel's groups and opens what sending there needs. A channel that is
   * open becomes a member of these groups and of no others.
   */
  join(channel: JoinedChannel): KernelError | null;
  leave(channel: AdvertChannel): void;

  /** The interface's hardware address; null where there is no such interface. */
  macAddress(name: InterfaceName): MacAddress | null;

  /** Queues an IP packet, header included; the octets are copied. */
  queuePacket(channel: AdvertChannel, packet: Uint8Array): void;
  /**
   * Hands claims of these addresses over from now on, and of no others: what else is on the wire
   * wakes nobody. Where they are too many, claims of others may come too.
   */
  watchAddresses(addresses: readonly IpAddress[]): KernelError | null;
  /** Queues an Ethernet frame; the octets are copied. */
  queueFrame(name: InterfaceName, frame: Uint8Array): void;
  /**
   * Opens the socket of the side channel in place of one that is open. It may be bound to an
   * address that the host does not have yet. The session is drawn at random, never all zeros.
   */
  openSideChannel(own: SideEndpoint): Result<SideSession, KernelError>;
  closeSideChannel(): void;
  /** Queues a datagram of the side channel; the octets are copied. One that can't leave is lost. */
  queueSideDatagram(to: SideEndpoint, octets: Uint8Array): void;

  /** Sends what is queued, packets first, with as few calls as can be. Returns what failed. */
  flush(): readonly SendFailure[];

  /** Changes addresses in one batch; every outcome is known when this returns. */
  changeAddresses(requests: readonly AddressRequest[]): readonly AddressOutcome[];

  /** Changes routes and rules in one batch; every outcome is known when this returns. */
  changeRouting(requests: readonly RoutingRequest[]): readonly RoutingOutcome[];
  /** Makes an interface and what the kernel needs around it; an equal one is taken over. */
  createInterface(virtual: VirtualInterface): KernelError | null;
  /** Takes an interface that `createInterface` has made away, and restores what was around it. */
  deleteInterface(name: InterfaceName): KernelError | null;
  promoteSecondaries(name: InterfaceName): KernelError | null;
  /** Says no more, or again, which groups of 224.0.0.0/24 the host is in. */
  suppressLocalReports(suppressed: boolean): KernelError | null;
  setFirewall(content: FirewallContent): KernelError | null;
  /** Makes the guard for this and these leases; null takes it away. See SetGuard. */
  setGuard(frame: GuardFrame | null, held: readonly LeaseRemainder[]): KernelError | null;
  /** Changes leases in one batch; an error of code ENOENT says that the guard is gone. */
  changeLeases(changes: readonly LeaseChange[]): KernelError | null;
  /** Which of these leases the kernel does not have; an error as with `changeLeases`. */
  lapsedLeases(numbers: readonly number[]): Result<readonly number[], KernelError>;
  /** Reports processes-counted for each of these, now and at every change; replaces what was. */
  countProcesses(
    trackers: readonly { readonly name: string; readonly match: ProcessMatch }[],
  ): KernelError | null;
  /** Reports process-exited under this service's name once the process is gone. */
  watchProcess(service: string, processId: number): void;
  unwatchProcess(service: string): void;

  /** Hands over what has arrived, a bounded number of packets a call, without blocking. */
  receive(sink: NetworkSink): void;

  /** Blocks until something arrives, `wake` was called, or the deadline has come. */
  wait(deadline: Instant | null): void;

  /** Closes everything; what `start` or `join` left half done too. */
  stop(): void;
}
