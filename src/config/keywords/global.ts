/** `global_defs`: what holds for the whole daemon. */
import {
  choice,
  decimal,
  integer,
  interfaceName,
  ip,
  mailAddress,
  path,
  text,
  textUpTo,
} from './argument-type.ts';
import {
  acted,
  entryBlock,
  keywordBlock,
  later,
  optional,
  repeated,
  required,
  unsafe,
  type Keyword,
} from './keyword.ts';
import { scriptParameters, switchParameters, userParameters } from './parameters.ts';
import { processKeywords } from './process.ts';

const seconds = integer(0, 4_294);

const identity: readonly Keyword[] = [
  acted('router_id', [required('NAME', text)], 'names this host in mail subjects', {
    default: 'the host name',
  }),
  later('process_names', [], 'gives the child processes names of their own'),
  later('process_name', [required('NAME', textUpTo(15))], 'name of the parent process'),
  later('vrrp_process_name', [required('NAME', textUpTo(15))], 'name of the VRRP process'),
  later('checker_process_name', [required('NAME', textUpTo(15))], 'name of the checker process', {
    deprecated: ['lvs_process_name'],
  }),
  later('bfd_process_name', [required('NAME', textUpTo(15))], 'name of the BFD process'),
];

const mail: readonly Keyword[] = [
  acted('notification_email', [], 'who gets mail', {
    block: entryBlock('notification_email', 'ADDRESS ...'),
  }),
  acted('notification_email_from', [required('ADDRESS', mailAddress)], 'sender of mail', {
    default: 'root@ the host name',
  }),
  acted(
    'smtp_server',
    [required('HOST', text), optional('PORT', integer(1, 65_535))],
    'the relay that takes mail',
    { default: 'port 25' },
  ),
  acted('smtp_helo_name', [required('NAME', text)], 'name given in HELO', {
    default: 'the host name',
  }),
  acted(
    'smtp_connect_timeout',
    [required('SECONDS', integer(0, 4_294))],
    'patience with the relay; 0 becomes 1',
    { default: '30 s' },
  ),
  acted('smtp_alert', switchParameters, 'mail for every transition, unless told otherwise below', {
    default: 'off',
  }),
  acted('smtp_alert_vrrp', switchParameters, 'the same, for VRRP instances', {
    default: 'smtp_alert',
  }),
  later('smtp_alert_checker', switchParameters, 'the same, for checkers', {
    default: 'smtp_alert',
  }),
  acted('no_email_faults', [], 'no mail about the state Fault'),
  later('no_checker_emails', [], 'mail only when a real server changes, not for each checker'),
  later(
    'checker_log_all_failures',
    switchParameters,
    'logs each failed attempt, not just the last',
    {
      default: 'off',
    },
  ),
];

const scripts: readonly Keyword[] = [
  acted('script_user', userParameters, 'who runs scripts that name no user', {
    default: "Baton's own user (keepalived: keepalived_script where there is one)",
  }),
  later('enable_script_security', [], 'runs nothing as root that others may write to'),
  later('startup_script', scriptParameters, 'is run before anything starts'),
  later('shutdown_script', scriptParameters, 'is run after everything has stopped'),
  later('startup_script_timeout', [required('SECONDS', integer(1, 1_000))], 'patience with it', {
    default: '10 s',
  }),
  later('shutdown_script_timeout', [required('SECONDS', integer(1, 1_000))], 'patience with it', {
    default: '10 s',
  }),
  later('use_symlink_paths', switchParameters, 'keeps symbolic links in paths of scripts', {
    default: 'off',
  }),
  later('set_supplementary_groups', switchParameters, 'gives scripts all groups of their user', {
    default: 'off',
  }),
];

const interfaces: readonly Keyword[] = [
  later('default_interface', [required('INTERFACE', interfaceName)], 'for static addresses', {
    default: 'eth0',
  }),
  later(
    'dynamic_interfaces',
    [optional('HOW', choice('allow_if_changes'))],
    'interfaces may come into being, or change, after the start (in Baton they always may)',
  ),
  later('disable_local_igmp', [], 'no IGMP for 224.0.0.0/24'),
  later('log_unknown_vrids', [], 'logs adverts of virtual routers that are not configured'),
  later('vmac_prefix', [required('PREFIX', text)], 'begins the names of generated macvlans', {
    default: 'vrrp',
  }),
  later('vmac_addr_prefix', [required('PREFIX', text)], 'the same, for those of addresses', {
    default: 'vmac_prefix',
  }),
];

