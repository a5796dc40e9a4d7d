import { describe, expect } from 'vitest';
import { routeOf } from '../config/routing-lines.ts';
import type { Station } from './station.ts';
import { benchTest, change, complaint, errorsOf, routesOf, type Row } from './routing.ts';

const via = 'via 192.0.2.2';
const via6 = 'via 2001:db8::2';
const to = '10.1.0.0/16';
const to6 = '2001:db8:1::/48';

/** A row for each word of a route (keepalived.conf(5)), and what `ip route` makes of it. */
const rows: readonly Row[] = [
  { word: 'prefix', line: `${to} ${via}` },
  { word: 'prefix, IPv6', line: `${to6} ${via6}` },
  { word: 'host', line: `10.1.2.3 ${via}` },
  { word: 'default', line: `default ${via}` },
  { word: 'default, IPv6', line: `default ${via6}` },
  { word: 'inet', line: `inet default dev eth0`, ip: 'default dev eth0' },
  { word: 'inet6', line: `inet6 default dev eth0`, ip: '::/0 dev eth0' },
  { word: 'to', line: `to ${to} ${via}` },
  { word: 'unicast', line: `unicast ${to} ${via}` },
  { word: 'local', line: 'local 10.1.0.1 dev eth0' },
  { word: 'local, IPv6', line: 'local 2001:db8:1::1 dev eth0' },
  { word: 'broadcast', line: 'broadcast 10.1.255.255 dev eth0' },
  { word: 'multicast', line: 'multicast 239.1.0.0/16 dev eth0' },
  { word: 'anycast', line: 'anycast 2001:db8:1::1 dev eth0' },
  { word: 'throw', line: `throw ${to} table 100` },
  { word: 'unreachable', line: `unreachable ${to}` },
  { word: 'unreachable, IPv6', line: `unreachable ${to6}` },
  { word: 'prohibit', line: `prohibit ${to}` },
  { word: 'blackhole', line: `blackhole ${to}` },
  { word: 'src', line: `${to} ${via} src 192.0.2.1` },
  { word: 'src, IPv6', line: `${to6} ${via6} src 2001:db8::1` },
  { word: 'gw', line: `${to} gw 192.0.2.2`, ip: `${to} ${via}` },
  { word: 'via inet6', line: `${to} via inet6 2001:db8::2 dev eth0` },
  {
    word: 'or',
    line: `${to} ${via} or 192.0.2.3`,
    ip: `${to} nexthop ${via} nexthop via 192.0.2.3`,
  },
  { word: 'from', line: `${to6} from 2001:db8:2::/48 ${via6}` },
  { word: 'dev', line: `${to} dev eth0` },
  { word: 'oif', line: `${to} oif eth0` },
  { word: 'onlink', line: `${to} via 198.51.100.1 dev eth0 onlink` },
  { word: 'table, by number', line: `${to} ${via} table 1000` },
  { word: 'table, by name', line: `${to} ${via} table default` },
  { word: 'scope', line: `${to} dev eth0 scope host` },
  { word: 'scope, by name', line: `${to} dev eth0 scope global` },
  { word: 'scope, by number', line: `${to} dev eth0 scope 253` },
  { word: 'protocol', line: `${to} ${via} protocol static` },
  { word: 'protocol, by number', line: `${to} ${via} protocol 77` },
  { word: 'metric', line: `${to} ${via} metric 50` },
  { word: 'priority', line: `${to} ${via} priority 51` },
  { word: 'preference', line: `${to6} ${via6} preference 52` },
  { word: 'tos', line: `${to} ${via} tos 0x10` },
  { word: 'dsfield', line: `${to} ${via} dsfield 0x08` },
  { word: 'realms', line: `${to} ${via} realms 3/4` },
  { word: 'realms, destination', line: `${to} ${via} realms 4` },
  { word: 'mtu', line: `${to} ${via} mtu 1400` },
  { word: 'mtu lock', line: `${to} ${via} mtu lock 1400` },
  { word: 'advmss', line: `${to} ${via} advmss lock 1300` },
  { word: 'rtt', line: `${to} ${via} rtt 100ms` },
  { word: 'rtt, plain', line: `${to} ${via} rtt lock 800` },
  { word: 'rttvar', line: `${to} ${via} rttvar 1s` },
  { word: 'reordering', line: `${to} ${via} reordering 5` },
  { word: 'cwnd', line: `${to} ${via} cwnd lock 20` },
  { word: 'ssthresh', line: `${to} ${via} ssthresh 30` },
  { word: 'rto_min', line: `${to} ${via} rto_min 300ms` },
  { word: 'hoplimit', line: `${to} ${via} hoplimit 40` },
  { word: 'window', line: `${to} ${via} window 20000` },
  { word: 'initcwnd', line: `${to} ${via} initcwnd 12` },
  { word: 'initrwnd', line: `${to} ${via} initrwnd 13` },
  { word: 'quickack', line: `${to} ${via} quickack 1` },
  { word: 'congctl', line: `${to} ${via} congctl lock reno` },
  { word: 'features', line: `${to} ${via} features ecn` },
  { word: 'expires', line: `${to6} ${via6} expires 1000` },
  { word: 'pref', line: `${to6} ${via6} pref high` },
  { word: 'pref low', line: `${to6} ${via6} pref low` },
  { word: 'ttl-propagate', line: `${to} ${via} ttl-propagate enabled` },
  { word: 'fastopen_no_cookie', line: `${to} ${via} fastopen_no_cookie 1` },
  {
    word: 'encap ip',
    line: `${to} encap ip id 5 dst 198.51.100.1 src 192.0.2.1 tos 4 ttl 8 dev eth0`,
  },
  {
    word: 'encap ip flags',
    line: `${to} encap ip id 5 dst 198.51.100.1 flags 4 dev eth0`,
    ip: `${to} encap ip id 5 dst 198.51.100.1 key dev eth0`,
  },
  {
    word: 'encap ip6',
    line: `${to6} encap ip6 id 5 dst 2001:db8:9::1 src 2001:db8::1 tos 4 hoplimit 8 dev eth0`,
    ip: `${to6} encap ip6 id 5 dst 2001:db8:9::1 src 2001:db8::1 tc 4 hoplimit 8 dev eth0`,
  },
  {
    word: 'encap mpls',
    line: `${to} encap mpls 100/200 ttl 9 ${via}`,
    refused: 'lwt encapsulation type not supported',
  },
  {
    word: 'encap ila',
    line: `${to6} encap ila 2001:db8:0:1 ${via6}`,
    refused: 'lwt encapsulation type not supported',
  },
  {
    word: 'nexthop',
    line: `${to} nexthop ${via} weight 3 realms 5 nexthop via 192.0.2.3 dev eth0 onlink`,
  },
  {
    word: 'nexthop, IPv6',
    line: `${to6} nexthop ${via6} weight 256 nexthop via 2001:db8::3 dev eth0`,
  },
  {
    word: 'nexthop encap',
    line: `${to} nexthop encap ip dst 198.51.100.1 dev eth0 nexthop dev eth1`,
  },
];

