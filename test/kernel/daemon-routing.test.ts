/** The virtual routes and rules of the whole program: what the kernel refuses comes later. */
import { describe, expect } from 'vitest';
import { until } from './program.ts';
import { routesOf, rulesOf } from './routing.ts';
import { instanceBlock, siteTest } from './site.ts';

const gateway = '203.0.113.9';

const owner = instanceBlock({
  priority: 255,
  state: 'MASTER',
  lines: [
    `virtual_routes {\n198.51.100.0/24 via ${gateway}\n10.7.0.0/16 dev eth0\n}`,
    'virtual_rules {\nfrom 198.51.100.0/24 table 100\n}',
  ],
});

/** A second, and what a machine that is busy elsewhere may add to it. */
const promisedMs = 1_000 + 1_000;

describe('a virtual route', () => {
  siteTest('that the kernel refuses is there once the kernel takes it', async (site) => {
    const { baton, near } = site;
    const there = (destination: string): boolean =>
      routesOf(near.host).some((line) => line.includes(destination));
    baton.configure(owner);
    const program = baton.start();
    await program.printed(`(VI_1) route 198.51.100.0/24 via ${gateway} can't be set: `);
    // What is refused leaves none of the others behind.
    await until('the other one', () => there('10.7.0.0/16') && rulesOf(near.host).length === 1);
    expect(there('198.51.100.0/24')).toBe(false);

    near.host.ip('address add 203.0.113.1/24 dev eth0');
    await until('the route', () => there('198.51.100.0/24'), promisedMs);
    // Taken away, and with it the network that its gateway is in.
    near.host.ip('address del 203.0.113.1/24 dev eth0');
    near.host.ip('route del 198.51.100.0/24');
    const complaints = () =>
      program.lines.filter(({ text }) => text.includes("198.51.100.0/24 via 203.0.113.9 can't"));
    await until('another complaint', () => complaints().length === 2);
    near.host.ip('address add 203.0.113.1/24 dev eth0');
    await until('the route once more', () => there('198.51.100.0/24'), promisedMs);
    expect(program.text).toContain('198.51.100.0/24 via 203.0.113.9 is gone: put back');
    expect(complaints()).toHaveLength(2);

    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(routesOf(near.host).filter((line) => line.includes('proto 112'))).toEqual([]);
    expect(rulesOf(near.host)).toEqual([]);
  });
});
