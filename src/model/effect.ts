/**
 * All that the core can ask for, in the imperative. Effects run in the order in
 * which the core gives them; one with an `id` is answered by one EffectSettled.
 *
 * The order of a take-over is thereby a contract: take-lease, then send-advert, then
 * hold-addresses, then announce-addresses.
 */
import type { Result } from '../base/result.ts';
import type { Duration } from '../base/units.ts';
import type { InterfaceName, IpAddress, Ipv4Address } from './address.ts';
import type { Advert, HmacTrailer } from './advert.ts';
import type { AdvertChannel, JoinedChannel } from './channel.ts';
import type { Command } from './command.ts';
import type {
  FileConfig,
  FirewallConfig,
  MailConfig,
  NotifyFifo,
  ProcessMatch,
  VirtualAddress,
} from './config.ts';
import type { Probe, ServiceConfig } from './service-config.ts';
import type { JournalEntry } from './journal.ts';
import type { ConfirmLeases, EndLease, PrepareLease, SetGuard, TakeLease } from './lease.ts';
import type { Route, Rule } from './route.ts';
import type { CloseSideChannel, OpenSideChannel, SendSideMessage } from './side-effect.ts';
import type { Snapshot } from './snapshot.ts';
import type { Succession } from './succession.ts';
import type { VirtualInterface } from './virtual-interface.ts';

export type Effect = PulseEffect | ErrandEffect;

/** Prompt effects: the pulse thread executes them itself. */
export type PulseEffect =
  | JoinInterface
  | LeaveInterface
  | SendAdvert
  | HoldAddresses
  | ReleaseAddresses
  | AnnounceAddresses
  | WatchAddresses
  | ProbeAddresses
  | InstallRoutes
  | WithdrawRoutes
  | InstallRules
  | WithdrawRules
  | CreateInterface
  | DeleteInterface
  | PromoteSecondaries
  | SuppressLocalReports
  | SetFirewall
  | SetGuard
  | PrepareLease
  | TakeLease
  | EndLease
  | ConfirmLeases
  | OpenSideChannel
  | CloseSideChannel
  | SendSideMessage
  | CountProcesses
  | WatchProcess
  | UnwatchProcess;

/** Effects that may be slow: the main thread executes them. */
export type ErrandEffect =
  | RunScript
  | RunNotify
  | SendMail
  | OpenFifos
  | WriteFifos
  | WatchFiles
  | FindService
  | StartService
  | StopService
  | ReloadService
  | TestService
  | ProbeService
  | WriteLog
  | WriteJournal
  | ReportSnapshot
  | ReportSuccession
  | Finish;

/** Receive adverts on this channel, of the groups it names, and be able to send there. */
export interface JoinInterface {
  readonly type: 'join-interface';
  readonly id: number;
  readonly channel: JoinedChannel;
}

export interface LeaveInterface {
  readonly type: 'leave-interface';
  readonly channel: AdvertChannel;
}

export interface SendAdvert {
  readonly type: 'send-advert';
  readonly channel: AdvertChannel;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL, or IPv6's hop limit. */
  readonly timeToLive: number;
  readonly advert: Advert;
  /** RFC 2402, as keepalived has it. `key` is 8 octets in hexadecimal, a secret. */
  readonly authenticationHeader: {
    readonly securityParametersIndex: Ipv4Address;
    readonly sequenceNumber: number;
    readonly key: string;
  } | null;
  /** The trailer of `auth_hmac`; the executor puts the time in. */
  readonly hmac: AdvertTrailer | null;
}

export interface AdvertTrailer extends Pick<HmacTrailer, 'keyId' | 'counter'> {
  /** In hexadecimal, a secret. */
  readonly key: string;
  /** How far its time may be from the receivers' clocks; null: they know nothing but order. */
  readonly timeWindow: Duration | null;
}

/**
 * See to it that these addresses are on their interfaces now, and that the
 * kernel itself takes them off once `lifetime` (whole seconds) has passed
 * without this being repeated.
 */
export interface HoldAddresses {
  readonly type: 'hold-addresses';
  readonly id: number;
  readonly addresses: readonly VirtualAddress[];
  /** Null: they stay until they are released (`static_ipaddress`). */
  readonly lifetime: Duration | null;
}

/** Take these addresses off; one that is not there is no error. */
export interface ReleaseAddresses {
  readonly type: 'release-addresses';
  readonly id: number;
  readonly addresses: readonly VirtualAddress[];
}

/**
 * Send `repeat` gratuitous ARPs, or unsolicited neighbour advertisements, an
 * address: the first of each before the second of any.
 */
export interface AnnounceAddresses {
  readonly type: 'announce-addresses';
  readonly addresses: readonly VirtualAddress[];
  readonly repeat: number;
}

/** Tell by address-claimed who claims one of these addresses, and of no others. */
export interface WatchAddresses {
  readonly type: 'watch-addresses';
  readonly id: number;
  readonly addresses: readonly IpAddress[];
}

/** Ask the link who has these addresses, without claiming any (RFC 5227 section 2.1.1). */
export interface ProbeAddresses {
  readonly type: 'probe-addresses';
  readonly probes: readonly AddressProbe[];
}

export interface AddressProbe {
  readonly interface: InterfaceName;
  readonly address: IpAddress;
  /**
   * IPv6: who asks. The unspecified address would say that this host is about to have the
   * address, and have another that takes it up lose it (RFC 4862 section 5.4.3). IPv4: null.
   */
  readonly source: IpAddress | null;
}