/** `ip` with the protocol that Baton gives where the line names none. */
function withProtocol(line: string): string {
  return line.includes('protocol ') ? line : `protocol 18 ${line}`;
}

describe('each word of a route', () => {
  benchTest('is for the kernel what it is in `ip route`', ({ ours, theirs }) => {
    for (const { word, line, ip = line, refused } of rows) {
      const route = routeOf(line);
      const family = route.family === 'IPv4' ? '-4' : '-6';
      const [outcome] = change(ours, { type: 'install-route', id: 1, route });
      const complained = complaint(theirs, `${family} route prepend ${withProtocol(ip)}`);
      const shown = routesOf(theirs);
      if (refused === undefined) {
        expect.soft(errorsOf(outcome === undefined ? [] : [outcome]), word).toEqual([null]);
        expect.soft(complained, word).toBe('');
        expect.soft(shown, word).not.toEqual([]);
      } else {
        expect.soft(outcome?.error?.call, word).toContain(refused);
        expect.soft(complained, word).toContain(refused);
      }
      expect.soft(routesOf(ours.host), word).toEqual(shown);
      const gone = change(ours, { type: 'withdraw-route', id: 2, route });
      expect.soft(errorsOf(gone), word).toEqual([null]);
      expect.soft(routesOf(ours.host), word).toEqual([]);
      complaint(theirs, `${family} route del ${withProtocol(ip)}`);
      expect(routesOf(theirs), word).toEqual([]);
    }
  });

  benchTest('is refused for a VRF where there is none, as in `ip route`', ({ ours, theirs }) => {
    const line = `${to} ${via} vrf eth0`;
    const [outcome] = change(ours, { type: 'install-route', id: 1, route: routeOf(line) });
    expect(outcome?.error).toEqual({
      code: 'ENODEV',
      call: `install-route ${line} (eth0 is no VRF)`,
    });
    expect(complaint(theirs, `route add ${line}`)).toContain('Invalid VRF');
  });

  benchTest('says how it is put beside others', ({ ours, theirs }) => {
    for (const insertion of ['', 'append ', 'add ', 'prepend ']) {
      const gateway = `192.0.2.${10 + insertion.length}`;
      const route = routeOf(`${insertion}${to} via ${gateway}`);
      const [outcome] = change(ours, { type: 'install-route', id: 1, route });
      const verb = insertion === '' ? 'prepend' : insertion.trim();
      const complained = complaint(theirs, `route ${verb} ${to} via ${gateway} protocol 18`);
      expect.soft(outcome?.error?.code, verb).toBe(verb === 'add' ? 'EEXIST' : undefined);
      expect.soft(complained, verb).toMatch(verb === 'add' ? 'File exists' : /^$/);
      expect.soft(routesOf(ours.host), verb).toEqual(routesOf(theirs));
    }
    expect(routesOf(ours.host)).toHaveLength(3);
  });
});

