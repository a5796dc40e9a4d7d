/**
 * The configuration as the core sees it: typed, defaults filled in, references
 * resolved. Where the text said it is not kept here; diagnostics carry that.
 */
import type { Duration } from '../base/units.ts';
import type { InterfaceName, Ipv4Address } from './address.ts';
import type { Priority } from './advert.ts';

export interface Config {
  readonly global: GlobalConfig;
  readonly scripts: readonly ScriptConfig[];
  readonly services: readonly ServiceConfig[];
  readonly instances: readonly InstanceConfig[];
}

export interface GlobalConfig {
  /** `router_id`; the host name where it is not set. */
  readonly routerId: string;
  /** Null when no `smtp_server` or no recipient is configured: then no mail is sent. */
  readonly mail: MailConfig | null;
}

export interface MailConfig {
  readonly recipients: readonly string[];
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly heloName: string;
  readonly connectTimeout: Duration;
  /** `no_email_faults` */
  readonly mailOnFault: boolean;
}

/** A program with its arguments, started without a shell. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** User and group to run as; null: `script_user`'s, else Baton's own. */
  readonly user: string | null;
  readonly group: string | null;
}

/** `vrrp_script` */
export interface ScriptConfig {
  readonly name: string;
  readonly command: Command;
  readonly interval: Duration;
  readonly timeout: Duration;
  /** Successes in a row until it counts as up, failures until down; both at least 1. */
  readonly rise: number;
  readonly fall: number;
  /** `init_fail`: counts as failed until it has succeeded (`rise` times in a row). */
  readonly initiallyFailed: boolean;
}

/** What a tracked thing does to the instance: 0 is Fault while it is down (reverse: while up). */
export interface TrackWeight {
  /** -253 to 253 */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackedScript extends TrackWeight {
  readonly script: string;
}

export interface TrackedService extends TrackWeight {
  readonly service: string;
}

export type Authentication =
  | { readonly type: 'none' }
  /** `auth_type PASS`: at most 8 octets; a secret. */
  | { readonly type: 'simple'; readonly password: string };

export interface VirtualAddress {
  readonly address: Ipv4Address;
  readonly prefixLength: number;
  /** Where it is put; the instance's own interface where `dev` does not say otherwise. */
  readonly interface: InterfaceName;
  readonly label: string | null;
  /** Kernel scope number (0 global, 253 link, 254 host). */
  readonly scope: number;
  readonly broadcast: Ipv4Address | null;
}

/** How often and when gratuitous ARPs are sent (`garp_master_*`, `garp_lower_prio_*`). */
export interface AnnouncementConfig {
  /** A second burst this long after becoming Master; 0: none. */
  readonly delay: Duration;
  readonly repeat: number;
  /** A refresh this often while Master; 0: none. */
  readonly refresh: Duration;
  readonly refreshRepeat: number;
  readonly lowerPriorityDelay: Duration;
  readonly lowerPriorityRepeat: number;
}

export interface NotifyConfig {
  readonly any: Command | null;
  readonly master: Command | null;
  readonly backup: Command | null;
  readonly fault: Command | null;
  readonly stop: Command | null;
}

/** `vrrp_instance`: one virtual router. */
export interface InstanceConfig {
  readonly name: string;
  readonly initialState: 'MASTER' | 'BACKUP';
  readonly interface: InterfaceName;
  readonly virtualRouterId: number;
  readonly priority: Priority;
  /** Version 2: whole seconds, 1 to 255. */
  readonly advertisementInterval: Duration;
  readonly preempt: boolean;
  /** `mcast_src_ip`; null: the interface's primary address. */
  readonly sourceAddress: Ipv4Address | null;
  readonly authentication: Authentication;
  readonly virtualAddresses: readonly VirtualAddress[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackServices: readonly TrackedService[];
  readonly announcement: AnnouncementConfig;
  readonly notify: NotifyConfig;
  readonly smtpAlert: boolean;
}

/** How Baton asks whether a service answers. */
export type Probe =
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'http'; readonly url: string }
  | { readonly type: 'command'; readonly command: Command };

/** `service`: a process that Baton starts, watches and brings back. */
export interface ServiceConfig {
  readonly name: string;
  readonly start: Command;
  /** Null: the process is sent SIGTERM. */
  readonly stop: Command | null;
  /** Null: the process is sent SIGHUP. */
  readonly reload: Command | null;
  /** Tests the service's own configuration; null: there is no such test. */
  readonly test: Command | null;
  readonly pidFile: string;
  /** How long a start may take until the pid file names a running process. */
  readonly startTimeout: Duration;
  readonly stopTimeout: Duration;
  readonly probe: Probe | null;
  readonly probeInterval: Duration;
  readonly probeTimeout: Duration;
  readonly probeRise: number;
  readonly probeFall: number;
  /** At most `restartLimit` restarts within `restartWindow`; then the service counts as failed. */
  readonly restartLimit: number;
  readonly restartWindow: Duration;
  /** How often a failed service is tried again. */
  readonly retryInterval: Duration;
  /** Stop the service when Baton stops. */
  readonly stopWithBaton: boolean;
}
