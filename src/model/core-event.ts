/**
 * All that can happen, in the past tense: the core's whole input. Each is
 * plain data and can be written as one line of JSON.
 */
import type { Instant } from '../base/units.ts';
import type { InterfaceName, IpAddress, MacAddress } from './address.ts';
import type { Advert, ReceivedAuthenticationHeader, ReceivedHmacTrailer } from './advert.ts';
import type { AdvertChannel } from './channel.ts';
import type { Config } from './config.ts';
import type { DropReason } from './drop-reason.ts';
import type { Route, Rule } from './route.ts';
import type { SideMessage, SideSession } from './side-channel.ts';
import type { Succession } from './succession.ts';

export type CoreEvent =
  // The network
  | NetworkListed
  | AdvertReceived
  | PacketDropped
  | SendFailed
  | LinkChanged
  | AddressAppeared
  | AddressVanished
  | AddressDuplicate
  | AddressClaimed
  | ClaimDropped
  | RouteVanished
  | RuleVanished
  | LeasesLapsed
  | GuardVanished
  // Other Batons
  | SideMessageReceived
  | SideMessageDropped
  // Answers to effects
  | SideChannelOpened
  | SideChannelFailed
  | EffectSettled
  | ScriptFinished
  | FileRead
  | ProcessesCounted
  | ServiceFound
  | ServiceStarted
  | ServiceStartFailed
  | ServiceTested
  | ServiceProbed
  | ProcessExited
  // The operator
  | ConfigReplaced
  | PassRequested
  | ServiceReloadRequested
  | SnapshotRequested
  | StatisticsCleared
  | StopRequested
  | SuccessionRequested
  | SuccessionReceived
  // The clock: a deadline of the core's own has come
  | TakeoverNears
  | TimePassed;

/** Every link and address that was there at the start has been told; the core may begin. */
export interface NetworkListed {
  readonly type: 'network-listed';
}

/** A well-formed advert arrived on a channel; who it is from is the IP header's word. */
export interface AdvertReceived {
  readonly type: 'advert-received';
  readonly channel: AdvertChannel;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL, or IPv6's hop limit. */
  readonly timeToLive: number;
  readonly advert: Advert;
  readonly authenticationHeader: ReceivedAuthenticationHeader | null;
  readonly hmac: ReceivedHmacTrailer | null;
}

/** A packet arrived that could not be decoded; `virtualRouterId` is null where it can't be told. */
export interface PacketDropped {
  readonly type: 'packet-dropped';
  readonly channel: AdvertChannel;
  readonly source: IpAddress | null;
  readonly virtualRouterId: number | null;
  readonly reason: DropReason;
}

/** Adverts or ARPs could not leave an interface. */
export interface SendFailed {
  readonly type: 'send-failed';
  /** Null: of a channel that is bound to none. */
  readonly interface: InterfaceName | null;
  readonly error: string;
}

/** An interface was found, has changed, or is gone (`present` false). */
export interface LinkChanged {
  readonly type: 'link-changed';
  readonly interface: InterfaceName;
  readonly present: boolean;
  /** Administratively up and with carrier. */
  readonly up: boolean;
  /** Whether it can carry multicast (IFF_MULTICAST). */
  readonly multicast: boolean;
  readonly macAddress: MacAddress | null;
}

/** An address is on an interface: listed at the start, or put there by others than Baton. */
export interface AddressAppeared {
  readonly type: 'address-appeared';
  readonly interface: InterfaceName;
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** A secondary address (IFA_F_SECONDARY) is no primary source for adverts. */
  readonly secondary: boolean;
  /** IPv6: still being looked for on the link, or found there: it can't be used (RFC 4862). */
  readonly tentative: boolean;
  /** Whether it carries Baton's own mark (IFA_PROTO): an earlier run has left it. */
  readonly own: boolean;
  /**
   * When an earlier run has last renewed it, which it does with each of its adverts; null where
   * it is nobody's or there for good, and where the kernel's time can't be told from ours.
   */
  readonly renewedAt: Instant | null;
}

