/** What of Baton's error counters has moved. */
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Lab } from './lab.ts';

/** By name: those of the instances, and those of no instance. */
export type Counters = Readonly<Record<string, number>>;

export async function errorCounters(lab: Lab): Promise<Counters> {
  return countersOf(await lab.baton.snapshot());
}

function countersOf({ instances, drops }: Snapshot): Counters {
  const sums: Record<string, number> = {};
  const records = [
    drops,
    ...instances.flatMap((one) => [one.counters.drops, one.counters.remarks]),
  ];
  for (const record of records) {
    for (const [name, count] of Object.entries(record)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** Those that have moved, and by how much. */
export function moved(before: Counters, after: Counters): Counters {
  const changes = Object.entries(after).map(
    ([name, count]) => [name, count - (before[name] ?? 0)] as const,
  );
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

export function total(counters: Counters): number {
  return Object.values(counters).reduce((sum, count) => sum + count, 0);
}
