/**
 * Configuration and state as keepalived writes them at SIGUSR1, for people and for
 * scrapers that look for its lines. Secrets are left out.
 */
import type { SyncGroupConfig } from '../../model/config.ts';
import type { GroupSnapshot } from '../../model/snapshot.ts';
import { addressText } from './address-text.ts';
import {
  listed,
  notifyLines,
  section,
  trackLines,
  when,
  type DumpContent,
} from './dump-content.ts';
import { globalDump } from './global.ts';
import { instanceLines, ownFaults, stateWord } from './instance.ts';
import { routeText, ruleText } from './routing-text.ts';
import { fileLines, processLines, scriptLines } from './tracked.ts';

export function stateDump(content: DumpContent): string {
  const { config, snapshot } = content;
  const instances = snapshot.instances.flatMap((state) => {
    const instance = config.instances.find(({ name }) => name === state.name);
    return instance === undefined ? [] : instanceLines({ instance, state }, content);
  });
  const groups = snapshot.groups.flatMap((state) => {
    const group = config.syncGroups.find(({ name }) => name === state.name);
    return group === undefined ? [] : groupLines(group, state, content);
  });
  return [
    globalDump(content),
    ...fixedSections(content),
    section('VRRP Topology', instances),
    section('VRRP Sync groups', groups),
    section(
      'VRRP Scripts',
      config.scripts.flatMap((script) => scriptLines(script, content)),
    ),
    section(
      'VRRP Track files',
      config.files.flatMap((file) => fileLines(file, content)),
    ),
    section(
      'VRRP Track processes',
      config.processes.flatMap((tracked) => processLines(tracked, content)),
    ),
  ].join('');
}

function fixedSections({ config: { fixed, trackGroups } }: DumpContent): readonly string[] {
  const shown = { held: true, guarded: false, bases: new Map<string, string>() };
  const indented = (text: string): string => `     ${text}`;
  return [
    section(
      'Static Addresses',
      fixed.addresses.map((one) => indented(addressText(one, shown))),
    ),
    section(
      'Static Routes',
      fixed.routes.map((route) => indented(routeText(route))),
    ),
    section(
      'Static Rules',
      fixed.rules.map((rule) => indented(ruleText(rule))),
    ),
    section(
      'Static Track groups',
      trackGroups.flatMap(({ name, instances }) => [
        ` Static Track Group = ${name}`,
        ...listed('VRRP member instances :', instances),
      ]),
    ),
  ];
}

function groupLines(
  group: SyncGroupConfig,
  { state, members }: GroupSnapshot,
  { snapshot, owner }: DumpContent,
): readonly string[] {
  const states = snapshot.instances.filter(({ name }) => members.includes(name));
  const faulty = states.filter((member) => ownFaults(member) > 0).length;
  const waiting = states.filter((member) => member.state === 'Initialize').length;
  return [
    ` VRRP Sync Group = ${group.name}, ${stateWord(state)}`,
    `   Num member fault ${String(faulty)}, num member init ${String(waiting)}`,
    ...listed('VRRP member instances :', members),
    ...when(group.weighted, '   sync group tracking weight set'),
    `   Using smtp notification = ${group.smtpAlert ? 'yes' : 'no'}`,
    ...trackLines(group.tracks, 'Tracked process :'),
    ...notifyLines(group.notify, owner),
  ];
}
