/**
 * Runs the pulse in real time: a turn whenever the network has something or a
 * deadline has come, and otherwise asleep in the kernel.
 *
 * A take-over is what clients wait for, and it comes after seconds of sleep, when
 * neither code nor data are in the processor's caches and the timer itself is
 * 0.1 ms late: everything takes five times as long as it could. So shortly before
 * one is due the loop rehearses it, has done what can be done ahead, and for the last moment it
 * stays awake.
 */
import { earliest, instant, milliseconds, type Duration, type Instant } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Network } from '../ports/network.ts';
import type { Pulse } from './pulse.ts';

/** The first rehearsal after seconds of sleep takes up to 6 ms, the second 0.3 ms. */
const rehearsalLeads = [milliseconds(20), milliseconds(3)];

/** How late the kernel's timer may be. */
const awakeLead = milliseconds(0.3);

export interface PulseLoopParts {
  readonly clock: Clock;
  readonly network: Network;
  /** Does what a take-over does, without an effect. */
  readonly rehearse: () => void;
}

/** Returns once the pulse has finished. */
export function runPulse(pulse: Pulse, { clock, network, rehearse }: PulseLoopParts): void {
  let expected: Instant | null = null;
  let rehearsals = 0;
  while (!pulse.finished) {
    const takeover = pulse.nextTakeover();
    if (takeover !== expected) rehearsals = 0;
    expected = takeover;
    const lead = rehearsalLeads[rehearsals] ?? awakeLead;
    const alarm = takeover === null ? null : before(takeover, lead);
    network.wait(earliest([pulse.nextDeadline(), alarm]));
    pulse.turn();
    const imminent = alarm !== null && alarm <= clock.now() && pulse.nextTakeover() === takeover;
    if (takeover === null || !imminent) continue;
    if (rehearsals < rehearsalLeads.length) {
      rehearse();
      pulse.prepareTakeover();
    }
    rehearsals += 1;
    // Each turn looks whether the master has spoken after all.
    while (before(takeover, awakeLead) <= clock.now() && clock.now() < takeover) pulse.turn();
  }
}

function before(moment: Instant, lead: Duration): Instant {
  return instant(moment - lead);
}
