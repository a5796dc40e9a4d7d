/**
 * The configuration as the core sees it: typed, defaults filled in, references
 * resolved. Where the text said it is not kept here; diagnostics carry that.
 * Every secret in it (passwords, keys) stays out of logs, status and dumps.
 */
import type { Duration } from '../base/units.ts';
import type { AddressFamily, InterfaceName, IpAddress, Ipv4Address } from './address.ts';
import type { ChecksumForm, Priority, VrrpVersion } from './advert.ts';
import type { AnnouncementConfig, AnnouncementGroupConfig } from './announcement-config.ts';
import type { Command, TimedCommand } from './command.ts';
import type { Route, Rule } from './route.ts';
import type { ServiceConfig } from './service-config.ts';
import type { SideEndpoint } from './side-channel.ts';
import type { VirtualInterface } from './virtual-interface.ts';

export interface Config {
  readonly global: GlobalConfig;
  readonly scripts: readonly ScriptConfig[];
  readonly files: readonly FileConfig[];
  readonly processes: readonly ProcessConfig[];
  readonly services: readonly ServiceConfig[];
  readonly instances: readonly InstanceConfig[];
  readonly syncGroups: readonly SyncGroupConfig[];
  /** What is there as long as Baton runs, whoever is master. */
  readonly fixed: FixedConfig;
  readonly trackGroups: readonly TrackGroupConfig[];
  readonly announcementGroups: readonly AnnouncementGroupConfig[];
  readonly interfaceDelays: readonly InterfaceDelayConfig[];
  /** Null: nothing is told to other Batons but by VRRP. */
  readonly sideChannel: SideChannelConfig | null;
}

/** `side_channel`: signed datagrams from Baton to Baton. */
export interface SideChannelConfig {
  /** Where this host is heard, and speaks from. */
  readonly own: SideEndpoint;
  readonly peers: readonly SideEndpoint[];
  /** In hexadecimal, 32 to 64 octets; a secret. */
  readonly key: string;
}

