/** One way between two stations of the LAN, and what may be wrong with it. */
import type { Random } from '../base/random.ts';
import { after, type Duration, type Instant } from '../base/units.ts';
import { drawDuration, type DurationRange } from './draw.ts';

/** What is wrong with a way. */
export type Impairment =
  /** Nothing passes. */
  | { readonly type: 'blocked' }
  | { readonly type: 'lossy'; readonly share: number }
  /** So many frames of a hundred arrive twice, the copy after a delay of its own. */
  | { readonly type: 'duplicating'; readonly share: number }
  /** Frames take so much longer; they keep their order. */
  | { readonly type: 'slow'; readonly most: Duration }
  /** Frames take up to so much longer, each as long as it likes: they overtake each other. */
  | { readonly type: 'reordering'; readonly most: Duration };

export class Way {
  private readonly impairments = new Set<Impairment>();
  /** When the last frame that keeps its order arrives. */
  private lastArrival = 0 as Instant;

  get perfect(): boolean {
    return this.impairments.size === 0;
  }

  get blocked(): boolean {
    for (const { type } of this.impairments) if (type === 'blocked') return true;
    return false;
  }

  impair(impairment: Impairment): void {
    this.impairments.add(impairment);
  }

  mend(impairment: Impairment): void {
    this.impairments.delete(impairment);
  }

  /** When a frame that is sent now arrives: not at all, once, or more often. */
  arrivals(now: Instant, random: Random, delay: DurationRange): readonly Instant[] {
    const plain = after(now, drawDuration(random, delay));
    if (this.impairments.size === 0) return [this.inOrder(plain)];
    let arrival = plain;
    let ordered = true;
    let copies = 1;
    for (const impairment of this.impairments) {
      switch (impairment.type) {
        case 'blocked':
          return [];
        case 'lossy':
          if (random.next() < impairment.share) return [];
          break;
        case 'duplicating':
          if (random.next() < impairment.share) copies += 1;
          break;
        case 'slow':
          arrival = after(arrival, (impairment.most * random.next()) as Duration);
          break;
        case 'reordering':
          arrival = after(arrival, (impairment.most * random.next()) as Duration);
          ordered = false;
          break;
      }
    }
    const first = Math.round(arrival) as Instant;
    const arrivals = [ordered ? this.inOrder(first) : first];
    for (let copy = 1; copy < copies; copy += 1) {
      arrivals.push(after(first, drawDuration(random, delay)));
    }
    return arrivals;
  }

  private inOrder(arrival: Instant): Instant {
    if (arrival > this.lastArrival) this.lastArrival = arrival;
    return this.lastArrival;
  }
}
