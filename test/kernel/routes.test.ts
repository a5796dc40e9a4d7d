import { describe, expect } from 'vitest';
import { routeOf } from '../config/routing-lines.ts';
import type { Station } from './station.ts';
import { routeRows, routeWords, to, to6, via, via6 } from './route-rows.ts';
import { benchTest, change, complaint, errorsOf, routesOf } from './routing.ts';

describe('each word of a route', () => {
  benchTest('is for the kernel what it is in `ip route`', ({ ours, theirs }) => {
    for (const row of routeRows) {
      const { word, line, refused } = row;
      const route = routeOf(line);
      const family = route.family === 'IPv4' ? '-4' : '-6';
      const [outcome] = change(ours, { type: 'install-route', id: 1, route });
      const complained = complaint(theirs, `${family} route prepend ${routeWords(row)}`);
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
      complaint(theirs, `${family} route del ${routeWords(row)}`);
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
      const complained = complaint(theirs, `route ${verb} ${to} via ${gateway} protocol 112`);
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

describe('many routes', () => {
  benchTest('that are there already are found with one look at what is there', ({ ours }) => {
    const requests = Array.from({ length: 800 }, (_, number) => {
      const route = routeOf(`add 10.${number >> 8}.${number & 255}.0/24 ${via}`);
      return { type: 'install-route', id: number, route } as const;
    });
    const timed = (): number => {
      const before = performance.now();
      expect(errorsOf(change(ours, ...requests)).every((error) => error === null)).toBe(true);
      return performance.now() - before;
    };
    const [first, second] = [timed(), timed()];
    // A look for each of them took sixty times as long as to install them all.
    expect(second).toBeLessThan(5 * first + 100);
  });

  benchTest('in one, more than a message holds, are refused', ({ ours }) => {
    const route = routeOf(`${to} ${via}`);
    const several = routeOf(`${to} nexthop via 192.0.2.8 nexthop via 192.0.2.9`);
    const many = { ...several, nextHops: Array(5_000).fill(several.nextHops).flat() };
    const outcomes = change(
      ours,
      { type: 'install-route', id: 1, route: many },
      { type: 'install-route', id: 2, route },
    );
    expect(outcomes.map(({ error }) => error?.code)).toEqual(['EMSGSIZE', undefined]);
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
