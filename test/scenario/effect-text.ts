/** Effects as lines that a person can read, without ids and without secrets. */
import { toSeconds, type Duration } from '../../src/base/units.ts';
import type { Command, VirtualAddress } from '../../src/model/config.ts';
import type { Effect, SendAdvert } from '../../src/model/effect.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import type { InstanceSnapshot, Snapshot } from '../../src/model/snapshot.ts';

/** One line; a report of the state is several. */
export function effectText(effect: Effect): string {
  switch (effect.type) {
    case 'join-interface':
      return `join ${effect.interface}`;
    case 'leave-interface':
      return `leave ${effect.interface}`;
    case 'send-advert':
      return advertText(effect);
    case 'hold-addresses':
      return `hold ${listed(effect.addresses)} for ${inSeconds(effect.lifetime)}`;
    case 'release-addresses':
      return `release ${listed(effect.addresses)}`;
    case 'announce-addresses':
      return `announce ${listed(effect.addresses)}, ${arps(effect.repeat)}`;
    case 'watch-process':
      return `watch process ${effect.processId} of ${effect.service}`;
    case 'unwatch-process':
      return `unwatch ${effect.service}`;
    case 'run-script':
      return `run script ${effect.script}: ${spelled(effect.command)}`;
    case 'run-notify':
      return `notify ${spelled(effect.command)}`;
    case 'send-mail':
      return `mail "${effect.subject}": ${effect.body.trim()}`;
    case 'find-service':
      return `find ${effect.service.name}`;
    case 'start-service':
      return `start ${effect.service.name}${formerly(effect.formerProcessId)}`;
    case 'stop-service':
      return `stop ${effect.service.name}, process ${effect.processId}`;
    case 'reload-service':
      return `reload ${effect.service.name}, process ${effect.processId}`;
    case 'test-service':
      return `test ${effect.service}: ${spelled(effect.command)}`;
    case 'probe-service':
      return `probe ${effect.service}`;
    case 'write-log':
      return `log ${effect.level}: ${effect.text}`;
    case 'write-journal':
      return `journal: ${journalText(effect.entry)}`;
    case 'report-snapshot':
      return `report:\n${snapshotText(effect.snapshot)}`;
    case 'finish':
      return 'finish';
  }
}

function advertText({ interface: name, source, destination, advert }: SendAdvert): string {
  const { virtualRouterId, priority, addresses, authentication } = advert;
  const secret = authentication.type === 0 ? '' : `, authentication type ${authentication.type}`;
  return (
    `advert ${name} ${source} > ${destination}: vrid ${virtualRouterId}, priority ${priority}, ` +
    `every ${advert.advertisementIntervalSeconds} s, ${addresses.join(' ')}${secret}`
  );
}

function journalText(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'transition':
      return `${entry.instance} ${entry.from} -> ${entry.to}, priority ${entry.priority}: ${entry.reason}`;
    case 'priority':
      return `${entry.instance} priority ${entry.from} -> ${entry.to}`;
    case 'address-restored':
      return `${entry.instance} restored ${entry.address} on ${entry.interface}`;
    case 'script':
      return `script ${entry.script} ${entry.up ? 'up' : 'down'}: ${entry.detail}`;
    case 'service':
      return `service ${entry.service} ${entry.state}: ${entry.detail}`;
    case 'config':
      return entry.detail;
  }
}

function snapshotText(snapshot: Snapshot): string {
  const lines = [
    ...snapshot.instances.flatMap(instanceLines),
    ...snapshot.scripts.map(
      ({ name, status, runs, lastDetail }) =>
        `script ${name}: ${status}, ${runs} runs, ${lastDetail}`,
    ),
    ...snapshot.services.map(
      ({ name, state, status, restarts, detail }) =>
        `service ${name}: ${state}, ${status}, ${restarts} restarts, ${detail}`,
    ),
    ...counts('drops of no instance', snapshot.drops),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

function instanceLines(one: InstanceSnapshot): string[] {
  const { drops, ...counters } = one.counters;
  const master = one.master === null ? 'none' : `${one.master.address} (${one.master.priority})`;
  const addresses = one.addresses.map((each) => `${each.address}${each.held ? ' held' : ''}`);
  const reasons = one.reasons.length === 0 ? '' : `, because ${one.reasons.join(', ')}`;
  return [
    `${one.name}: ${one.state}, priority ${one.effectivePriority} of ${one.basePriority}${reasons}`,
    `  master ${master}, ${addresses.join(', ')}${one.passed ? ', passed' : ''}`,
    ...counts('  counters', counters),
    ...counts('  drops', drops),
  ];
}

function counts(title: string, counters: Readonly<Record<string, number>>): string[] {
  const moved = Object.entries(counters).filter(([, count]) => count !== 0);
  if (moved.length === 0) return [];
  return [`${title}: ${moved.map(([name, count]) => `${name} ${count}`).join(', ')}`];
}

function listed(addresses: readonly VirtualAddress[]): string {
  if (addresses.length === 0) return 'no address';
  return addresses
    .map((one) => `${one.address}/${one.prefixLength} on ${one.interface}`)
    .join(', ');
}

function arps(repeat: number): string {
  return repeat === 1 ? 'one ARP each' : `${repeat} ARPs each`;
}

function formerly(processId: number | null): string {
  return processId === null ? '' : `, after process ${processId}`;
}

function spelled({ program, arguments: given }: Command): string {
  return [program, ...given].join(' ');
}

function inSeconds(duration: Duration): string {
  return `${toSeconds(duration)} s`;
}
