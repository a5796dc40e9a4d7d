/** Process groups: all that a process started and that did not leave it. */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { toMilliseconds, type Duration } from '../base/units.ts';
import { readLivingProcess } from './process-status.ts';

/** How often a group is looked at, in milliseconds. */
const lookIntervalMs = 1;

/** Signals every process of a group; false where there is none. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // To kill(2), 0 is the caller's own group and -1 every process there is.
  if (group <= 1) return false;
  try {
    return process.kill(-group, signal);
  } catch {
    // ESRCH: it is gone; EPERM: it is not ours, and so not what was meant.
    return false;
  }
}

/**
 * Waits until no process of the group lives; false where one still does after
 * `patience`. Zombies keep a group in being for as long as nobody reaps them,
 * which in a container may be for ever, so its members are looked at themselves.
 */
export async function groupVanishes(group: number, patience: Duration): Promise<boolean> {
  const deadline = performance.now() + toMilliseconds(patience);
  let members: readonly number[] = [];
  while (signalGroup(group, 0)) {
    members = members.filter((processId) => readLivingProcess(processId) !== null);
    // To list all processes is the dear part: once for those there are, once for those they left.
    if (members.length === 0) members = livingMembers(group);
    if (members.length === 0) return true;
    if (performance.now() >= deadline) return false;
    await pause(lookIntervalMs);
  }
  return true;
}

function livingMembers(group: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((processId) => readLivingProcess(processId)?.processGroupId === group);
}
