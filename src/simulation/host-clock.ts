/** The clock of one host, which may go a little faster or slower than the world's. */
import { instant, microseconds, type Duration, type Instant } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Appointment, VirtualClock } from './virtual-clock.ts';

/** What on a host is timed by that host's own clock. */
export type Timekeeper = Pick<VirtualClock, 'now' | 'schedule'>;

export class HostClock implements Clock, Timekeeper {
  private readonly world: VirtualClock;
  /** How much of its time passes while a second of the world's does. */
  private readonly rate: number;

  constructor(world: VirtualClock, rate: number) {
    this.world = world;
    this.rate = rate;
  }

  now(): Instant {
    return instant(this.world.now() * this.rate);
  }

  wallClockMs(): number {
    return this.world.wallClockMs();
  }

  /** `delay` is of this clock; never early by it. */
  schedule(delay: Duration, action: () => void): Appointment {
    return this.world.schedule(microseconds(Math.ceil(delay / this.rate)), action);
  }
}