/** An address left an interface, and it was not Baton that asked for it. */
export interface AddressVanished {
  readonly type: 'address-vanished';
  readonly interface: InterfaceName;
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/**
 * Another host on the link has this address of IPv6: duplicate address detection has failed
 * (RFC 4862 section 5.4), and the kernel has taken it away, since it was there for a time only.
 */
export interface AddressDuplicate {
  readonly type: 'address-duplicate';
  readonly interface: InterfaceName;
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** Another station says on the wire that it has an address that is watched (WatchAddresses). */
export interface AddressClaimed {
  readonly type: 'address-claimed';
  readonly interface: InterfaceName;
  readonly address: IpAddress;
  readonly macAddress: MacAddress;
  /** All stations were told, and may send there now; else it was an answer to this host. */
  readonly toAll: boolean;
}

/** What seemed to claim a watched address can't be read. */
export interface ClaimDropped {
  readonly type: 'claim-dropped';
  readonly interface: InterfaceName;
  readonly reason: DropReason;
}

/** A route that Baton has installed is gone, and it was not Baton that asked for it. */
export interface RouteVanished {
  readonly type: 'route-vanished';
  readonly route: Route;
}

export interface RuleVanished {
  readonly type: 'rule-vanished';
  readonly rule: Rule;
}

/**
 * The kernel has these leases no more, or never had them: the adverts that should have renewed
 * them did not leave in time, and what is asked of their addresses is not answered.
 */
export interface LeasesLapsed {
  readonly type: 'leases-lapsed';
  readonly numbers: readonly number[];
}

/** The kernel's guard is gone, and it was not Baton that asked for it: it can't be used. */
export interface GuardVanished {
  readonly type: 'guard-vanished';
  readonly error: string;
}

/** A datagram of the side channel arrived, signed with our key; whether it counts is not judged. */
export interface SideMessageReceived {
  readonly type: 'side-message-received';
  readonly source: IpAddress;
  readonly message: SideMessage;
}

/** A datagram came to the side channel that is no message of a peer. */
export interface SideMessageDropped {
  readonly type: 'side-message-dropped';
  readonly source: IpAddress;
  readonly reason: DropReason;
}

/** The answer to open-side-channel. */
export interface SideChannelOpened {
  readonly type: 'side-channel-opened';
  /** Drawn at random: nobody could have known it before. */
  readonly session: SideSession;
  /** Of the secrets of each instance: 16 hexadecimal digits. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

/** The answer to open-side-channel where that can't be. */
export interface SideChannelFailed {
  readonly type: 'side-channel-failed';
  readonly error: string;
}

/** The answer to an effect that carried an id. `error` is null when it was done. */
export interface EffectSettled {
  readonly type: 'effect-settled';
  readonly id: number;
  readonly error: string | null;
}

export interface ScriptFinished {
  readonly type: 'script-finished';
  readonly script: string;
  readonly outcome: ScriptOutcome;
}

export type ScriptOutcome =
  | { readonly type: 'exited'; readonly status: number }
  | { readonly type: 'signalled'; readonly signal: string }
  | { readonly type: 'timed-out' }
  /** It could not be executed at all; `reason` says why. */
  | { readonly type: 'not-executable'; readonly reason: string };

/** A tracked file was read; null: it is not there, or begins with no number. */
export interface FileRead {
  readonly type: 'file-read';
  readonly file: string;
  readonly value: number | null;
}

/** So many processes now match what the tracker of this name looks for. */
export interface ProcessesCounted {
  readonly type: 'processes-counted';
  readonly tracker: string;
  readonly count: number;
}

/** The answer to find-service: the process that the pid file names, if it lives. */
export interface ServiceFound {
  readonly type: 'service-found';
  readonly service: string;
  readonly processId: number | null;
}

export interface ServiceStarted {
  readonly type: 'service-started';
  readonly service: string;
  readonly processId: number;
}

export interface ServiceStartFailed {
  readonly type: 'service-start-failed';
  readonly service: string;
  readonly reason: string;
}

export interface ServiceTested {
  readonly type: 'service-tested';
  readonly service: string;
  readonly passed: boolean;
  /** The last line that the test printed. */
  readonly detail: string;
}

export interface ServiceProbed {
  readonly type: 'service-probed';
  readonly service: string;
  readonly answered: boolean;
  readonly detail: string;
}

/** A watched process is gone. */
export interface ProcessExited {
  readonly type: 'process-exited';
  readonly service: string;
  readonly processId: number;
}

/** A new configuration was read and is free of errors. */
export interface ConfigReplaced {
  readonly type: 'config-replaced';
  readonly config: Config;
}

/** `baton pass`: hand mastership over; null: of all instances. */
export interface PassRequested {
  readonly type: 'pass-requested';
  readonly instance: string | null;
}

/** `baton reload --service`: the service is to read its own configuration anew. */
export interface ServiceReloadRequested {
  readonly type: 'service-reload-requested';
  readonly service: string;
}

export interface SnapshotRequested {
  readonly type: 'snapshot-requested';
  readonly id: number;
}

/** Another Baton is ready to take the place of this one; answered by a ReportSuccession. */
export interface SuccessionRequested {
  readonly type: 'succession-requested';
  readonly id: number;
  /** Who asks waits no longer: to give way later would be to give way to nobody. */
  readonly notAfter: Instant;
}

/** This Baton takes the place of another one, which has ended. Comes before NetworkListed. */
export interface SuccessionReceived {
  readonly type: 'succession-received';
  readonly succession: Succession;
}

/** The counters of all instances begin at zero again. */
export interface StatisticsCleared {
  readonly type: 'statistics-cleared';
}

export interface StopRequested {
  readonly type: 'stop-requested';
}

/** A Backup is about to take over: what can be done ahead of it is done now. */
export interface TakeoverNears {
  readonly type: 'takeover-nears';
}

export interface TimePassed {
  readonly type: 'time-passed';
}
