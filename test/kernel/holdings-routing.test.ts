/** The kernel holds each route and rule of a configuration as if `ip` had put it there. */
import { describe, expect } from 'vitest';
import {
  besideOthersRoutes,
  heldRoutes,
  heldRules,
  staticRouting,
  virtualRouting,
} from './held-routing.ts';
import { becomes } from './holdings.ts';
import { connect, Host } from './namespace.ts';
import { routeWords } from './route-rows.ts';
import { routesOf, rulesOf } from './routing.ts';
import { ruleWords } from './rule-rows.ts';
import { siteTest, type Site } from './site.ts';

const more = [
  'address add 2001:db8::1/64 dev eth0 nodad',
  'link add eth1 index 30 type veth peer name other index 31',
  'link set other up',
  'link set eth1 up',
];

/** What `ip` makes of all the words, on a host like the near one. */
function expected(): readonly string[] {
  const host = new Host();
  const far = new Host();
  try {
    connect(
      { host, name: 'eth0', address: '192.0.2.1/24' },
      { host: far, name: 'eth0', address: '192.0.2.2/24' },
    );
    for (const words of more) host.ip(words);
    host.ip('address add 192.0.2.5/24 dev eth0');
    for (const row of heldRoutes) host.ip(`${family(row.line)} route prepend ${routeWords(row)}`);
    for (const words of besideOthersRoutes) host.ip(`route add ${words}`);
    for (const row of heldRules) host.ip(`${family(row.line)} rule add ${ruleWords(row)}`);
    return routing(host);
  } finally {
    far.close();
    host.close();
  }
}

function family(line: string): string {
  return /inet6|[\da-f]:/.test(line) && !line.includes('via inet6') ? '-6' : '-4';
}

function routing(host: Host): readonly string[] {
  return [...routesOf(host), ...rulesOf(host)].toSorted();
}

async function play({ near: { host }, baton }: Site, configuration: string): Promise<void> {
  for (const words of more) host.ip(words);
  const before = routing(host);
  baton.configure(configuration);
  const program = baton.start();
  await program.printed('Entering MASTER STATE');
  const wanted = expected();
  expect(wanted.length).toBeGreaterThan(heldRoutes.length + heldRules.length);
  await becomes(() => routing(host), wanted, 'as Master');
  program.signal('SIGTERM');
  expect(await program.ended()).toBe(0);
  expect(routing(host)).toEqual(before);
}

describe.concurrent('the kernel holds every word of a route and of a rule', () => {
  siteTest('of an instance', (site) => play(site, virtualRouting));
  siteTest('that are static', (site) => play(site, staticRouting));
});
