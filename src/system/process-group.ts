/** Process groups: all that a process started and that did not leave it. */
import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { toMilliseconds, type Duration } from '../base/units.ts';
import { readLivingProcess } from './process-status.ts';

/** How long a group may be seen by its number alone, which costs next to nothing. */
const quickLookMs = 20;

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

/** Waits until no process of the group lives; false where one still does after `patience`. */
export async function groupVanishes(group: number, patience: Duration): Promise<boolean> {
  const begun = performance.now();
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 1.5, quickLookMs)) {
    if (!signalGroup(group, 0)) return true;
    const elapsedMs = performance.now() - begun;
    const late = elapsedMs >= toMilliseconds(patience);
    if ((late || elapsedMs >= quickLookMs) && !(await hasLivingMember(group))) return true;
    if (late) return false;
    await pause(waitMs);
  }
}

/** Zombies that nobody reaps keep a group in being; only its members' states can tell. */
async function hasLivingMember(group: number): Promise<boolean> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readLivingProcess(Number(name));
    if (status?.processGroupId === group) return true;
  }
  return false;
}
