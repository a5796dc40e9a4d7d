/** Small configurations, for asking keepalived and Baton whether they are in order. */

export interface VerdictCase {
  readonly name: string;
  readonly text: string;
  /** Why the two say different things; null: they agree. */
  readonly differs: string | null;
}

const preamble = `global_defs {
  router_id host-a
  script_user root
  enable_script_security
}
`;

function agreed(name: string, text: string): VerdictCase {
  return { name, text: preamble + text, differs: null };
}

function differing(name: string, differs: string, text: string): VerdictCase {
  return { name, text: preamble + text, differs };
}

/** An instance that is in order, with these lines in it too. */
function instance(lines: string, name = 'VI_1', id = 51): string {
  return `vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${id}
  virtual_ipaddress {
    192.0.2.${id}
  }
  ${lines}
}
`;
}

const script = (lines: string): string => `vrrp_script chk {
  script "/usr/bin/true"
  ${lines}
}
${instance('track_script { chk }')}`;

const ignoredWords =
  'keepalived 2.2.7 passes over words behind the last argument, whatever they are';
const wholeNumbers =
  'keepalived 2.2.7 takes whole seconds only; later ones, and Baton, take decimals';
const notItsBusiness = 'keepalived does not look at this';

export const verdictCorpus: readonly VerdictCase[] = [
  agreed('nothing', ''),
  agreed('a minimal instance', instance('')),
  agreed(
    'everything of an instance',
    instance('state BACKUP\npriority 100\nadvert_int 1\nnopreempt'),
  ),
  agreed('two instances', instance('') + instance('', 'VI_2', 52)),
  agreed('comments of both kinds', `# one\n! two\n${instance('priority 100 # three')}`),
  agreed('a word with the sign of a comment', instance('notify "/usr/bin/true #1"')),
  agreed('a definition', `$P=100\n${instance('priority $P')}`),
  agreed(
    'a definition of several lines',
    `$P= \\\n priority 100 \\\n advert_int 1\n${instance('$P')}`,
  ),
  agreed('a bad value in a definition', `$P=abc\n${instance('priority $P')}`),
  agreed(
    'a definition inside a word',
    `$N=52\n${instance('virtual_ipaddress {\n192.0.2.$N/24\n}')}`,
  ),
  agreed(
    'a repetition',
    `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    ~SEQ(N, 10, 12) 192.0.2.$N
  }
}
`,
  ),
  agreed("a line for another host, and Baton's", `@other bogus\n@baton $A=1\n${instance('')}`),
  agreed('an unknown keyword', instance('prioritty 100')),
  agreed('an unknown keyword outside', `bogus\n${instance('')}`),
  agreed('an unknown block', instance('bogus { 1 }')),
  agreed('a surplus brace', `${instance('')}}\n`),
  agreed('a missing brace', 'vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n'),
  agreed('a missing opening brace', `vrrp_instance VI_1\n  interface eth0\n}\n${instance('')}`),
  agreed('an open quote', instance('notify "/usr/bin/true')),
  agreed('a keyword without its argument', instance('priority')),
  agreed('an interface that is too long', instance('').replace('eth0', 'sixteen-octets-x')),
  agreed('no interface', instance('').replace('interface eth0', '')),
  agreed('no virtual_router_id', instance('').replace('virtual_router_id 51', '')),
  agreed('a virtual_router_id out of range', instance('virtual_router_id 256')),
  agreed('the same virtual_router_id twice', instance('') + instance('', 'VI_2', 51)),
  agreed(
    'the same virtual_router_id elsewhere',
    `${instance('')}${instance('', 'VI_2').replace('eth0', 'eth1')}`,
  ),
  agreed('a state in small letters', instance('state master')),
  agreed('a priority out of range', instance('priority 300')),
  agreed('a priority of 0', instance('priority 0')),
  agreed('a priority with a unit', instance('priority 100ms')),
  agreed('an interval with a fraction', instance('advert_int 1.5')),
  agreed('an interval out of range', instance('advert_int 256')),
  agreed('a wrong switch', instance('smtp_alert maybe')),
  agreed('a wrong source address', instance('mcast_src_ip 192.0.2.256')),
  agreed('a password', instance('authentication {\nauth_type PASS\nauth_pass 1111\n}')),
  agreed(
    'a wrong type of authentication',
    instance('authentication {\nauth_type pass\nauth_pass a\n}'),
  ),
  agreed('a type without a password', instance('authentication {\nauth_type PASS\n}')),
  agreed('no addresses', instance('').replace(/ {2}virtual_ipaddress \{[^}]*\}\n/, '')),
  agreed('words behind an address', instance('').replace('.51\n', '.51/24 dev eth1 scope link\n')),
  agreed('an unknown word behind an address', instance('').replace('.51\n', '.51 dve eth1\n')),
  agreed('two addresses on a line', instance('').replace('.51\n', '.51 192.0.2.52\n')),
  agreed('a prefix out of range', instance('').replace('.51\n', '.51/33\n')),
  agreed('an address that is none', instance('').replace('.51\n', '.511\n')),
  agreed(
    'an address of IPv6 among those of IPv4',
    instance('').replace('.51\n', '.51\n2001:db8::1\n'),
  ),
  agreed('a script', script('interval 2\nweight -20\nrise 2\nfall 2')),
  agreed('a weight out of range', script('weight 300')),
  agreed('a rise of 0', script('rise 0')),
  agreed('a script without a command', `vrrp_script chk {\n  interval 2\n}\n${instance('')}`),
  agreed('a script that is not there', instance('track_script { nowhere }')),
  differing(
    'a script that is defined later',
    'Baton resolves names wherever they are defined, and warns',
    `${instance('track_script { chk }')}vrrp_script chk {
  script "/usr/bin/true"
}
`,
  ),
  agreed('an old spelling', 'global_defs {\n  lvs_flush_onstop\n}\n'),
  agreed(
    'a virtual server',
    `virtual_server 192.0.2.80 80 {
  lvs_sched rr
  lvs_method DR
  protocol TCP
  real_server 192.0.2.81 80 {
    TCP_CHECK {
      connect_timeout 3
    }
  }
}
`,
  ),
  agreed('a BFD session', 'bfd_instance peer {\n  neighbor_ip 192.0.2.2\n  multiplier 3\n}\n'),
  agreed(
    'a sync group',
    `vrrp_sync_group G {\n  group {\n    VI_1\n    VI_2\n  }\n}
${instance('')}${instance('', 'VI_2', 52)}`,
  ),
  agreed('a note of full width behind an address', instance('').replace('.51\n', '.51 （注）\n')),
  differing('a note of full width behind a number', ignoredWords, instance('priority 100 （注）')),
  differing('an interval of half a second', wholeNumbers, script('interval 0.5')),
  differing(
    "Baton's own block",
    'keepalived takes each of its lines for an unknown keyword, and works on',
    `${instance('')}service nginx {\n  probe tcp 127.0.0.1 80\n}\n`,
  ),
  agreed(
    'an address on two interfaces',
    instance('').replace('.51\n', '.51\n192.0.2.51 dev eth1\n'),
  ),
  agreed('an address twice', instance('').replace('.51\n', '.51\n192.0.2.51\n')),
  agreed('an instance twice', instance('') + instance('', 'VI_1', 52)),
  agreed('a script that is tracked twice', script('').replace('{ chk }', '{\nchk\nchk\n}')),
  differing(
    'the same name twice',
    notItsBusiness,
    script('') + script('').replace(/^vrrp_i[^]*/m, ''),
  ),
  agreed('version 3', instance('version 3\nadvert_int 0.5')),
  agreed('an IPv6 instance', instance('').replace('192.0.2.51', 'fe80::51/64\n2001:db8::51/64')),
  agreed('unicast', instance('unicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.2\n192.0.2.3\n}')),
  agreed(
    'excluded addresses of both families',
    instance('virtual_ipaddress_excluded {\n192.0.2.60\n2001:db8::60\n}'),
  ),
  agreed('a virtual MAC address', instance('use_vmac\nvmac_xmit_base')),
  agreed('an interface that is tracked', instance('track_interface {\neth1 weight 10\n}')),
  agreed('IPv4 among IPv6', instance('').replace('192.0.2.51', 'fe80::51\n192.0.2.51')),
  agreed('a preempt delay', instance('preempt_delay 10')),
];
