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
  meaningless,
  optional,
  repeated,
  required,
  type Keyword,
} from './keyword.ts';
import { scriptParameters, switchParameters, userParameters } from './parameters.ts';
import { processKeywords } from './process.ts';

const seconds = integer(0, 4_294);

const notSplit = meaningless('Baton is one process');
const noChecker = meaningless('Baton has no checkers of real servers');
const noIpvs = meaningless('Baton does not configure IPVS');
const noIptables = meaningless('the rules that Baton needs are always of nftables');
const noSnmp = meaningless('Baton speaks no SNMP: metrics and `baton status` tell what it knows');
const noDbus = meaningless('Baton is not on D-Bus: its control socket takes the place');
const readOnce = meaningless('Baton reads its configuration once, into memory');

const identity: readonly Keyword[] = [
  acted('router_id', [required('NAME', text)], 'names this host in mail subjects', {
    default: 'the host name',
  }),
  notSplit('process_names', [], 'gives the child processes names of their own'),
  acted('process_name', [required('NAME', textUpTo(15))], 'name of the parent process'),
  acted('vrrp_process_name', [required('NAME', textUpTo(15))], 'name of the VRRP process'),
  notSplit(
    'checker_process_name',
    [required('NAME', textUpTo(15))],
    'name of the checker process',
    {
      deprecated: ['lvs_process_name'],
    },
  ),
  notSplit('bfd_process_name', [required('NAME', textUpTo(15))], 'name of the BFD process'),
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
  noChecker('smtp_alert_checker', switchParameters, 'the same, for checkers', {
    default: 'smtp_alert',
  }),
  acted('no_email_faults', [], 'no mail about the state Fault'),
  noChecker('no_checker_emails', [], 'mail only when a real server changes, not for each checker'),
  noChecker(
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
  acted('enable_script_security', [], 'runs nothing as root that others may write to'),
  acted('startup_script', scriptParameters, 'is run before anything starts'),
  acted('shutdown_script', scriptParameters, 'is run after everything has stopped'),
  acted('startup_script_timeout', [required('SECONDS', integer(1, 1_000))], 'patience with it', {
    default: '10 s',
  }),
  acted('shutdown_script_timeout', [required('SECONDS', integer(1, 1_000))], 'patience with it', {
    default: '10 s',
  }),
  acted('use_symlink_paths', switchParameters, 'keeps symbolic links in paths of scripts', {
    default: 'off',
  }),
  acted('set_supplementary_groups', switchParameters, 'gives scripts all groups of their user', {
    default: 'off',
  }),
];

const interfaces: readonly Keyword[] = [
  acted('default_interface', [required('INTERFACE', interfaceName)], 'for static addresses', {
    default: 'eth0',
  }),
  acted(
    'dynamic_interfaces',
    [optional('HOW', choice('allow_if_changes'))],
    'interfaces may come into being, or change, after the start (in Baton they always may)',
  ),
  acted('disable_local_igmp', [], 'no IGMP for 224.0.0.0/24'),
  acted('log_unknown_vrids', [], 'logs adverts of virtual routers that are not configured'),
  acted('vmac_prefix', [required('PREFIX', text)], 'begins the names of generated macvlans', {
    default: 'vrrp',
  }),
  acted('vmac_addr_prefix', [required('PREFIX', text)], 'the same, for those of addresses', {
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
  acted('vrrp_garp_interval', [required('SECONDS', decimal())], 'pause between two ARPs', {
    default: '0',
  }),
  acted('vrrp_gna_interval', [required('SECONDS', decimal())], 'pause between two NAs', {
    default: '0',
  }),
  acted('vrrp_min_garp', switchParameters, 'one ARP, and no second burst', { default: 'off' }),
  acted(
    'vrrp_garp_extra_if',
    [repeated('[all] SECONDS', text)],
    'period of ARPs on the other interfaces that carry addresses',
    { deprecated: ['vrrp_vmac_garp_intvl'] },
  ),
];

const protocol: readonly Keyword[] = [
  acted(
    'vrrp_version',
    [required('VERSION', choice('2', '3'))],
    'version of VRRP; always 3 for IPv6',
    {
      default: '2',
    },
  ),
  acted('vrrp_mcast_group4', [required('ADDRESS', ip)], 'multicast group for IPv4', {
    default: '224.0.0.18',
  }),
  acted('vrrp_mcast_group6', [required('ADDRESS', ip)], 'multicast group for IPv6', {
    default: 'ff02::12',
  }),
  acted('vrrp_down_timer_adverts', [required('COUNT', integer(1, 100))], 'adverts to miss', {
    default: '3',
  }),
  acted(
    'vrrp_lower_prio_no_advert',
    switchParameters,
    'leaves adverts of lower priority unanswered',
    {
      default: 'off',
    },
  ),
  acted('vrrp_higher_prio_send_advert', switchParameters, 'sends an advert more before yielding', {
    default: 'off',
  }),
  acted('vrrp_owner_ignore_adverts', switchParameters, 'the address owner takes no adverts', {
    default: 'off',
  }),
  acted('vrrp_check_unicast_src', [], 'a unicast advert has to come from a configured peer'),
  acted(
    'vrrp_skip_check_adv_addr',
    switchParameters,
    'compares the addresses of a master only once',
    {
      default: 'off',
    },
  ),
  acted('vrrp_strict', switchParameters, 'holds to the RFC where keepalived does not', {
    default: 'off',
  }),
  acted('v3_checksum_as_v2', switchParameters, 'version 3 over IPv4 without pseudo header', {
    default: 'off',
  }),
  acted(
    'vrrp_notify_priority_changes',
    switchParameters,
    'tells FIFOs of each change of priority',
    {
      default: 'off',
    },
  ),
  acted(
    'vrrp_v3_checksum_accept',
    [required('FORM', choice('any', 'pseudo_header', 'message'))],
    "what the checksum of version 3 over IPv4 has to cover to be taken (Baton's own)",
    { default: 'any' },
  ),
  acted('vrrp_startup_delay', [required('SECONDS', decimal(0.001))], 'VRRP begins later'),
  acted('vrrp_delay_after_boot', [required('SECONDS', decimal())], 'and not before this uptime'),
];

const firewall: readonly Keyword[] = [
  acted('lease_guard', switchParameters, 'lets nobody be answered unless adverts leave', {
    default: 'on',
  }),
  acted('nftables', [optional('TABLE', text)], 'uses nftables for what must not be accepted', {
    default: 'keepalived',
  }),
  acted('nftables_priority', [required('PRIORITY', integer(-2_147_483_648))], 'of its hooks', {
    default: '-1',
  }),
  acted('nftables_ifindex', [], 'names interfaces by number in its sets'),
  acted('nftables_counters', [], 'counts in its rules'),
  noIpvs('nftables_ipvs', [optional('TABLE', text)], 'marks for virtual_server_group', {
    default: 'keepalived_ipvs',
  }),
  noIpvs('nftables_ipvs_priority', [required('PRIORITY', integer(-2_147_483_648))], 'of its hooks'),
  noIpvs('nftables_ipvs_start_fwmark', [required('MARK', integer(1))], 'the first mark', {
    default: '1000',
  }),
  noIptables(
    'vrrp_iptables',
    [optional('IN', text), optional('OUT', text)],
    'uses these chains of iptables',
    { default: 'INPUT and OUTPUT' },
  ),
  noIptables('vrrp_ipsets', [repeated('SET', text)], 'up to six sets that go with iptables', {
    default: 'keepalived, keepalived6, keepalived_if6, keepalived_igmp, keepalived_mld, ...',
  }),
];

const balancing: readonly Keyword[] = [
  noIpvs(
    'lvs_timeouts',
    [repeated('tcp|tcpfin|udp SECONDS', text)],
    'timeouts of IPVS connections, 0 to 31 days',
  ),
  noIpvs('lvs_flush', [], 'clears the IPVS table at the start'),
  noIpvs('lvs_flush_on_stop', [optional('VS', choice('VS'))], 'clears it at the end', {
    deprecated: ['lvs_flush_onstop'],
  }),
  noIpvs(
    'lvs_sync_daemon',
    [
      required('INTERFACE', interfaceName),
      repeated('[inst] INSTANCE | id N | maxlen N | port N | ttl N | group ADDRESS', text),
    ],
    'synchronises IPVS connections between hosts',
    { default: 'port 8848, group 224.0.0.81' },
  ),
  noChecker('rs_init_notifies', [], 'notifies about real servers at the start'),
];

const fifo = [required('PATH', text), ...userParameters.map((one) => optional(one.label, text))];

const channels: readonly Keyword[] = [
  acted('notify_fifo', fifo, 'every transition is written to this FIFO'),
  acted('vrrp_notify_fifo', fifo, 'those of VRRP'),
  noChecker('lvs_notify_fifo', fifo, 'those of virtual and real servers'),
  acted('notify_fifo_script', scriptParameters, 'is started to read the FIFO'),
  acted('vrrp_notify_fifo_script', scriptParameters, 'is started to read the FIFO of VRRP'),
  noChecker('lvs_notify_fifo_script', scriptParameters, 'is started to read the FIFO of servers'),
  acted('fifo_write_vrrp_states_on_reload', [], 'writes every state again after a reload'),
  noSnmp('snmp_socket', [required('SOCKET', text)], 'AgentX socket', {
    default: 'unix:/var/agentx/master',
  }),
  noSnmp('enable_snmp_vrrp', [], "keepalived's own MIB for VRRP", {
    deprecated: ['enable_snmp_keepalived'],
  }),
  noSnmp('enable_snmp_checker', [], "keepalived's own MIB for checkers"),
  noSnmp('enable_snmp_rfc', [], 'both VRRP MIBs of the RFCs'),
  noSnmp('enable_snmp_rfcv2', [], 'the MIB of RFC 2787'),
  noSnmp('enable_snmp_rfcv3', [], 'the MIB of RFC 6527'),
  noSnmp('enable_traps', [], 'sends SNMP traps'),
  noSnmp('snmp_vs_stats_update_interval', [required('SECONDS', decimal(0.001, 30))], 'for SNMP', {
    default: '5 s',
  }),
  noSnmp('snmp_rs_stats_update_interval', [required('SECONDS', decimal(0.001, 30))], 'for SNMP', {
    default: 'that of virtual servers',
  }),
  noDbus('enable_dbus', [], 'offers a D-Bus service'),
  noDbus('dbus_service_name', [required('NAME', text)], 'its name', {
    default: 'org.keepalived.Vrrp1',
  }),
  noDbus(
    'dbus_no_interface_name',
    [required('NAME', text)],
    'stands for no interface in its paths',
    {
      default: 'none',
    },
  ),
];

const files: readonly Keyword[] = [
  acted('umask', [required('MASK', text)], 'mode mask of files that are written', {
    default: '0177',
  }),
  acted('random_seed', [required('NUMBER', integer())], 'seed of `_RANDOM`'),
  acted(
    'include_check',
    [repeated('[+|-]readable|match|wildcard_match|brace_match', text)],
    'what a plain `include` has to find, from here on; without a word, everything',
    { default: 'nothing' },
  ),
  acted(
    'reload_check_config',
    [optional('LOGFILE', text)],
    'a reload with an error changes nothing (in Baton it never does)',
    { default: '/dev/null' },
  ),
  acted('reload_time_file', [required('FILE', path)], 'says when to reload'),
  acted('reload_repeat', [], 'every day again'),
  acted('reload_file', [optional('FILE', text)], 'is there while files are read', {
    default: 'keepalived.reload beside the pid file',
  }),
  readOnce('config_save_dir', [required('DIRECTORY', text)], 'gets a copy of what was read'),
  readOnce('tmp_config_directory', [required('DIRECTORY', text)], 'for that copy while it is used'),
  acted('data_use_instance', switchParameters, 'puts the instance into the names of dumps', {
    default: 'off',
  }),
  acted('state_dump_file', [required('FILE', text)], 'where state is dumped'),
  acted('stats_dump_file', [required('FILE', text)], 'where statistics are dumped'),
  acted('json_dump_file', [required('FILE', text)], 'where JSON is dumped'),
  acted('json_version', [required('VERSION', choice('1', '2'))], 'shape of the JSON', {
    default: '1',
  }),
  acted('iproute_usr_dir', [required('DIRECTORY', text)], 'names of tables and protocols'),
  acted('iproute_etc_dir', [required('DIRECTORY', text)], 'names of tables and protocols'),
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
