/** `vrrp_instance`: one virtual router. */
import { excludedAddresses, virtualAddresses } from './address.ts';
import { choice, decimal, integer, interfaceName, ip, strict, text } from './argument-type.ts';
import {
  acted,
  entryBlock,
  keywordBlock,
  meaningless,
  optional,
  repeated,
  required,
  unsafe,
  type Keyword,
} from './keyword.ts';
import { scriptParameters, switchParameters } from './parameters.ts';
import { virtualRoutes, virtualRules } from './route.ts';
import {
  trackedBfd,
  trackedFiles,
  trackedInterfaces,
  trackedProcesses,
  trackedScripts,
} from './tracking.ts';

const seconds = integer(0, 4_294);

const identity: readonly Keyword[] = [
  acted('state', [required('STATE', choice('MASTER', 'BACKUP'))], 'what it is at first', {
    default: 'MASTER with priority 255, else BACKUP',
  }),
  acted(
    'interface',
    [required('INTERFACE', interfaceName)],
    'where adverts are sent; mandatory but for unicast with a source',
  ),
  acted('vrf', [required('INTERFACE', text)], 'VRF of a unicast instance without interface'),
  acted(
    'virtual_router_id',
    [required('VRID', strict(integer(1, 255)))],
    'mandatory; same on all hosts',
  ),
  acted(
    'priority',
    [required('PRIORITY', strict(integer(1, 255)))],
    'the highest is master; 255 owns',
    {
      default: '100; 255 with `state MASTER`',
    },
  ),
  acted(
    'advert_int',
    [required('SECONDS', strict(decimal(0.01, 255)))],
    'version 2: whole seconds, 1 to 255; version 3: 0.01 to 40.95',
    {
      default: '1 s',
    },
  ),
  acted('version', [required('VERSION', choice('2', '3'))], 'version of VRRP; always 3 for IPv6', {
    default: 'vrrp_version',
  }),
  acted('down_timer_adverts', [required('COUNT', integer(1, 100))], 'adverts to miss', {
    default: '3',
  }),
  acted(
    'timer_expired_backup',
    [optional('PRIORITY', integer(1, 254))],
    'with `nopreempt`: steps down after a pause of its own process',
    { aliases: ['thread_timer_expired'] },
  ),
  acted('nopreempt', [], 'leaves a master of lower priority alone'),
  acted('preempt', [], 'takes over from a master of lower priority', { default: 'on' }),
  acted('preempt_delay', [required('SECONDS', decimal(0, 1_000))], 'but only after a time', {
    default: '0',
  }),
  acted('strict_mode', switchParameters, 'holds to the RFC where keepalived does not', {
    default: 'vrrp_strict',
  }),
  meaningless('it has none in keepalived either')(
    'debug',
    [optional('LEVEL', integer(0, 4))],
    'has no effect',
  ),
];

const addresses: readonly Keyword[] = [
  acted('virtual_ipaddress', [], 'the addresses that the master holds', {
    block: virtualAddresses,
  }),
  acted('virtual_ipaddress_excluded', [], 'held as well, and not in adverts', {
    block: excludedAddresses,
  }),
  acted('no_virtual_ipaddress', [], 'an instance without addresses is meant to be one'),
  acted('promote_secondaries', [], 'sets the sysctl of that name on the interface'),
  acted('virtual_routes', [], 'routes that the master holds', { block: virtualRoutes }),
  acted('virtual_rules', [], 'rules that the master holds', { block: virtualRules }),
  acted('accept', [], 'packets to the addresses are taken', { default: 'on' }),
  acted('no_accept', [], 'packets to the addresses are dropped'),
  acted('mcast_src_ip', [required('ADDRESS', ip)], 'source address of adverts', {
    default: "the interface's first",
  }),
  acted('unicast_src_ip', [required('ADDRESS', ip)], 'the same, with unicast'),
  acted('mcast_dst_ip', [required('ADDRESS', ip)], 'multicast group', {
    default: 'vrrp_mcast_group4',
  }),
  acted('track_src_ip', [], 'Fault where the source address is missing'),
  acted('native_ipv6', [], 'old: without addresses, it is of IPv6'),
];

const tracking: readonly Keyword[] = [
  acted('track_script', [], 'the scripts that it follows', { block: trackedScripts }),
  acted('track_interface', [], 'interfaces that it follows', { block: trackedInterfaces }),
  acted('track_file', [], 'files that it follows', { block: trackedFiles }),
  acted('track_process', [], 'processes that it follows', { block: trackedProcesses }),
  unsafe('track_bfd', [], 'BFD sessions that it follows', { block: trackedBfd }),
  acted('dont_track_primary', [], 'its own interface may be down'),
  meaningless('the kernel tells Baton of every change of a link')(
    'linkbeat_use_polling',
    [],
    'old: asks for the state of the link again and again',
  ),
];

const hmac = keywordBlock('auth_hmac', [
  acted('key', [required('ID', integer(1, 255)), required('KEY', text)], 'hex:, file: or text'),
  acted('active_key', [required('ID', integer(1, 255))], 'the key that signs'),
  acted('time_window', [required('SECONDS', integer(1, 300))], 'age of an advert at most', {
    default: '3 advert intervals, at least 5 s',
  }),
  acted('anti_replay', [required('HOW', choice('time', 'monotonic'))], 'what tells a replay'),
  acted('mode', [required('MODE', choice('enforce', 'permissive', 'receive-only'))], 'how strict'),
]);

