/**
 * How long a client may go without an answer, from the protocol's timers alone.
 * What was measured has no part in it.
 */
import type { HostName, ProtocolTimers } from './pair.ts';
import { peerOf } from './pair.ts';

/** For a machine that schedules late: the client, nginx and both daemons share its cores. */
export const schedulingAllowanceMs = 200;

/** From exec until the daemon takes part in the election. */
const daemonStartMs = 500;

/** One attempt to start a service that ends because its configuration is wrong. */
const startAttemptMs = 100;

/** What takes the address from the master, or gives it back. */
export type OutageKind =
  /** Both daemons start; nobody has held the address before. */
  | 'election'
  /** The master leaves with an advert of priority 0. */
  | 'resignation'
  /** The master falls silent without a word. */
  | 'silence'
  /** The better master comes back and takes over while the other still answers. */
  | 'preemption'
  /** The service dies and is brought back where it was. */
  | 'restart-in-place'
  /** The service dies, can't be brought back, and the master resigns for it. */
  | 'service-lost';

/** Skew_Time = (256 - Priority) / 256 seconds (RFC 3768 section 6.1). */
export function skewTimeMs(priority: number): number {
  return ((256 - priority) / 256) * 1_000;
}

/** Master_Down_Interval = 3 x Advertisement_Interval + Skew_Time (RFC 3768 section 6.1). */
export function masterDownIntervalMs(timers: ProtocolTimers, host: HostName): number {
  return 3 * timers.advertisementIntervalMs + skewTimeMs(timers.priority[host]);
}

/**
 * The longest time in milliseconds that the client may go without an answer
 * when this befalls `victim`. A silent master is counted from its last advert,
 * so that the time until it would have sent the next one is inside.
 */
export function outageBudgetMs(kind: OutageKind, timers: ProtocolTimers, victim: HostName): number {
  const peer = peerOf(victim);
  const skew = skewTimeMs(timers.priority[peer]);
  switch (kind) {
    case 'election':
      // Both hosts start at once and share the machine's cores, which may be busy besides.
      return masterDownIntervalMs(timers, victim) + 4 * daemonStartMs + schedulingAllowanceMs;
    case 'resignation':
      return skew + schedulingAllowanceMs;
    case 'silence':
      return masterDownIntervalMs(timers, peer) + schedulingAllowanceMs;
    case 'preemption':
      return schedulingAllowanceMs;
    case 'restart-in-place':
      // It has to cost less than giving the address up would, on the same noisy machine.
      return skew;
    case 'service-lost':
      return skew + startAttemptMs + schedulingAllowanceMs;
  }
}
