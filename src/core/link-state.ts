/**
 * One interface's link, debounced (`interface_up_down_delays`): a change counts once it
 * has lasted. That an interface is gone counts at once, and so does what is first told.
 */
import { after, zero, type Duration, type Instant } from '../base/units.ts';

export interface LinkDelays {
  readonly down: Duration;
  readonly up: Duration;
}

export const noDelays: LinkDelays = { down: zero, up: zero };

export class LinkState {
  /** Whether it counts as up. */
  up = false;
  present = false;
  /** Whether it is up at this moment, lasting or not. */
  reported = false;
  /** When `up` follows what is reported; null: they agree. */
  private changeAt: Instant | null = null;

  changed(at: Instant, link: { present: boolean; up: boolean }, delays: LinkDelays): void {
    const appeared = link.present && !this.present;
    this.present = link.present;
    this.reported = link.present && link.up;
    if (this.reported === this.up) {
      this.changeAt = null;
      return;
    }
    const delay = this.reported ? delays.up : delays.down;
    if (appeared || !link.present || delay === zero) this.follow();
    else this.changeAt ??= after(at, delay);
  }

  nextDeadline(): Instant | null {
    return this.changeAt;
  }

  timePassed(at: Instant): void {
    if (this.changeAt !== null && this.changeAt <= at) this.follow();
  }

  private follow(): void {
    this.changeAt = null;
    this.up = this.reported;
  }
}