/** See to it that these routes are there; one that is there already is no error. */
export interface InstallRoutes {
  readonly type: 'install-routes';
  readonly id: number;
  readonly routes: readonly Route[];
}

/** Take these routes away; one that is not there is no error. */
export interface WithdrawRoutes {
  readonly type: 'withdraw-routes';
  readonly id: number;
  readonly routes: readonly Route[];
}

export interface InstallRules {
  readonly type: 'install-rules';
  readonly id: number;
  readonly rules: readonly Rule[];
}

export interface WithdrawRules {
  readonly type: 'withdraw-rules';
  readonly id: number;
  readonly rules: readonly Rule[];
}

/**
 * Make this interface, with the sysctls that it and the one below it need; one that
 * is there with the same properties is taken over. All is undone by delete-interface.
 */
export interface CreateInterface {
  readonly type: 'create-interface';
  readonly id: number;
  readonly virtual: VirtualInterface;
}

export interface DeleteInterface {
  readonly type: 'delete-interface';
  readonly id: number;
  readonly name: InterfaceName;
}

/** Set net.ipv4.conf.IF.promote_secondaries; what it was comes back when Baton ends. */
export interface PromoteSecondaries {
  readonly type: 'promote-secondaries';
  readonly id: number;
  readonly interface: InterfaceName;
}

/**
 * Set net.ipv4.igmp_link_local_mcast_reports: whether the host tells routers and switches of
 * the groups in 224.0.0.0/24 that it is in; what it was comes back when Baton ends.
 */
export interface SuppressLocalReports {
  readonly type: 'suppress-local-reports';
  readonly id: number;
  readonly suppressed: boolean;
}

/**
 * Make Baton's nftables table say exactly this; with nothing to say it is taken away.
 * `unaccepted`: packets to these addresses are dropped, ARP, solicitations and
 * advertisements of neighbours excepted (RFC 9568 section 6.4.3). `quietInterfaces`:
 * IGMP, MLD and router solicitations leave by the interface below instead.
 */
export interface SetFirewall {
  readonly type: 'set-firewall';
  readonly id: number;
  readonly firewall: FirewallConfig;
  readonly unaccepted: readonly VirtualAddress[];
  readonly quietInterfaces: readonly InterfaceName[];
}

/** Report the number of processes that match, now and whenever it changes; replaces what was. */
export interface CountProcesses {
  readonly type: 'count-processes';
  readonly trackers: readonly { readonly name: string; readonly match: ProcessMatch }[];
}

/** Tell by process-exited when this process ends, at once where it has ended already. */
export interface WatchProcess {
  readonly type: 'watch-process';
  readonly service: string;
  readonly processId: number;
}

export interface UnwatchProcess {
  readonly type: 'unwatch-process';
  readonly service: string;
}

export interface RunScript {
  readonly type: 'run-script';
  readonly script: string;
  readonly command: Command;
  readonly timeout: Duration;
}

/** Run one notify script; all of them run one at a time and in this order. */
export interface RunNotify {
  readonly type: 'run-notify';
  readonly command: Command;
}

export interface SendMail {
  readonly type: 'send-mail';
  readonly mail: MailConfig;
  readonly subject: string;
  readonly body: string;
}

/** Make these the notify FIFOs, and run their scripts; what is unchanged stays open. */
export interface OpenFifos {
  readonly type: 'open-fifos';
  readonly fifos: readonly NotifyFifo[];
}

/** One line, without its end, for every FIFO. */
export interface WriteFifos {
  readonly type: 'write-fifos';
  readonly line: string;
}

/** Report the values of these files, now and whenever one changes; replaces what was. */
export interface WatchFiles {
  readonly type: 'watch-files';
  readonly files: readonly FileConfig[];
}

/** Answered by service-found. */
export interface FindService {
  readonly type: 'find-service';
  readonly service: ServiceConfig;
}

/**
 * Start the service, after ending what a process that died has left of its
 * process group. Answered by service-started or service-start-failed.
 */
export interface StartService {
  readonly type: 'start-service';
  readonly service: ServiceConfig;
  readonly formerProcessId: number | null;
}

export interface StopService {
  readonly type: 'stop-service';
  readonly service: ServiceConfig;
  readonly processId: number;
}

export interface ReloadService {
  readonly type: 'reload-service';
  readonly service: ServiceConfig;
  readonly processId: number;
}

/** Answered by service-tested. */
export interface TestService {
  readonly type: 'test-service';
  readonly service: string;
  readonly command: Command;
}

/** Answered by service-probed. */
export interface ProbeService {
  readonly type: 'probe-service';
  readonly service: string;
  readonly probe: Probe;
  readonly timeout: Duration;
}

export type LogLevel = 'error' | 'warning' | 'notice' | 'info' | 'debug';

export interface WriteLog {
  readonly type: 'write-log';
  readonly level: LogLevel;
  readonly text: string;
}

export interface WriteJournal {
  readonly type: 'write-journal';
  /** The core numbers its entries from 1. */
  readonly number: number;
  readonly entry: JournalEntry;
  /** The numbers of the entries that led to it. */
  readonly because: readonly number[];
}

export interface ReportSnapshot {
  readonly type: 'report-snapshot';
  readonly id: number;
  readonly snapshot: Snapshot;
}

/**
 * What the Baton that takes the place of this one has to know. Where it is told, Finish follows,
 * and all that is in the kernel stays there; where it is refused, all goes on.
 */
export interface ReportSuccession {
  readonly type: 'report-succession';
  readonly id: number;
  readonly outcome: Result<Succession, string>;
}

/** All is handed over and taken down; the process may end. */
export interface Finish {
  readonly type: 'finish';
}
