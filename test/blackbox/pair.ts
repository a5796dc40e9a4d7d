/** The routers of one virtual router, mostly two: who is master, as the wire tells. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { toleranceMs, type Lab } from './lab.ts';
import type { Member } from './member.ts';
import type { Mode } from './modes.ts';

export class Pair {
  readonly #members: readonly Member[];
  readonly #lab: Lab;
  readonly #mode: Mode;
  /** What was on the wire before is another pair's. */
  readonly #begunMs = Date.now();

  constructor(lab: Lab, mode: Mode, ...members: readonly Member[]) {
    this.#lab = lab;
    this.#mode = mode;
    this.#members = members;
  }

  /** Master_Down_Interval of a router of this priority, in milliseconds (RFC 9568 section 6.1). */
  downMs(priority: number): number {
    return this.#mode.interval * 3_000 + this.skewMs(priority);
  }

  skewMs(priority: number): number {
    const interval = this.#mode.version === 2 ? 1 : this.#mode.interval;
    return ((256 - priority) / 256) * interval * 1_000;
  }

  /**
   * Waits until this one alone advertises, at most `limitMs` and what a busy machine
   * adds; then sees for three intervals that it stays so and that its host has the address.
   */
  async settlesOn(master: Member, limitMs: number): Promise<void> {
    const intervalMs = this.#mode.interval * 1_000;
    const deadline = Date.now() + limitMs + 4 * intervalMs + 1_000;
    while (this.#speakers(Date.now() - 1.5 * intervalMs - toleranceMs).join() !== nameOf(master)) {
      if (Date.now() > deadline) {
        throw new Error(
          `${master.kind} is not the only master within ${Math.round(limitMs)} ms, but ` +
            `[${this.#speakers(Date.now() - 2 * intervalMs).join()}]\n` +
            this.#members.map(({ kind, log }) => `--- ${kind}\n${log}`).join('\n'),
        );
      }
      await sleep(20);
    }
    const settledMs = Date.now();
    await sleep(3 * intervalMs + toleranceMs);
    expect(this.#speakers(settledMs)).toEqual([nameOf(master)]);
    expect(master.host.has(this.#mode.address)).toBe(true);
  }

  /**
   * The same where nobody can be reached: adverts by unicast then don't leave the host,
   * since the kernel does not find the neighbour they are for.
   */
  async holdsAlone(master: Member, limitMs: number): Promise<void> {
    const { address } = this.#mode;
    await this.#lab.hasAddress(master.host, address, true, limitMs + 2_000);
    const fromMs = Date.now();
    await sleep(this.#mode.interval * 3_000);
    expect(master.host.has(address)).toBe(true);
    expect(this.#speakers(fromMs).filter((name) => name !== nameOf(master))).toEqual([]);
  }

  /** Watches this one being the only master for so long. */
  async staysOn(master: Member, forMs: number): Promise<void> {
    const fromMs = Date.now();
    await sleep(forMs);
    expect(this.#speakers(fromMs)).toEqual([nameOf(master)]);
  }

  /** Who has advertised, with more than priority 0, since this moment. */
  #speakers(sinceMs: number): readonly string[] {
    const from = Math.max(sinceMs, this.#begunMs);
    const sources = this.#lab.wire
      .adverts()
      .filter(({ atMs, vrrp }) => atMs >= from && vrrp.priority > 0)
      .map(({ ip }) => ip?.source ?? '');
    return this.#members
      .filter((member) => sources.some((source) => member.sources.has(source)))
      .map(nameOf);
  }
}

function nameOf({ kind, host }: Member): string {
  return `${kind} on ${host.letter}`;
}