const announcements: readonly Keyword[] = [
  acted('vrrp_garp_master_delay', [required('SECONDS', seconds)], 'second burst; 0 is none', {
    default: '5 s',
  }),
  acted('vrrp_garp_master_repeat', [required('COUNT', integer())], 'gratuitous ARPs in a burst', {
    default: '5; 0 becomes 1',
  }),
  acted('vrrp_garp_master_refresh', [required('SECONDS', seconds)], 'period of refreshes', {
    default: '0: none',
  }),
  acted('vrrp_garp_master_refresh_repeat', [required('COUNT', integer())], 'ARPs in a refresh', {
    default: '1; 0 becomes 1',
  }),
  acted(
    'vrrp_garp_lower_prio_delay',
    [required('SECONDS', seconds)],
    'second burst after an advert of lower priority was seen',
    { default: 'the master delay' },
  ),
  acted(
    'vrrp_garp_lower_prio_repeat',
    [required('COUNT', integer())],
    'ARPs after an advert of lower priority was seen; 0 is none',
    { default: 'the master repeat' },
  ),
  later('vrrp_garp_interval', [required('SECONDS', decimal())], 'pause between two ARPs', {
    default: '0',
  }),
  later('vrrp_gna_interval', [required('SECONDS', decimal())], 'pause between two NAs', {
    default: '0',
  }),
  later('vrrp_min_garp', switchParameters, 'one ARP, and no second burst', { default: 'off' }),
  later(
    'vrrp_garp_extra_if',
    [optional('all', text), optional('SECONDS', integer(1, 86_400))],
    'period of ARPs on the other interfaces that carry addresses',
    { deprecated: ['vrrp_vmac_garp_intvl'] },
  ),
];

const protocol: readonly Keyword[] = [
  acted('vrrp_version', [required('VERSION', choice('2', '3'))], 'version of VRRP; 3: not yet', {
    default: '2',
  }),
  unsafe('vrrp_mcast_group4', [required('ADDRESS', ip)], 'multicast group for IPv4', {
    default: '224.0.0.18',
  }),
  unsafe('vrrp_mcast_group6', [required('ADDRESS', ip)], 'multicast group for IPv6', {
    default: 'ff02::12',
  }),
  unsafe('vrrp_down_timer_adverts', [required('COUNT', integer(1, 100))], 'adverts to miss', {
    default: '3',
  }),
  unsafe(
    'vrrp_lower_prio_no_advert',
    switchParameters,
    'leaves adverts of lower priority unanswered',
    {
      default: 'off',
    },
  ),
  unsafe('vrrp_higher_prio_send_advert', switchParameters, 'sends an advert more before yielding', {
    default: 'off',
  }),
  unsafe('vrrp_owner_ignore_adverts', switchParameters, 'the address owner takes no adverts', {
    default: 'off',
  }),
  unsafe('vrrp_check_unicast_src', [], 'a unicast advert has to come from a configured peer'),
  later(
    'vrrp_skip_check_adv_addr',
    switchParameters,
    'compares the addresses of a master only once',
    {
      default: 'off',
    },
  ),
  unsafe('vrrp_strict', switchParameters, 'holds to the RFC where keepalived does not', {
    default: 'off',
  }),
  unsafe('v3_checksum_as_v2', switchParameters, 'version 3 over IPv4 without pseudo header', {
    default: 'off',
  }),
  later(
    'vrrp_notify_priority_changes',
    switchParameters,
    'tells FIFOs of each change of priority',
    {
      default: 'off',
    },
  ),
  unsafe('vrrp_startup_delay', [required('SECONDS', decimal(0.001))], 'VRRP begins later'),
  unsafe('vrrp_delay_after_boot', [required('SECONDS', decimal())], 'and not before this uptime'),
];

const firewall: readonly Keyword[] = [
  later('nftables', [optional('TABLE', text)], 'uses nftables for what must not be accepted', {
    default: 'keepalived',
  }),
  later('nftables_priority', [required('PRIORITY', integer(-2_147_483_648))], 'of its hooks', {
    default: '-1',
  }),
  later('nftables_ifindex', [], 'names interfaces by number in its sets'),
  later('nftables_counters', [], 'counts in its rules'),
  later('nftables_ipvs', [optional('TABLE', text)], 'marks for virtual_server_group', {
    default: 'keepalived_ipvs',
  }),
  later('nftables_ipvs_priority', [required('PRIORITY', integer(-2_147_483_648))], 'of its hooks'),
  later('nftables_ipvs_start_fwmark', [required('MARK', integer(1))], 'the first mark', {
    default: '1000',
  }),
  later(
    'vrrp_iptables',
    [optional('IN', text), optional('OUT', text)],
    'uses these chains of iptables',
    { default: 'INPUT and OUTPUT' },
  ),
  later('vrrp_ipsets', [repeated('SET', text)], 'up to six sets that go with iptables', {
    default: 'keepalived, keepalived6, keepalived_if6, keepalived_igmp, keepalived_mld, ...',
  }),
];

