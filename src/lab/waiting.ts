/** Waiting for a condition, never for a time that is hoped to be enough. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from './monotonic.ts';

const pollIntervalMs = 10;

/**
 * Waits until the condition has held for `forMs` without a break. False when
 * that has not come about within `withinMs`.
 */
export async function untilHolds(
  condition: () => boolean | Promise<boolean>,
  patience: { readonly forMs: number; readonly withinMs: number },
): Promise<boolean> {
  const deadlineMs = monotonicMs() + patience.withinMs;
  let heldSinceMs: number | null = null;
  for (;;) {
    const holds = await condition();
    const nowMs = monotonicMs();
    if (!holds) heldSinceMs = null;
    else heldSinceMs ??= nowMs;
    if (heldSinceMs !== null && nowMs - heldSinceMs >= patience.forMs) return true;
    if (nowMs >= deadlineMs) return false;
    await sleep(pollIntervalMs);
  }
}

/** Waits for what has to come about at once on a working machine; throws if it does not. */
export async function untilReady(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const ready = await untilHolds(condition, { forMs: 0, withinMs: 10_000 });
  if (!ready) throw new Error(`${what}: not within 10 s`);
}