function installed(ours: Station, ...lines: readonly string[]): void {
  const outcomes = change(
    ours,
    ...lines.map((line) => ({ type: 'install-route', id: 1, route: routeOf(line) }) as const),
  );
  expect(errorsOf(outcomes)).toEqual(lines.map(() => null));
}

/** The lines of the routes that were told to have vanished. */
function vanishedFrom(ours: Station): readonly string[] {
  return ours.events.flatMap((event) =>
    event.type === 'route-vanished' ? [event.route.text] : [],
  );
}

describe('changing routes', () => {
  benchTest('again, or taking away what is not there, is no error', ({ ours }) => {
    installed(ours, `${to} ${via}`, `${to6} ${via6}`, `add 10.2.0.0/16 ${via}`);
    installed(ours, `${to} ${via}`, `${to6} ${via6}`, `add 10.2.0.0/16 ${via}`);
    expect(routesOf(ours.host)).toHaveLength(3);
    for (const line of [
      `10.9.0.0/16 ${via}`,
      `10.9.0.0/16 dev nowhere`,
      `${to6} via 2001:db8::9`,
    ]) {
      const outcomes = change(ours, { type: 'withdraw-route', id: 1, route: routeOf(line) });
      expect(errorsOf(outcomes), line).toEqual([null]);
    }
    expect(routesOf(ours.host)).toHaveLength(3);
  });

  benchTest('tells each outcome of a batch, and carries out the rest', ({ ours }) => {
    const lines = Array.from({ length: 600 }, (_, number) => {
      const destination = `10.${number >> 8}.${number & 255}.0/24`;
      return number % 100 === 7 ? `${destination} dev nowhere` : `${destination} ${via}`;
    });
    const outcomes = change(
      ours,
      ...lines.map((line, id) => ({ type: 'install-route', id, route: routeOf(line) }) as const),
    );
    expect(outcomes.map(({ id }) => id)).toEqual(lines.map((_, id) => id));
    const failed = outcomes.filter(({ error }) => error !== null);
    expect(failed.map(({ id }) => id)).toEqual([7, 107, 207, 307, 407, 507]);
    expect(failed[0]?.error?.code).toBe('ENODEV');
    expect(routesOf(ours.host)).toHaveLength(594);
  });
});

describe('a route that somebody else takes away', () => {
  benchTest('is told, and nothing of our own doing is', ({ ours }) => {
    installed(ours, `${to} ${via}`, `${to6} ${via6}`, `10.2.0.0/16 ${via}`);
    change(ours, { type: 'withdraw-route', id: 1, route: routeOf(`10.2.0.0/16 ${via}`) });
    ours.host.ip(`route add 10.3.0.0/16 ${via}`);
    ours.host.ip('route del 10.3.0.0/16');
    expect(ours.receiveUntil(() => vanishedFrom(ours).length > 0, 200)).toBe(false);
    ours.host.ip(`route del ${to}`);
    ours.host.ip(`-6 route del ${to6}`);
    expect(ours.receiveUntil(() => vanishedFrom(ours).length === 2)).toBe(true);
    expect(vanishedFrom(ours)).toEqual([`${to} ${via}`, `${to6} ${via6}`]);
    installed(ours, `${to} ${via}`);
    ours.receive();
    expect(vanishedFrom(ours)).toHaveLength(2);
  });

  benchTest('is told when another one replaces it', ({ ours }) => {
    installed(ours, `${to} ${via}`, `${to6} ${via6}`);
    ours.host.ip(`route replace ${to} via 192.0.2.3`);
    ours.host.ip(`-6 route replace ${to6} via 2001:db8::3`);
    expect(ours.receiveUntil(() => vanishedFrom(ours).length === 2)).toBe(true);
  });

  benchTest('is told when it goes in silence, with its link', ({ ours }) => {
    // So that nothing else is told that would be a reason to look.
    ours.host.ip('-6 address flush dev eth0');
    installed(ours, `${to} ${via}`, `unreachable 10.2.0.0/16`);
    ours.host.ip('link set eth0 down');
    expect(ours.receiveUntil(() => vanishedFrom(ours).length > 0)).toBe(true);
    expect(vanishedFrom(ours)).toEqual([`${to} ${via}`]);
  });

  benchTest('is told when it goes in silence, with the address that it prefers', ({ ours }) => {
    ours.host.ip('address add 198.51.100.5/32 dev eth0');
    installed(ours, `${to} ${via} src 198.51.100.5`, `10.2.0.0/16 ${via}`);
    ours.host.ip('address del 198.51.100.5/32 dev eth0');
    expect(ours.receiveUntil(() => vanishedFrom(ours).length > 0)).toBe(true);
    expect(vanishedFrom(ours)).toEqual([`${to} ${via} src 198.51.100.5`]);
  });

  benchTest('is told when its interface is gone', ({ ours }) => {
    installed(ours, `${to} dev eth0`, `throw 10.2.0.0/16`);
    ours.host.ip('link del eth0');
    expect(ours.receiveUntil(() => vanishedFrom(ours).length > 0)).toBe(true);
    expect(vanishedFrom(ours)).toEqual([`${to} dev eth0`]);
  });
});
