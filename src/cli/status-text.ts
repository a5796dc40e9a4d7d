/** `baton status` for a person: a table of instances, one of scripts, one of services. */
import type { StatusResponse } from '../api/contract.ts';
import { conflictName, conflictTable } from '../model/conflict.ts';
import type {
  ConflictSnapshot,
  FileSnapshot,
  GroupSnapshot,
  InstanceCounters,
  InstanceSnapshot,
  ProcessSnapshot,
  ScriptSnapshot,
  ServiceSnapshot,
  StateName,
} from '../model/snapshot.ts';
import { sideChannelLines } from './side-channel-text.ts';
import { heading, layTable, type Cell, type Row } from './table.ts';
import { printable, type Paint, type Style } from './terminal.ts';
import { exactSeconds, localTimeShort, roughDuration } from './time-text.ts';

export interface StatusTextOptions {
  readonly paint: Paint;
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly nowMs: number;
}

export function statusText(status: StatusResponse, options: StatusTextOptions): string {
  const { snapshot } = status;
  const sections = [
    identityLines(status, options),
    guardLines(snapshot, options.paint),
    instanceLines(snapshot.instances, options),
    scriptLines(snapshot.scripts, options.paint),
    serviceLines(snapshot.services, options.paint),
    groupLines(snapshot.groups, options.paint),
    fileLines(snapshot.files, options.paint),
    processLines(snapshot.processes, options.paint),
    sideChannelLines(snapshot.sideChannel, options.paint),
    dropLines(snapshot.drops),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function identityLines({ identity }: StatusResponse, { nowMs }: StatusTextOptions): string[] {
  const { version, processId, startedAtMs, configurationPath } = identity;
  const age = roughDuration(Math.max(0, nowMs - startedAtMs));
  return [
    `Baton ${version}, process ${String(processId)}, running for ${age}, ` +
      `configured by ${printable(configurationPath)}`,
  ];
}

/** Nothing where all is as it should be, or was asked for. */
function guardLines({ guard, instances }: StatusResponse['snapshot'], paint: Paint): string[] {
  if (guard.state !== 'unavailable') return [];
  const longest = Math.max(0, ...instances.map((one) => one.answersForMs));
  return [
    paint('bad', `No lease guard: ${printable(guard.error ?? '')}`),
    `  if Baton dies as Master, this host answers for its addresses up to ${exactSeconds(longest)} more`,
  ];
}

const stateStyles: Readonly<Record<StateName, Style>> = {
  Initialize: 'unsettled',
  Backup: 'calm',
  Master: 'good',
  Fault: 'bad',
};

const statusStyles: Readonly<Record<ScriptSnapshot['status'], Style>> = {
  unknown: 'unsettled',
  up: 'good',
  down: 'bad',
};

/** The table's rows with each instance's particulars, indented, below its own. */
function instanceLines(
  instances: readonly InstanceSnapshot[],
  options: StatusTextOptions,
): string[] {
  if (instances.length === 0) return ['No instances are configured.'];
  const blocks = instances.map((instance) => instanceRows(instance, options.nowMs));
  const [title = '', ...rows] = layTable(
    [heading('INSTANCE', 'STATE', 'SINCE', 'PRIORITY', 'MASTER', 'ADDRESSES'), ...blocks.flat()],
    options.paint,
  );
  const lines = [title];
  let next = 0;
  for (const [index, instance] of instances.entries()) {
    const end = next + (blocks[index]?.length ?? 0);
    lines.push(...rows.slice(next, end), ...particulars(instance, options.paint));
    next = end;
  }
  return lines;
}

/** One row, and one more for each further address. */
function instanceRows(instance: InstanceSnapshot, nowMs: number): readonly Row[] {
  const since = localTimeShort(nowMs - instance.inStateForMs, nowMs);
  const [first = { text: 'none' }, ...others] = instance.addresses.map(addressCell);
  const row: Row = [
    { text: printable(instance.name) },
    { text: instance.state, style: stateStyles[instance.state] },
    { text: `${since} (${roughDuration(instance.inStateForMs)})` },
    { text: priorityText(instance) },
    { text: masterText(instance) },
    first,
  ];
  const empty = row.slice(1).map((): Cell => ({ text: '' }));
  return [row, ...others.map((address) => [...empty, address])];
}

function addressCell({ address, held }: InstanceSnapshot['addresses'][number]): Cell {
  return held
    ? { text: `${address} held`, style: 'good' }
    : { text: `${address} not held`, style: 'quiet' };
}

function priorityText({ basePriority, effectivePriority }: InstanceSnapshot): string {
  return basePriority === effectivePriority
    ? String(effectivePriority)
    : `${String(effectivePriority)} (base ${String(basePriority)})`;
}

function masterText({ state, master }: InstanceSnapshot): string {
  if (state === 'Master') return 'this host';
  return master === null ? 'none seen' : `${master.address} (${String(master.priority)})`;
}

function particulars(instance: InstanceSnapshot, paint: Paint): readonly string[] {
  const reasons = instance.reasons.map(printable).join('; ');
  const counters = countersText(instance.counters);
  return [
    ...(reasons === '' ? [] : [paint('bad', `  because ${reasons}`)]),
    ...instance.conflicts.map((one) => paint('bad', `  ${conflictText(instance, one)}`)),
    `  ${placeText(instance)}`,
    `  ${timersText(instance)}`,
    ...(counters === '' ? [] : [`  ${counters}`]),
    ...(instance.passed
      ? ['  mastership was passed on: it waits until the new master falls silent or gets worse']
      : []),
  ];
}

function conflictText({ state }: InstanceSnapshot, conflict: ConflictSnapshot): string {
  const { meaning, mending } = conflictTable[conflict.cause];
  const what = conflictName(conflict.cause, { whileMaster: state === 'Master' });
  const duration = roughDuration(conflict.sinceMs);
  return `${what} for ${duration}, with ${conflict.with}: ${meaning}; ${mending}`;
}

function placeText(instance: InstanceSnapshot): string {
  const { interface: name, sourceAddress, virtualRouterId, preempt, version, family } = instance;
  const place = name === null ? 'on no interface of its own' : `on ${name}`;
  const source = sourceAddress === null ? '' : ` from ${sourceAddress}`;
  const preemption = preempt ? '' : ', does not preempt';
  const group = instance.group === null ? '' : `, in group ${printable(instance.group)}`;
  const protocol = version === 2 ? '' : `, version 3 over ${family}`;
  const transport = ` by ${transportText(instance)}`;
  return `${place}${source}${transport}, VRID ${String(virtualRouterId)}${protocol}${group}${preemption}`;
}

function transportText({ transport, peers }: InstanceSnapshot): string {
  if (transport === 'multicast') return 'multicast';
  return `unicast to ${peers.length === 0 ? 'nobody' : peers.join(' and ')}`;
}

function timersText(instance: InstanceSnapshot): string {
  return [
    `advert every ${exactSeconds(instance.advertisementIntervalMs)}`,
    ...(instance.masterAdvertisementIntervalMs === instance.advertisementIntervalMs
      ? []
      : [`the master's every ${exactSeconds(instance.masterAdvertisementIntervalMs)}`]),
    `skew ${exactSeconds(instance.skewTimeMs)}`,
    `master down after ${exactSeconds(instance.masterDownIntervalMs)}`,
  ].join(', ');
}

type CountedName = Exclude<
  keyof InstanceCounters,
  'drops' | 'remarks' | 'checksums' | 'newMasterReason'
>;

const counterNames: Readonly<Record<CountedName, string>> = {
  advertsSent: 'adverts sent',
  advertsReceived: 'adverts received',
  becameMaster: 'became master',
  releasedMaster: 'released master',
  priorityZeroSent: 'priority 0 sent',
  priorityZeroReceived: 'priority 0 received',
  addressesRestored: 'addresses put back',
  addressClaims: 'claims of others heard',
  addressDefences: 'claims of others answered',
};

/** The counters that are not zero. */
function countersText(counters: InstanceCounters): string {
  const names = Object.keys(counterNames) as (keyof typeof counterNames)[];
  const counts = names
    .filter((name) => counters[name] > 0)
    .map((name) => `${counterNames[name]} ${String(counters[name])}`);
  const told = [
    ['dropped', counters.drops],
    ['taken in spite of', counters.remarks],
    // Over IPv6 there is but one form, and over IPv4 the one that nearly all send.
    ['checksums', { ...counters.checksums, 'pseudo-header': 0 }],
  ] as const;
  const lists = told
    .map(([what, tally]) => [what, tallyText(tally)] as const)
    .filter(([, text]) => text !== '')
    .map(([what, text]) => `${what}: ${text}`);
  return [...counts, ...lists].join(', ');
}

function tallyText(tally: Readonly<Partial<Record<string, number>>>): string {
  return Object.entries(tally)
    .filter(([, count = 0]) => count > 0)
    .map(([reason, count]) => `${reason} ${String(count)}`)
    .join(', ');
}

function dropLines(drops: InstanceCounters['drops']): string[] {
  const text = tallyText(drops);
  return text === '' ? [] : [`Packets dropped that belong to no instance: ${text}`];
}

function scriptLines(scripts: readonly ScriptSnapshot[], paint: Paint): readonly string[] {
  if (scripts.length === 0) return [];
  const rows = scripts.map(({ name, status, runs, lastDetail }): Row => [
    { text: printable(name) },
    { text: status, style: statusStyles[status] },
    { text: String(runs) },
    { text: printable(lastDetail) },
  ]);
  return layTable([heading('SCRIPT', 'STATUS', 'RUNS', 'LAST RESULT'), ...rows], paint);
}

function serviceLines(services: readonly ServiceSnapshot[], paint: Paint): readonly string[] {
  if (services.length === 0) return [];
  const rows = services.map(({ name, status, state, processId, restarts, detail }): Row => [
    { text: printable(name) },
    { text: status, style: statusStyles[status] },
    { text: state },
    { text: processId === null ? 'none' : String(processId) },
    { text: String(restarts) },
    { text: printable(detail) },
  ]);
  const title = heading('SERVICE', 'STATUS', 'STATE', 'PROCESS', 'RESTARTS', 'DETAIL');
  return layTable([title, ...rows], paint);
}

function groupLines(groups: readonly GroupSnapshot[], paint: Paint): readonly string[] {
  if (groups.length === 0) return [];
  const rows = groups.map(({ name, state, members }): Row => [
    { text: printable(name) },
    { text: state, style: stateStyles[state] },
    { text: members.map(printable).join(', ') },
  ]);
  return layTable([heading('GROUP', 'STATE', 'MEMBERS'), ...rows], paint);
}

function fileLines(files: readonly FileSnapshot[], paint: Paint): readonly string[] {
  if (files.length === 0) return [];
  const rows = files.map(({ name, value }): Row => [
    { text: printable(name) },
    value === null ? { text: 'no number', style: 'unsettled' } : { text: String(value) },
  ]);
  return layTable([heading('FILE', 'VALUE'), ...rows], paint);
}

function processLines(processes: readonly ProcessSnapshot[], paint: Paint): readonly string[] {
  if (processes.length === 0) return [];
  const rows = processes.map(({ name, status, count }): Row => [
    { text: printable(name) },
    { text: status, style: statusStyles[status] },
    { text: count === null ? 'not counted yet' : String(count) },
  ]);
  return layTable([heading('PROCESS', 'STATUS', 'RUNNING'), ...rows], paint);
}
