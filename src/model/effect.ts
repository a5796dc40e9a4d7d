/**
 * All that the core can ask for, in the imperative. Effects run in the order in
 * which the core gives them; one with an `id` is answered by one EffectSettled.
 *
 * The order of a take-over is thereby a contract: send-advert, then
 * hold-addresses, then announce-addresses.
 */
import type { Duration } from '../base/units.ts';
import type { InterfaceName, Ipv4Address } from './address.ts';
import type { Advert } from './advert.ts';
import type { Command, MailConfig, Probe, ServiceConfig, VirtualAddress } from './config.ts';
import type { JournalEntry } from './journal.ts';
import type { Snapshot } from './snapshot.ts';

export type Effect = PulseEffect | ErrandEffect;

/** Prompt effects: the pulse thread executes them itself. */
export type PulseEffect =
  | JoinInterface
  | LeaveInterface
  | SendAdvert
  | HoldAddresses
  | ReleaseAddresses
  | AnnounceAddresses
  | WatchProcess
  | UnwatchProcess;

/** Effects that may be slow: the main thread executes them. */
export type ErrandEffect =
  | RunScript
  | RunNotify
  | SendMail
  | FindService
  | StartService
  | StopService
  | ReloadService
  | TestService
  | ProbeService
  | WriteLog
  | WriteJournal
  | ReportSnapshot
  | Finish;

/** Receive the adverts of 224.0.0.18 on this interface and be able to send there. */
export interface JoinInterface {
  readonly type: 'join-interface';
  readonly id: number;
  readonly interface: InterfaceName;
}

export interface LeaveInterface {
  readonly type: 'leave-interface';
  readonly interface: InterfaceName;
}

export interface SendAdvert {
  readonly type: 'send-advert';
  readonly interface: InterfaceName;
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly advert: Advert;
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
  readonly lifetime: Duration;
}

/** Take these addresses off; one that is not there is no error. */
export interface ReleaseAddresses {
  readonly type: 'release-addresses';
  readonly id: number;
  readonly addresses: readonly VirtualAddress[];
}

/** Send `repeat` gratuitous ARPs an address: the first of each before the second of any. */
export interface AnnounceAddresses {
  readonly type: 'announce-addresses';
  readonly addresses: readonly VirtualAddress[];
  readonly repeat: number;
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
  readonly entry: JournalEntry;
}

export interface ReportSnapshot {
  readonly type: 'report-snapshot';
  readonly id: number;
  readonly snapshot: Snapshot;
}

/** All is handed over and taken down; the process may end. */
export interface Finish {
  readonly type: 'finish';
}