const balancing: readonly Keyword[] = [
  later(
    'lvs_timeouts',
    [repeated('tcp|tcpfin|udp SECONDS', text)],
    'timeouts of IPVS connections, 0 to 31 days',
  ),
  later('lvs_flush', [], 'clears the IPVS table at the start'),
  later('lvs_flush_on_stop', [optional('VS', choice('VS'))], 'clears it at the end', {
    deprecated: ['lvs_flush_onstop'],
  }),
  later(
    'lvs_sync_daemon',
    [
      required('INTERFACE', interfaceName),
      repeated('[inst] INSTANCE | id N | maxlen N | port N | ttl N | group ADDRESS', text),
    ],
    'synchronises IPVS connections between hosts',
    { default: 'port 8848, group 224.0.0.81' },
  ),
  later('rs_init_notifies', [], 'notifies about real servers at the start'),
];

const fifo = [required('PATH', text), ...userParameters.map((one) => optional(one.label, text))];

const channels: readonly Keyword[] = [
  later('notify_fifo', fifo, 'every transition is written to this FIFO'),
  later('vrrp_notify_fifo', fifo, 'those of VRRP'),
  later('lvs_notify_fifo', fifo, 'those of virtual and real servers'),
  later('notify_fifo_script', scriptParameters, 'is started to read the FIFO'),
  later('vrrp_notify_fifo_script', scriptParameters, 'is started to read the FIFO of VRRP'),
  later('lvs_notify_fifo_script', scriptParameters, 'is started to read the FIFO of servers'),
  later('fifo_write_vrrp_states_on_reload', [], 'writes every state again after a reload'),
  later('snmp_socket', [required('SOCKET', text)], 'AgentX socket', {
    default: 'unix:/var/agentx/master',
  }),
  later('enable_snmp_vrrp', [], "keepalived's own MIB for VRRP", {
    deprecated: ['enable_snmp_keepalived'],
  }),
  later('enable_snmp_checker', [], "keepalived's own MIB for checkers"),
  later('enable_snmp_rfc', [], 'both VRRP MIBs of the RFCs'),
  later('enable_snmp_rfcv2', [], 'the MIB of RFC 2787'),
  later('enable_snmp_rfcv3', [], 'the MIB of RFC 6527'),
  later('enable_traps', [], 'sends SNMP traps'),
  later('snmp_vs_stats_update_interval', [required('SECONDS', decimal(0.001, 30))], 'for SNMP', {
    default: '5 s',
  }),
  later('snmp_rs_stats_update_interval', [required('SECONDS', decimal(0.001, 30))], 'for SNMP', {
    default: 'that of virtual servers',
  }),
  later('enable_dbus', [], 'offers a D-Bus service'),
  later('dbus_service_name', [required('NAME', text)], 'its name', {
    default: 'org.keepalived.Vrrp1',
  }),
  later(
    'dbus_no_interface_name',
    [required('NAME', text)],
    'stands for no interface in its paths',
    {
      default: 'none',
    },
  ),
];

const files: readonly Keyword[] = [
  later('umask', [required('MASK', text)], 'mode mask of files that are written', {
    default: '0177',
  }),
  later('random_seed', [required('NUMBER', integer())], 'seed of `_RANDOM`'),
  acted(
    'include_check',
    [repeated('[+|-]readable|match|wildcard_match|brace_match', text)],
    'what a plain `include` has to find, from here on; without a word, everything',
    { default: 'nothing' },
  ),
  later(
    'reload_check_config',
    [optional('LOGFILE', text)],
    'a reload with an error changes nothing (in Baton it never does)',
    { default: '/dev/null' },
  ),
  later('reload_time_file', [required('FILE', path)], 'says when to reload'),
  later('reload_repeat', [], 'every day again'),
  later('reload_file', [optional('FILE', text)], 'is there while files are read', {
    default: 'keepalived.reload beside the pid file',
  }),
  later('config_save_dir', [required('DIRECTORY', text)], 'gets a copy of what was read'),
  later('tmp_config_directory', [required('DIRECTORY', text)], 'for that copy while it is used'),
  later('data_use_instance', switchParameters, 'puts the instance into the names of dumps', {
    default: 'off',
  }),
  later('state_dump_file', [required('FILE', text)], 'where state is dumped'),
  later('stats_dump_file', [required('FILE', text)], 'where statistics are dumped'),
  later('json_dump_file', [required('FILE', text)], 'where JSON is dumped'),
  later('json_version', [required('VERSION', choice('1', '2'))], 'shape of the JSON', {
    default: '1',
  }),
  later('iproute_usr_dir', [required('DIRECTORY', text)], 'names of tables and protocols'),
  later('iproute_etc_dir', [required('DIRECTORY', text)], 'names of tables and protocols'),
];

export const globalDefinitions = keywordBlock('global_defs', [
  ...identity,
  ...mail,
  ...scripts,
  ...interfaces,
  ...announcements,
  ...protocol,
  ...firewall,
  ...processKeywords,
  ...balancing,
  ...channels,
  ...files,
]);
