/** `baton status` for a person: a table of instances, one of scripts, one of services. */
import type { StatusResponse } from '../api/contract.ts';
import type {
  InstanceCounters,
  InstanceSnapshot,
  ScriptSnapshot,
  ServiceSnapshot,
  StateName,
} from '../model/snapshot.ts';
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
    instanceLines(snapshot.instances, options),
    scriptLines(snapshot.scripts, options.paint),
    serviceLines(snapshot.services, options.paint),
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
    `  ${placeText(instance)}`,
    `  ${timersText(instance)}`,
    ...(counters === '' ? [] : [`  ${counters}`]),
    ...(instance.passed
      ? ['  mastership was passed on: it waits until the new master falls silent']
      : []),
  ];
}

function placeText(instance: InstanceSnapshot): string {
  const { interface: name, sourceAddress, virtualRouterId, preempt } = instance;
  const source = sourceAddress === null ? '' : ` from ${sourceAddress}`;
  const preemption = preempt ? '' : ', does not preempt';
  return `on ${name}${source}, VRID ${String(virtualRouterId)}${preemption}`;
}

function timersText(instance: InstanceSnapshot): string {
  return [
    `advert every ${exactSeconds(instance.advertisementIntervalMs)}`,
    `skew ${exactSeconds(instance.skewTimeMs)}`,
    `master down after ${exactSeconds(instance.masterDownIntervalMs)}`,
  ].join(', ');
}

const counterNames: Readonly<Record<Exclude<keyof InstanceCounters, 'drops'>, string>> = {
  advertsSent: 'adverts sent',
  advertsReceived: 'adverts received',
  becameMaster: 'became master',
  releasedMaster: 'released master',
  priorityZeroSent: 'priority 0 sent',
  priorityZeroReceived: 'priority 0 received',
  addressesRestored: 'addresses put back',
};

/** The counters that are not zero. */
function countersText(counters: InstanceCounters): string {
  const names = Object.keys(counterNames) as (keyof typeof counterNames)[];
  const counts = names
    .filter((name) => counters[name] > 0)
    .map((name) => `${counterNames[name]} ${String(counters[name])}`);
  const drops = dropsText(counters.drops);
  return [...counts, ...(drops === '' ? [] : [`dropped: ${drops}`])].join(', ');
}

function dropsText(drops: InstanceCounters['drops']): string {
  return Object.entries(drops)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${String(count)}`)
    .join(', ');
}

function dropLines(drops: InstanceCounters['drops']): string[] {
  const text = dropsText(drops);
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