const authentication = keywordBlock('authentication', [
  acted(
    'auth_type',
    [required('TYPE', choice('PASS', 'AH'))],
    'PASS, or AH: an Authentication Header',
    {
      default: 'no authentication',
    },
  ),
  acted('auth_pass', [required('PASSWORD', text)], 'the first 8 octets count'),
]);

const transport: readonly Keyword[] = [
  acted('authentication', [], 'a password in every advert (version 2)', { block: authentication }),
  acted('auth_hmac', [], 'a signature in every advert', { block: hmac }),
  acted('unicast_peer', [], 'the other hosts, for adverts by unicast', {
    block: entryBlock('unicast_peer', 'ADDRESS [min_ttl 0-255] [max_ttl 0-255]'),
  }),
  acted('unicast_fault_no_peer', [], 'Fault where there is no peer'),
  acted('check_unicast_src', [], 'adverts have to come from a peer'),
  acted('unicast_ttl', [required('TTL', integer(0, 255))], 'of adverts by unicast', {
    default: '255',
  }),
  acted('old_unicast_checksum', [optional('never', choice('never'))], 'for old peers'),
  acted('v3_checksum_as_v2', switchParameters, 'version 3 over IPv4 without pseudo header'),
  acted(
    'v3_checksum_accept',
    [required('FORM', choice('any', 'pseudo_header', 'message'))],
    "what the checksum of version 3 over IPv4 has to cover to be taken (Baton's own)",
    { default: 'vrrp_v3_checksum_accept' },
  ),
  acted('kernel_rx_buf_size', [required('BYTES', integer())], 'size of the receive buffer'),
];

const virtualMac: readonly Keyword[] = [
  acted(
    'use_vmac',
    [repeated('[NAME] [INTERFACE] [MAC] [netlink_notify_msg] [group G]', text)],
    'the addresses live on a macvlan with the virtual MAC address',
  ),
  acted('use_vmac_addr', [], 'the same for addresses on other interfaces'),
  acted('vmac_xmit_base', [], 'adverts leave from the interface below'),
  acted(
    'use_ipvlan',
    [repeated('[NAME] [INTERFACE] [ADDRESS] [bridge|private|vepa] [group G]', text)],
    'the addresses live on an ipvlan',
  ),
];

const announcements: readonly Keyword[] = [
  acted('garp_master_delay', [required('SECONDS', seconds)], 'second burst; 0 is none', {
    default: 'vrrp_garp_master_delay',
  }),
  acted('garp_master_repeat', [required('COUNT', integer())], 'gratuitous ARPs in a burst', {
    default: 'vrrp_garp_master_repeat',
  }),
  acted('garp_master_refresh', [required('SECONDS', seconds)], 'period of refreshes', {
    default: 'vrrp_garp_master_refresh',
  }),
  acted('garp_master_refresh_repeat', [required('COUNT', integer())], 'ARPs in a refresh', {
    default: 'vrrp_garp_master_refresh_repeat',
  }),
  acted('garp_lower_prio_delay', [required('SECONDS', seconds)], 'as the global keyword', {
    default: 'vrrp_garp_lower_prio_delay',
  }),
  acted('garp_lower_prio_repeat', [required('COUNT', integer())], 'as the global keyword', {
    default: 'vrrp_garp_lower_prio_repeat',
  }),
  acted(
    'garp_extra_if',
    [repeated('[all] SECONDS', text)],
    'period of ARPs on the other interfaces that carry addresses',
    { deprecated: ['vmac_garp_intvl'] },
  ),
  acted('lower_prio_no_advert', switchParameters, 'leaves adverts of lower priority unanswered'),
  acted('higher_prio_send_advert', switchParameters, 'sends an advert more before yielding'),
  acted('owner_ignore_adverts', switchParameters, 'the address owner takes no adverts'),
  acted(
    'address_conflict',
    [required('POLICY', choice('off', 'warn', 'refuse'))],
    "others that claim the addresses: not listened for, told, or Fault at the start (Baton's own)",
    { default: 'warn' },
  ),
  acted('skip_check_adv_addr', switchParameters, 'compares the addresses of a master only once'),
];

const notification: readonly Keyword[] = [
  acted('notify_master', scriptParameters, 'runs when it becomes master'),
  acted('notify_backup', scriptParameters, 'runs when it becomes backup'),
  acted('notify_fault', scriptParameters, 'runs when it comes to Fault'),
  acted('notify_stop', scriptParameters, 'runs when Baton stops'),
  acted(
    'notify_deleted',
    [optional('COMMAND', text), optional('USER', text), optional('[:]GROUP', text)],
    'runs when a reload removes it',
  ),
  acted('notify', scriptParameters, 'runs at every transition, with INSTANCE NAME STATE PRIORITY'),
  acted('notify_master_rx_lower_pri', scriptParameters, 'runs when a lower priority is heard'),
  acted('notify_priority_changes', switchParameters, 'tells FIFOs of each change of priority'),
  acted('smtp_alert', switchParameters, 'mail for each of its transitions', {
    default: 'smtp_alert_vrrp',
  }),
  meaningless('Baton does not configure IPVS')(
    'lvs_sync_daemon_interface',
    [required('INTERFACE', text)],
    'old: see lvs_sync_daemon',
  ),
];

export const instance = keywordBlock('vrrp_instance', [
  ...identity,
  ...addresses,
  ...tracking,
  ...transport,
  ...virtualMac,
  ...announcements,
  ...notification,
]);
