/**
 * What the kernel of a host holds, and how that differs from before Baton's start: as
 * Master, as Backup, after the stop, and after a restart behind a SIGKILL.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect } from 'vitest';
import type { Row } from './held-row.ts';
import type { Host } from './namespace.ts';
import { until, type Program } from './program.ts';
import { rulesOf, routesOf } from './routing.ts';
import { siteTest, type Site } from './site.ts';

/** Long enough for a Backup to stay one while a test looks. */
const backupRole = 'state BACKUP\n priority 100\n advert_int 10';

function masterRole({ priority = 255 }: Row): string {
  return `state MASTER\n priority ${priority}\n advert_int 1`;
}

/** At 1 s adverts the kernel takes addresses off after 2 s, and up to 0.6 s late. */
const addressesLastMs = 2_700;

export function holdingTests(title: string, rows: readonly Row[]): void {
  describe.concurrent(title, () => {
    for (const row of rows) {
      siteTest(row.title, (site) => play(site, row));
    }
  });
}

async function play({ near: { host }, baton }: Site, row: Row): Promise<void> {
  for (const words of row.prepared ?? []) host.ip(words);
  const before = held(host);
  const always = row.always ?? [];
  const begin = (role: string): Program => {
    baton.configure(row.configuration.replaceAll('ROLE', role));
    return baton.start();
  };
  const differs = async (expected: readonly string[], when: string): Promise<void> => {
    await becomes(() => difference(before, held(host)), expected.toSorted(), when);
  };

  const first = begin(masterRole(row));
  await first.printed('Entering MASTER STATE');
  await differs([...always, ...row.master], 'as Master');
  first.signal('SIGTERM');
  expect(await first.ended()).toBe(0);
  await differs([], 'after the stop');

  const second = begin(masterRole(row));
  await second.printed('Entering MASTER STATE');
  await differs([...always, ...row.master], 'as Master again');
  second.signal('SIGKILL');
  await second.ended();
  // Before its addresses are gone the next one would go on as Master.
  await sleep(addressesLastMs);
  const third = begin(backupRole);
  await third.printed('Entering BACKUP STATE');
  await differs(always, 'as Backup after SIGKILL');
  third.signal('SIGTERM');
  expect(await third.ended()).toBe(0);
  await differs([], 'after the stop as Backup');
}

/** Asks until the answer is this; fails with the difference after `limitMs`. */
export async function becomes(
  ask: () => readonly string[],
  expected: readonly string[],
  when: string,
  limitMs = 6_000,
): Promise<void> {
  await until(when, () => isDeepStrictEqual(ask(), expected), limitMs).catch(() => undefined);
  expect(ask(), when).toEqual(expected);
}

/** What is there now and was not, and, behind "- ", what was there and is no more. */
export function difference(before: readonly string[], now: readonly string[]): readonly string[] {
  const came = now.filter((line) => !before.includes(line));
  const went = before.filter((line) => !now.includes(line) && !line.startsWith('sysctl'));
  return [...came, ...went.map((line) => `- ${line}`)].sort();
}

/** All of a host that Baton may change, a line each. */
export function held(host: Host): readonly string[] {
  return [
    ...links(host),
    ...routesOf(host).map((line) => `route ${line}`),
    ...rulesOf(host).map((line) => `rule ${line}`),
    ...firewall(host),
    ...parameters(host),
  ];
}

interface ShownLink {
  readonly ifname: string;
  readonly link?: string;
  readonly address: string;
  readonly group: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: { readonly mode?: string };
  };
  readonly addr_info: readonly ShownAddress[];
}

interface ShownAddress {
  readonly local?: string;
  readonly address?: string;
  readonly prefixlen: number;
  readonly broadcast?: string;
  readonly scope: string;
  readonly label?: string;
  readonly preferred_life_time: number;
  readonly [flag: string]: unknown;
}

const flags = [
  'secondary',
  'nodad',
  'home',
  'mngtmpaddr',
  'noprefixroute',
  'autojoin',
  'deprecated',
  'dadfailed',
] as const;

function links(host: Host): readonly string[] {
  const shown = JSON.parse(host.ip('-json -details address show')) as readonly ShownLink[];
  return shown.flatMap((link) => {
    const { ifname, linkinfo, address, group } = link;
    const kind = [linkinfo?.info_kind ?? 'loopback', linkinfo?.info_data?.mode];
    const words = ['link', ifname, ...kind, 'on', link.link ?? 'nothing', address, 'group', group];
    return [
      words.filter((word) => word !== undefined).join(' '),
      ...link.addr_info.map((one) => `${ifname} ${addressLine(one, ifname)}`),
    ];
  });
}

function addressLine(shown: ShownAddress, name: string): string {
  const { local = '', address, prefixlen, broadcast, scope, label = name } = shown;
  const words = [
    address === undefined ? `${local}/${prefixlen}` : `${local} peer ${address}/${prefixlen}`,
    broadcast === undefined ? '' : `brd ${broadcast}`,
    scope === 'global' ? '' : `scope ${scope}`,
    label === name ? '' : `label ${label}`,
    ...flags.filter((flag) => shown[flag] === true),
  ];
  return words.filter((word) => word !== '').join(' ');
}

interface NftEntry {
  readonly table?: { readonly name: string };
  readonly chain?: { readonly table: string; readonly hook: string; readonly prio: number };
  readonly set?: {
    readonly table: string;
    readonly name: string;
    readonly elem?: readonly unknown[];
  };
  readonly rule?: {
    readonly table: string;
    readonly chain: string;
    readonly expr: readonly Readonly<Record<string, unknown>>[];
  };
}

/** The lease guard has tests of its own: what is in it changes with each take-over. */
const guardTable = 'baton_guard';

/** The rules and sets of nftables, without the numbers that the kernel gives them. */
function firewall(host: Host): readonly string[] {
  const { stdout } = host.run(() => spawnSync('nft', ['-j', 'list', 'ruleset']));
  const { nftables } = JSON.parse(stdout.toString()) as {
    readonly nftables: readonly NftEntry[];
  };
  const lines = nftables.flatMap(({ table, chain, set, rule }) => {
    const owner = table?.name ?? (chain ?? set ?? rule)?.table;
    if (owner === guardTable) return [];
    if (table !== undefined) return [`table ${table.name}`];
    if (chain !== undefined) return [`chain ${chain.hook} priority ${chain.prio}`];
    if (set !== undefined) return [`set ${set.name} ${JSON.stringify(set.elem)}`];
    return rule === undefined ? [] : [`rule ${rule.chain} ${ruleWords(rule.expr)}`];
  });
  return [...new Set(lines)].map((line) => `nft ${line.replaceAll('"', '')}`);
}

/** In which set it looks, whether it counts, and what it decides. */
function ruleWords(expressions: readonly Readonly<Record<string, unknown>>[]): string {
  const text = JSON.stringify(expressions);
  const sets = text.match(/@\w+/g) ?? [];
  const words = ['counter', 'drop', 'accept'].filter((word) => text.includes(`"${word}"`));
  return [...sets, ...words].join(' ');
}

const watchedParameters = ['promote_secondaries', 'arp_ignore', 'arp_filter', 'rp_filter'];

function parameters(host: Host): readonly string[] {
  return host.run(() =>
    watchedParameters.map((name) => {
      const path = `/proc/sys/net/ipv4/conf/eth0/${name}`;
      return `sysctl eth0 ${name} ${readFileSync(path, 'utf8').trim()}`;
    }),
  );
}