/** `static_ipaddress`, `static_routes`, `static_rules` */
export interface FixedConfig {
  readonly addresses: readonly VirtualAddress[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
}

export interface GlobalConfig {
  /** `router_id`; the host name where it is not set. */
  readonly routerId: string;
  /** Null when no `smtp_server` or no recipient is configured: then no mail is sent. */
  readonly mail: MailConfig | null;
  /** `instance`: goes into file names and the log's identity. */
  readonly instanceName: string | null;
  /** `net_namespace` */
  readonly networkNamespace: string | null;
  readonly startupScript: TimedCommand | null;
  readonly shutdownScript: TimedCommand | null;
  /** `vrrp_startup_delay`: adverts are not heeded and no timer fires before. */
  readonly startupDelay: Duration;
  /** `vrrp_delay_after_boot`: not before the machine has been up so long. */
  readonly delayAfterBoot: Duration;
  readonly logUnknownVirtualRouters: boolean;
  /** `dynamic_interfaces`: interfaces may be missing at the start. */
  readonly dynamicInterfaces: 'no' | 'yes' | 'even-if-they-change';
  readonly disableLocalIgmp: boolean;
  readonly firewall: FirewallConfig | null;
  /** `lease_guard`: no packet is answered without a lease that adverts renew. */
  readonly leaseGuard: boolean;
  readonly fifos: FifoConfig;
  readonly scheduling: SchedulingConfig;
  readonly dumps: DumpConfig;
  readonly reload: ReloadConfig;
  /** `umask`; the command line's wins. */
  readonly umask: number | null;
  /** `use_pid_dir` */
  readonly pidDirectory: boolean;
  /** `process_name` or `vrrp_process_name`, at most 15 octets. */
  readonly processName: string | null;
  /** Octets of the buffers of rtnetlink sockets; null: Baton's own choice. */
  readonly netlinkBuffers: {
    readonly command: number | null;
    readonly monitor: number | null;
    readonly processes: number | null;
  };
  readonly scriptSecurity: ScriptSecurityConfig;
}

export interface ScriptSecurityConfig {
  /** `enable_script_security` */
  readonly enforced: boolean;
  /** `use_symlink_paths` */
  readonly keepSymbolicLinks: boolean;
  /** `set_supplementary_groups` */
  readonly supplementaryGroups: boolean;
}

/** `nftables`: the table that `no_accept` and virtual MAC interfaces put their rules in. */
export interface FirewallConfig {
  readonly table: string;
  /** Hook priority. */
  readonly priority: number;
  readonly counters: boolean;
  /** Sets by interface index rather than name. */
  readonly byIndex: boolean;
}

export interface FifoConfig {
  /** `notify_fifo` and `vrrp_notify_fifo`, in this order. */
  readonly fifos: readonly NotifyFifo[];
  /** `fifo_write_vrrp_states_on_reload` */
  readonly repeatStatesOnReload: boolean;
}

export interface NotifyFifo {
  readonly path: string;
  readonly user: string | null;
  readonly group: string | null;
  /** Started with the path as its last argument; reads the FIFO. */
  readonly script: Command | null;
}

/** How the kernel schedules Baton (`vrrp_priority`, `vrrp_rt_priority`, ...). */
export interface SchedulingConfig {
  /** -20 to 19 */
  readonly nice: number | null;
  /** 1 to 99: SCHED_RR for the pulse thread. */
  readonly realTimePriority: number | null;
  /** RLIMIT_RTTIME in microseconds. */
  readonly realTimeLimit: number | null;
  /** `vrrp_no_swap`: of the program and its libraries. */
  readonly lockMemory: boolean;
  readonly processors: readonly number[];
  /** `max_auto_priority`: real-time priority is raised up to this when timers fire late; 0: never. */
  readonly automaticPriorityLimit: number;
  readonly automaticPriorityLateness: Duration;
}

/** Where and how the dumps of SIGUSR1, SIGUSR2 and the JSON signal are written. */
export interface DumpConfig {
  readonly stateFile: string | null;
  readonly statisticsFile: string | null;
  readonly jsonFile: string | null;
  readonly jsonVersion: 1 | 2;
  /** `data_use_instance`: instance and namespace go into the file names. */
  readonly useInstanceName: boolean;
}

export interface ReloadConfig {
  /** `reload_check_config`: where the complaints of a refused reload are written too. */
  readonly complaintsFile: string | null;
  /** `reload_time_file`: a file with the moment of a reload; `repeat` keeps it. */
  readonly timeFile: string | null;
  readonly repeat: boolean;
  /** `reload_file`: exists while the configuration is read. */
  readonly marker: string | null;
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

/** `track_file`: the first number in it is multiplied with the weight. */
export interface FileConfig {
  readonly name: string;
  readonly path: string;
  /** `init_file`: what is written at the start; null: nothing. */
  readonly initialValue: number | null;
  /** Replaces a file that is there. */
  readonly overwrite: boolean;
}

/** `vrrp_track_process` */
export interface ProcessConfig {
  readonly name: string;
  readonly match: ProcessMatch;
  /** As many must run at least; and, if not null, at most. */
  readonly quorum: number;
  readonly maximum: number | null;
  /** How long to wait after the number has come right, or wrong. */
  readonly forkDelay: Duration;
  readonly terminateDelay: Duration;
}

/** Which processes are meant: by name, or by arguments where parameters are given. */
export interface ProcessMatch {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly parameterMatch: 'none' | 'exact' | 'initial' | 'partial';
  /** `full_command`: the name is compared with the whole of argv[0], not with the kernel's 15 octets. */
  readonly fullCommand: boolean;
}

export type TrackKind = 'script' | 'service' | 'file' | 'process' | 'interface';

/**
 * What a tracked thing does to the instance: weight 0 is Fault while it is down (reverse: while
 * up).
 */
export interface TrackConfig {
  readonly kind: TrackKind;
  /** The name of the script, service, file, process tracker or interface. */
  readonly name: string;
  /** -254 to 254; for a file the factor that its value is multiplied with. */
  readonly weight: number;
  readonly reverse: boolean;
}

export type Authentication =
  | { readonly type: 'none' }
  /** `auth_type PASS`: at most 8 octets; a secret. */
  | { readonly type: 'simple'; readonly password: string }
  /** `auth_type AH`: the password is the key. */
  | { readonly type: 'header'; readonly password: string };

/** `auth_hmac` */
export interface HmacConfig {
  /** By key id, 1 to 255; the octets in hexadecimal. Secrets. */
  readonly keys: readonly { readonly id: number; readonly key: string }[];
  readonly activeKey: number;
  readonly timeWindow: Duration;
  readonly antiReplay: 'time' | 'monotonic';
  readonly mode: 'enforce' | 'permissive' | 'receive-only';
}

export interface VirtualAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** Where it is put; the instance's own interface where `dev` does not say otherwise. */
  readonly interface: InterfaceName;
  /** IPv4 only. */
  readonly label: string | null;
  /** Kernel scope number (0 global, 253 link, 254 host). */
  readonly scope: number;
  readonly broadcast: Ipv4Address | null;
  readonly peer: { readonly address: IpAddress; readonly prefixLength: number } | null;
  readonly flags: readonly AddressFlag[];
  /** IPv6: `-nodad` asks for duplicate address detection, which is off otherwise. */
  readonly detectDuplicates: boolean;
  /** Null: as long as it is valid; 0: deprecated, so that nothing is sent from it unasked. */
  readonly preferredLifetime: Duration | null;
  /** Its removal by others is answered. */
  readonly tracked: boolean;
  readonly trackGroup: string | null;
}

export type AddressFlag = 'home' | 'mngtmpaddr' | 'noprefixroute' | 'autojoin';

/** `interface_up_down_delays`: how long a change of a link must last before it counts. */
export interface InterfaceDelayConfig {
  readonly interface: InterfaceName;
  readonly down: Duration;
  readonly up: Duration;
}

/** `track_group`: instances that go to Fault where a static thing of the group cannot be kept. */
export interface TrackGroupConfig {
  readonly name: string;
  readonly instances: readonly string[];
}

export interface NotifyConfig {
  readonly any: Command | null;
  readonly master: Command | null;
  readonly backup: Command | null;
  readonly fault: Command | null;
  readonly stop: Command | null;
  /** `notify_deleted`; `deletedAsSuch`: a removal by reload is told as DELETED, not as FAULT. */
  readonly deleted: Command | null;
  readonly deletedAsSuch: boolean;
  /** `notify_master_rx_lower_pri` */
  readonly lowerPriorityHeard: Command | null;
  /** `notify_priority_changes`: to the FIFOs */
  readonly priorityChanges: boolean;
}

/** How adverts travel. */
export type TransportConfig =
  | { readonly type: 'multicast'; readonly group: IpAddress }
  | {
      readonly type: 'unicast';
      /** Empty with `unicast_fault_no_peer`: then the instance is in Fault. */
      readonly peers: readonly UnicastPeer[];
      readonly timeToLive: number;
      /** `check_unicast_src`, or a peer with bounds on the TTL: others than peers are not heard. */
      readonly checkSource: boolean;
    };

export interface UnicastPeer {
  readonly address: IpAddress;
  /** Bounds of the TTL of its adverts. */
  readonly minimumTimeToLive: number;
  readonly maximumTimeToLive: number;
}

/** The checksum of version 3 over IPv4: see ChecksumForm. */
export interface ChecksumConfig {
  readonly send: ChecksumForm;
  readonly accept: readonly ChecksumForm[];
}

/** Where and how the virtual MAC address lives (`use_vmac`, `use_ipvlan`). */
export interface VirtualMacConfig {
  readonly virtual: VirtualInterface;
  /** `vmac_xmit_base`: adverts leave from, and are received on, the interface below. */
  readonly transmitOnBase: boolean;
}

/** `vrrp_instance`: one virtual router. */
export interface InstanceConfig {
  readonly name: string;
  readonly initialState: 'MASTER' | 'BACKUP';
  readonly version: VrrpVersion;
  readonly family: AddressFamily;
  /** `interface`; null in unicast where a source address does without. */
  readonly interface: InterfaceName | null;
  readonly vrf: InterfaceName | null;
  readonly virtualMac: VirtualMacConfig | null;
  /** `use_vmac_addr` and `use_vmac` of an address: further interfaces to make. */
  readonly addressInterfaces: readonly VirtualInterface[];
  readonly virtualRouterId: number;
  readonly priority: Priority;
  /** Version 2: whole seconds, 1 to 255. Version 3: whole centiseconds, 1 to 4095. */
  readonly advertisementInterval: Duration;
  /** Adverts that must be missing before the master counts as down: 3. */
  readonly downTimerAdverts: number;
  readonly preempt: boolean;
  readonly preemptDelay: Duration;
  /** `timer_expired_backup`: steps down when it woke so late that another may have taken over. */
  readonly stepDownWhenLate: { readonly priority: Priority } | null;
  readonly transport: TransportConfig;
  /** `mcast_src_ip`, `unicast_src_ip`; null: the interface's primary address. */
  readonly sourceAddress: IpAddress | null;
  /** `track_src_ip`: Fault while the configured source address is missing. */
  readonly trackSourceAddress: boolean;
  readonly authentication: Authentication;
  readonly hmac: HmacConfig | null;
  readonly checksum: ChecksumConfig;
  /** `strict_mode`; what follows from it is in the other fields already. */
  readonly strict: boolean;
  readonly virtualAddresses: readonly VirtualAddress[];
  /** `virtual_ipaddress_excluded` */
  readonly excludedAddresses: readonly VirtualAddress[];
  readonly virtualRoutes: readonly Route[];
  readonly virtualRules: readonly Rule[];
  readonly promoteSecondaries: boolean;
  /** Accept_Mode (RFC 9568 section 6.1); false: packets to the addresses are dropped. */
  readonly accept: boolean;
  /** `lower_prio_no_advert` unset: an advert of lower priority is answered by one at once. */
  readonly answerLowerPriority: boolean;
  /** `higher_prio_send_advert` */
  readonly advertiseBeforeYielding: boolean;
  readonly ownerIgnoresAdverts: boolean;
  /** Whether others' claims of the addresses are listened for, and keep it from being Master. */
  readonly addressConflict: 'off' | 'warn' | 'refuse';
  /** `skip_check_adv_addr`: the address list is compared once a master. */
  readonly checkAddressListOnce: boolean;
  /** False with `dont_track_primary`. */
  readonly trackOwnInterface: boolean;
  readonly tracks: readonly TrackConfig[];
  readonly announcement: AnnouncementConfig;
  /** `kernel_rx_buf_size` */
  readonly receiveBufferOctets: number | null;
  readonly notify: NotifyConfig;
  readonly smtpAlert: boolean;
}

/** `vrrp_sync_group`: its members are Master together or not at all. */
export interface SyncGroupConfig {
  readonly name: string;
  /** Names of instances. */
  readonly members: readonly string[];
  /** What every member follows. */
  readonly tracks: readonly TrackConfig[];
  /** `sync_group_tracking_weight`, `global_tracking`: weights count for members too. */
  readonly weighted: boolean;
  readonly notify: NotifyConfig;
  readonly smtpAlert: boolean;
}
