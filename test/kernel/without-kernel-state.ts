/**
 * Keywords that no configuration of the holdings tests has: why a kernel shows nothing of them, or
 * where their effect on it is shown instead. "BLOCK: *" stands for all of a block that are left.
 */

export interface Explained {
  /** Why there is nothing of it for a kernel to show. */
  readonly reason: string;
  readonly keywords: readonly string[];
}

export const withoutKernelState: readonly Explained[] = [
  {
    reason: 'what is in the guard changes with each take-over: lease-guard.test.ts shows it',
    keywords: ['global_defs: lease_guard'],
  },
  {
    reason: 'how the text is read: only what it then says has an effect',
    keywords: [
      ...['include', 'includer', 'includem', 'includew', 'includeb', 'includea'].map(
        (name) => `the outermost level: ${name}`,
      ),
      'global_defs: include_check',
      'global_defs: random_seed',
      'global_defs: reload_check_config',
      'global_defs: reload_time_file',
      'global_defs: reload_repeat',
      'global_defs: reload_file',
      'global_defs: iproute_usr_dir',
      'global_defs: iproute_etc_dir',
    ],
  },
  {
    reason: 'whether a host is Master, and when: what a Master then holds is the same',
    keywords: [
      'the outermost level: interface_up_down_delays',
      'the outermost level: track_group',
      'track_group: group',
      'global_defs: vrrp_down_timer_adverts',
      'global_defs: vrrp_lower_prio_no_advert',
      'global_defs: vrrp_higher_prio_send_advert',
      'global_defs: vrrp_owner_ignore_adverts',
      'vrrp_instance: down_timer_adverts',
      'vrrp_instance: timer_expired_backup',
      'vrrp_instance: nopreempt',
      'vrrp_instance: preempt',
      'vrrp_instance: preempt_delay',
      'vrrp_instance: track_src_ip',
      'vrrp_instance: unicast_fault_no_peer',
      'vrrp_instance: lower_prio_no_advert',
      'vrrp_instance: higher_prio_send_advert',
      'vrrp_instance: owner_ignore_adverts',
      ...['track_interface', 'track_script', 'track_file', 'track_process'].map(
        (name) => `vrrp_sync_group: ${name}`,
      ),
      'vrrp_sync_group: sync_group_tracking_weight',
      'vrrp_sync_group: global_tracking',
      'track_script: weight',
      'vrrp_script: *',
      'vrrp_track_process: *',
      ...['static_ipaddress', 'virtual_ipaddress', 'virtual_ipaddress_excluded'].map(
        (block) => `${block}: track_group`,
      ),
      'virtual_routes: track_group',
      'virtual_rules: track_group',
    ],
  },
  {
    reason: 'whether what others remove is put back: it is there before, and after',
    keywords: ['virtual_rules: no_track'],
  },
  {
    reason: 'octets of adverts, and which adverts are taken: test/conformance and test/blackbox',
    keywords: [
      'global_defs: vrrp_check_unicast_src',
      'global_defs: vrrp_skip_check_adv_addr',
      'global_defs: v3_checksum_as_v2',
      'global_defs: vrrp_v3_checksum_accept',
      'vrrp_instance: check_unicast_src',
      'vrrp_instance: old_unicast_checksum',
      'vrrp_instance: v3_checksum_as_v2',
      'vrrp_instance: v3_checksum_accept',
      'vrrp_instance: skip_check_adv_addr',
      'vrrp_instance: native_ipv6',
      'vrrp_instance: auth_hmac',
      'auth_hmac: *',
    ],
  },
  {
    reason: 'frames that are sent and forgotten: gratuitous ARPs and neighbour advertisements',
    keywords: [
      'the outermost level: garp_group',
      'garp_group: *',
      ...[
        ...['garp_master_delay', 'garp_master_repeat', 'garp_master_refresh'],
        ...['garp_master_refresh_repeat', 'garp_lower_prio_delay', 'garp_lower_prio_repeat'],
        'garp_extra_if',
      ].flatMap((name) => [`global_defs: vrrp_${name}`, `vrrp_instance: ${name}`]),
      'global_defs: vrrp_garp_interval',
      'global_defs: vrrp_gna_interval',
      'global_defs: vrrp_min_garp',
    ],
  },
  {
    reason: 'what people and programs are told: mail, scripts, FIFOs, logs, dumps',
    keywords: [
      ...['notification_email', 'notification_email_from', 'smtp_server', 'smtp_helo_name'],
      ...['smtp_connect_timeout', 'smtp_alert', 'smtp_alert_vrrp', 'no_email_faults'],
      ...['startup_script', 'shutdown_script', 'startup_script_timeout'],
      ...['shutdown_script_timeout', 'use_symlink_paths', 'set_supplementary_groups'],
      ...['log_unknown_vrids', 'vrrp_notify_priority_changes', 'notify_fifo', 'vrrp_notify_fifo'],
      ...['notify_fifo_script', 'vrrp_notify_fifo_script', 'fifo_write_vrrp_states_on_reload'],
      ...['data_use_instance', 'state_dump_file', 'stats_dump_file', 'json_dump_file'],
      'json_version',
    ]
      .map((name) => `global_defs: ${name}`)
      .concat(
        ['vrrp_instance', 'vrrp_sync_group'].flatMap((block) =>
          [
            ...['notify_master', 'notify_backup', 'notify_fault', 'notify_stop', 'notify'],
            ...['notify_priority_changes', 'smtp_alert'],
          ].map((name) => `${block}: ${name}`),
        ),
        'vrrp_instance: notify_deleted',
        'vrrp_instance: notify_master_rx_lower_pri',
      ),
  },
  {
    reason: 'the processes that are supervised: their own tests see what they do',
    keywords: ['the outermost level: service', 'service: *'],
  },
  {
    reason: 'what Batons tell each other: a socket, and who is Master',
    keywords: ['the outermost level: side_channel', 'side_channel: *'],
  },
  {
    reason: 'interfaces may always come and change, with the word or without it',
    keywords: ['global_defs: dynamic_interfaces'],
  },
  {
    reason: 'the kernels that the tests run on have no VRF, no ipvlan and no NAT by routes',
    keywords: [
      'vrrp_instance: vrf',
      'vrrp_instance: use_ipvlan',
      'virtual_routes: vrf',
      'virtual_routes: nat',
    ],
  },
  {
    reason:
      'a macvlan of its own has the number of a virtual router, and a static address has none',
    keywords: ['static_ipaddress: use_vmac'],
  },
  {
    reason: 'no namespace but the first has a process connector',
    keywords: ['global_defs: process_monitor_rcv_bufs'],
  },
  {
    reason: 'the kernel tells no sizes of raw sockets: test/kernel/channels.test.ts fills them',
    keywords: ['global_defs: vrrp_rx_bufs_policy', 'vrrp_instance: kernel_rx_buf_size'],
  },
  {
    reason: 'nothing before a timer is late: test/kernel/scheduling.test.ts makes it so',
    keywords: ['global_defs: max_auto_priority', 'global_defs: min_auto_priority_delay'],
  },
];

export interface ShownElsewhere {
  /** The test that has each of these words. */
  readonly file: string;
  readonly keywords: readonly string[];
}

export const shownElsewhere: readonly ShownElsewhere[] = [
  { file: 'test/kernel/split-brain.test.ts', keywords: ['vrrp_instance: address_conflict'] },
  {
    file: 'test/kernel/daemon-life.test.ts',
    keywords: [
      'the outermost level: instance',
      'the outermost level: use_pid_dir',
      'global_defs: process_name',
      'global_defs: umask',
      'global_defs: vrrp_startup_delay',
    ],
  },
  {
    file: 'test/kernel/holdings-process.test.ts',
    keywords: ['global_defs: vrrp_delay_after_boot'],
  },
];
