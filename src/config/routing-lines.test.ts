import { describe, expect, it } from 'vitest';
import { readRoute, readRule, routeOf } from '../../test/config/routing-lines.ts';
import { memoryFiles } from '../../test/config/memory-files.ts';
import { RulePriorities } from './routing-context.ts';
import { builtInRoutingNames, readRoutingNames } from './routing-names.ts';

describe('a route', () => {
  it("has Baton's own protocol, table main, and is put before others", () => {
    expect(routeOf('10.0.0.0/8 via 192.0.2.1')).toMatchObject({
      family: 'IPv4',
      type: 'unicast',
      destination: { address: '10.0.0.0', length: 8 },
      gateway: '192.0.2.1',
      protocol: 112,
      table: 254,
      scope: null,
      insertion: 'prepend',
      tracked: true,
      text: '10.0.0.0/8 via 192.0.2.1',
    });
  });

  it('takes its family from what is said, else from its addresses', () => {
    expect(routeOf('default via 2001:db8::1').family).toBe('IPv6');
    expect(routeOf('default dev eth0').family).toBe('IPv4');
    expect(routeOf('inet6 default dev eth0').destination).toEqual({ address: '::', length: 0 });
    expect(routeOf('10.0.0.0/8 via inet6 2001:db8::1').family).toBe('IPv4');
  });

  it('is put into table local where it is of a type that lives there', () => {
    expect(routeOf('local 10.0.0.1 dev lo').table).toBe(255);
    expect(routeOf('local 10.0.0.1 dev lo table 5').table).toBe(5);
  });

  it('keeps what is not for the kernel', () => {
    expect(routeOf('append blackhole 10.0.0.0/8 no_track')).toMatchObject({
      insertion: 'append',
      tracked: false,
    });
    const { value } = readRoute('10.0.0.0/8 dev eth0 track_group G', { fixed: true });
    expect(value).toMatchObject({ trackGroup: 'G' });
  });

  it('keeps times in the steps of the kernel', () => {
    const { metrics } = routeOf('default dev eth0 rtt 1.5s rttvar 10ms rto_min 300ms');
    expect(metrics).toEqual([
      { name: 'rtt', value: 12_000, locked: false },
      { name: 'rttvar', value: 40, locked: false },
      { name: 'rto_min', value: 300, locked: true },
    ]);
  });

  it.each([
    [
      '10.0.0.1/8 dev eth0',
      'invalid-value: "10.0.0.1/8" has bits set behind its length (write 10.0.0.0/8)',
    ],
    ['10.0.0.0/33 dev eth0', 'invalid-value: "10.0.0.0/33" is no prefix (write ADDRESS/LENGTH)'],
    ['via 192.0.2.1', 'invalid-value: the route has no destination (write a prefix or "default")'],
    ['default via', 'missing-argument: "via" lacks its address'],
    ['default via gateway', 'invalid-value: via: "gateway" is no IP address'],
    ['default dev a/b', 'invalid-value: dev: "a/b" cannot be the name of an interface'],
    [
      'default dev eth0 tabel 5',
      'unknown-keyword: "tabel" means nothing in a route (did you mean "table"?)',
    ],
    [
      'default dev eth0 table mian',
      'invalid-value: table: "mian" is neither a number nor a known name (did you mean "main"?)',
    ],
    [
      'default dev eth0 hoplimit 256',
      'value-out-of-range: hoplimit: 256 is out of range: 0 to 255',
    ],
    ['default dev eth0 mtu large', 'invalid-value: mtu: "large" is no number'],
    ['default dev eth0 expires 5', 'invalid-value: "expires" is for IPv6'],
    ['2001:db8::/32 dev eth0 realms 4', 'invalid-value: "realms" are for IPv4'],
    [
      '2001:db8::/32 via 192.0.2.1',
      'invalid-value: a route of IPv6 cannot lead over 192.0.2.1, which is of IPv4',
    ],
    [
      '10.0.0.0/8 dev eth0 src 2001:db8::1',
      'invalid-value: the route is of IPv4, and 2001:db8::1 is not',
    ],
    [
      'nat 10.0.0.1 via 192.0.2.1',
      'invalid-value: Linux has no routes of type nat: it refuses them since version 2.6.9 (translate addresses with nftables)',
    ],
    [
      'default nexthop weight 3',
      'invalid-value: a nexthop leads nowhere: it has neither via nor dev',
    ],
    [
      'default via 192.0.2.1 nexthop dev eth0',
      'invalid-value: "via" and "dev" do not go with "nexthop": write them behind it',
    ],
    ['default encap gre dev eth0', 'invalid-value: encap: "gre" is not ip or ip6 or mpls or ila'],
    [
      'default encap mpls 9999999 dev eth0',
      'invalid-value: "9999999" is no list of MPLS labels (write numbers with "/" between)',
    ],
    [
      'default encap ila 1:2:3 dev eth0',
      'invalid-value: "1:2:3" is no ILA locator (write four groups of hexadecimal digits: 2001:db8:0:1)',
    ],
    [
      'default dev eth0 track_group G',
      'invalid-value: "track_group" is for static routes: this one is an instance\'s',
    ],
    [
      '10.0.0.0/8 11.0.0.0/8 dev eth0',
      'invalid-value: a second destination (write one route on a line)',
    ],
  ])('is left out, with the reason: %s', (line, reason) => {
    const { value, said } = readRoute(line);
    expect([value, said[0]]).toEqual([null, reason]);
  });

  it('is taken with a remark where it says something in an old way', () => {
    expect(readRoute('default gw 192.0.2.1').said).toEqual([
      'deprecated-keyword: "gw" is an old spelling of "via"',
    ]);
    const cleared = readRoute('2001:db8::1/32 dev eth0');
    expect(cleared.value?.destination.address).toBe('2001:db8::');
    expect(cleared.said.map((text) => text.split(':')[0])).toEqual(['value-adjusted']);
  });
});

