/**
 * The lines of a scenario's configuration that are about more than one instance, or about
 * what Baton keeps on the network:
 *
 *     group VG: members VI_1 VI_2, track script check weight 20, notify, alert
 *     file load
 *     process named: quorum 2, most 3, fork-delay 2s, terminate-delay 1s
 *     delay eth0: down 2s, up 1s
 *     announcements eth0,eth1: arp-pause 100ms, neighbour-pause 10ms
 *     announcements others: arp-pause 100ms
 *     fixed: addresses 192.0.2.7, routes 198.51.100.0/24, rules 100, untracked, of G
 *     track-group G: VI_1 VI_2
 */
import type { Mutable } from '../../src/base/mutable.ts';
import type { InterfaceName, IpAddress, MacAddress } from '../../src/model/address.ts';
import type { AnnouncementGroupConfig } from '../../src/model/announcement-config.ts';
import type {
  FileConfig,
  FixedConfig,
  InterfaceDelayConfig,
  ProcessConfig,
  SyncGroupConfig,
  TrackConfig,
  TrackGroupConfig,
  VirtualMacConfig,
} from '../../src/model/config.ts';
import { zero } from '../../src/base/units.ts';
import type { Route, Rule } from '../../src/model/route.ts';
import { noNotifications } from '../../src/model/defaults.ts';
import { notifyAll, virtualAddress } from './configuration.ts';
import { route, rule } from './specimens.ts';
import type { Words } from './words.ts';

export function parseGroup(name: string, settings: readonly Words[]): SyncGroupConfig {
  const draft: Mutable<SyncGroupConfig> = {
    name,
    members: [],
    tracks: [],
    weighted: false,
    notify: noNotifications,
    smtpAlert: false,
  };
  for (const words of settings) {
    if (words.accept('members')) draft.members = words.rest();
    else if (words.accept('track')) draft.tracks = [...draft.tracks, parseTrack(words)];
    else if (words.accept('notify')) {
      const { priorityChanges } = draft.notify;
      draft.notify = { ...notifyAll, priorityChanges };
    } else if (words.accept('priority-changes')) {
      draft.notify = { ...draft.notify, priorityChanges: true };
    } else if (words.accept('alert')) draft.smtpAlert = true;
    else words.unknown();
  }
  return draft;
}

/** "script check weight -2 reverse" */
export function parseTrack(words: Words): TrackConfig {
  const kinds = ['script', 'service', 'file', 'process', 'interface'] as const;
  const kind = kinds.find((one) => words.accept(one));
  if (kind === undefined) return words.unknown();
  const name = words.next();
  const weight = words.accept('weight') ? words.number() : 0;
  return { kind, name, weight, reverse: words.accept('reverse') };
}

export function parseFile(name: string): FileConfig {
  return { name, path: `/run/${name}`, initialValue: null, overwrite: false };
}

export function parseProcess(name: string, settings: readonly Words[]): ProcessConfig {
  const draft: Mutable<ProcessConfig> = {
    name,
    match: { program: name, parameters: [], parameterMatch: 'none', fullCommand: false },
    quorum: 1,
    maximum: null,
    forkDelay: zero,
    terminateDelay: zero,
  };
  for (const words of settings) {
    if (words.done) continue;
    else if (words.accept('quorum')) draft.quorum = words.number();
    else if (words.accept('most')) draft.maximum = words.number();
    else if (words.accept('fork-delay')) draft.forkDelay = words.duration();
    else if (words.accept('terminate-delay')) draft.terminateDelay = words.duration();
    else words.unknown();
  }
  return draft;
}

export function parseDelay(name: string, settings: readonly Words[]): InterfaceDelayConfig {
  const draft: Mutable<InterfaceDelayConfig> = {
    interface: name as InterfaceName,
    down: zero,
    up: zero,
  };
  for (const words of settings) {
    if (words.accept('down')) draft.down = words.duration();
    else if (words.accept('up')) draft.up = words.duration();
    else words.unknown();
  }
  return draft;
}

/** "others": each interface that is in no other group, by itself. */
export function parseAnnouncementGroup(
  names: string,
  settings: readonly Words[],
): AnnouncementGroupConfig {
  const interfaces =
    names === 'others' ? null : names.split(',').map((name) => name as InterfaceName);
  let [arpInterval, neighbourInterval] = [zero, zero];
  for (const words of settings) {
    if (words.accept('arp-pause')) arpInterval = words.duration();
    else if (words.accept('neighbour-pause')) neighbourInterval = words.duration();
    else words.unknown();
  }
  return { arpInterval, neighbourInterval, interfaces };
}

export function parseFixed(settings: readonly Words[]): FixedConfig {
  let { addresses, routes, rules }: Mutable<FixedConfig> = { addresses: [], routes: [], rules: [] };
  let marks: { tracked: boolean; trackGroup: string | null } = { tracked: true, trackGroup: null };
  for (const words of settings) {
    if (words.accept('addresses')) addresses = words.rest().map((one) => virtualAddress(one));
    else if (words.accept('routes')) routes = parseRoutes(words);
    else if (words.accept('rules')) rules = parseRules(words);
    else if (words.accept('untracked')) marks = { ...marks, tracked: false };
    else if (words.accept('of')) marks = { ...marks, trackGroup: words.next() };
    else words.unknown();
  }
  return {
    addresses: addresses.map((one) => ({ ...one, ...marks })),
    routes: routes.map((one) => ({ ...one, ...marks })),
    rules: rules.map((one) => ({ ...one, ...marks })),
  };
}

export function parseTrackGroup(name: string, settings: readonly Words[]): TrackGroupConfig {
  return { name, instances: settings.flatMap((words) => words.rest()) };
}

/** Destinations: "198.51.100.0/24 203.0.113.0/24", each via 192.0.2.9. */
export function parseRoutes(words: Words): readonly Route[] {
  return words.rest().map((text) => {
    const [address = '', length = '32'] = text.split('/');
    const destination = { address: address as IpAddress, length: Number(length) };
    return route({ destination, text });
  });
}

/** Tables: "100 101", each for what comes from 198.51.100.0/24. */
export function parseRules(words: Words): readonly Rule[] {
  return words.rest().map((text) => rule({ action: { type: 'table', table: Number(text) }, text }));
}

/** A macvlan on the instance's interface, as `use_vmac` names it. */
export function virtualMac(base: InterfaceName, virtualRouterId: number): VirtualMacConfig {
  const octet = virtualRouterId.toString(16).padStart(2, '0');
  return {
    transmitOnBase: false,
    virtual: {
      name: `vrrp.${virtualRouterId}` as InterfaceName,
      base,
      kind: { type: 'macvlan', macAddress: `00:00:5e:00:01:${octet}` as MacAddress },
      group: 0,
      family: 'IPv4',
      linkLocal: null,
      notify: false,
    },
  };
}