describe('a rule', () => {
  it('gets a priority from 16384 down, each family by itself, and this is said', () => {
    const rulePriorities = new RulePriorities();
    rulePriorities.take('IPv4');
    rulePriorities.take('IPv6');
    const { value, said } = readRule('from 2001:db8::/32 table 5', {
      rulePriorities,
    });
    expect(value?.priority).toBe(16383);
    expect(said).toEqual([
      'value-adjusted: the rule names no priority: it gets 16383 (write "priority 16383")',
    ]);
  });

  it('takes a single port, which keepalived does not, and says so', () => {
    const { value, said } = readRule('sport 80 table 5 priority 9');
    expect(value?.sourcePorts).toEqual({ first: 80, last: 80 });
    expect(said).toEqual([
      'keepalived-refuses: keepalived leaves out a rule whose sport is a single port (write sport 80-80)',
    ]);
  });

  it.each([
    [
      'from 10.0.0.0/8 to 2001:db8::/32 priority 1',
      'invalid-value: the rule is of IPv4, and 2001:db8::/32 is not',
    ],
    [
      'from here priority 1',
      'invalid-value: from: "here" is no prefix (write ADDRESS/LENGTH or all)',
    ],
    ['fwmark 1/2/3 priority 1', 'invalid-value: fwmark: "1/2/3" is no mark (write N or N/MASK)'],
    [
      'uidrange 9-5 priority 1',
      'value-out-of-range: uidrange: 9-5 is no range within 0 to 4294967295',
    ],
    [
      'ipproto tpc priority 1',
      'invalid-value: ipproto: "tpc" is no known protocol (write its number)',
    ],
    [
      'type drop priority 1',
      'invalid-value: type: "drop" is not nop or blackhole or unreachable or prohibit',
    ],
    ['table 5 blackhole priority 1', 'invalid-value: a table does not go with blackhole'],
    [
      'fwmrk 5 priority 1',
      'unknown-keyword: "fwmrk" means nothing in a rule (did you mean "fwmark"?)',
    ],
    [
      'track_group G priority 1',
      'invalid-value: "track_group" is for static rules: this one is an instance\'s',
    ],
  ])('is left out, with the reason: %s', (line, reason) => {
    const { value, said } = readRule(line);
    expect(value).toBeNull();
    expect(said).toContain(reason.replace('2001:db8::/32 is not', '2001:db8:: is not'));
  });
});

describe('names', () => {
  it('are those of iproute2, the host over the distribution, and the built-in ones', () => {
    const source = memoryFiles({
      '/usr/share/iproute2/rt_tables': '7 seven\n8 eight # comment\n#9 nine\n',
      '/etc/iproute2/rt_tables': '0x0a\tten\n17 seven\n',
      '/etc/iproute2/rt_tables.d/more.conf': '77 more\n',
    });
    const { table, scope } = readRoutingNames(source, { distribution: null, host: null });
    const found = ['seven', 'eight', 'nine', 'ten', 'more', 'main'].map((name) => table.get(name));
    expect(found).toEqual([17, 8, undefined, 10, 77, 254]);
    expect(scope).toEqual(builtInRoutingNames.scope);
  });

  it('are looked up in the directories that are named instead', () => {
    const source = memoryFiles({ '/a/rt_protos': '200 a\n', '/etc/iproute2/rt_protos': '201 b\n' });
    const { protocol } = readRoutingNames(source, { distribution: null, host: '/a' });
    expect([protocol.get('a'), protocol.get('b')]).toEqual([200, undefined]);
  });
});
