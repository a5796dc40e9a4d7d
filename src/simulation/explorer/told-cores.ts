/**
 * Cores as a real host has them: each made anew and told everything from its start, in order. It
 * copies nothing and takes no two states for the same, and so it is what the table of states is
 * checked against, and what a history is shown with.
 */
import { assert } from '../../base/assert.ts';
import { after, between, type Instant } from '../../base/units.ts';
import { Core } from '../../core/core.ts';
import type { CoreEvent } from '../../model/core-event.ts';
import type { StateName } from '../../model/snapshot.ts';
import { stateNameOf } from './core-table.ts';
import { tellCore, type Cores, type Output, type Step } from './cores.ts';
import { momentOf, ticksIn, tickOf, type Settings } from './settings.ts';
import { configOf, type Occurrences } from './site.ts';

interface Life {
  readonly host: number;
  readonly told: readonly Telling[];
  readonly now: Instant;
  /** Looked at, and never told anything more. */
  readonly core: Core;
}

interface Telling {
  readonly at: Instant;
  readonly events: (now: Instant) => readonly CoreEvent[];
}

/** Any moment will do. */
const startTicks = 777;

export class ToldCores implements Cores {
  private readonly settings: Settings;
  private readonly occurrences: Occurrences;
  private readonly lives: Life[] = [];

  constructor(settings: Settings, occurrences: Occurrences) {
    this.settings = settings;
    this.occurrences = occurrences;
  }

  start(host: number, beginning: (now: Instant) => readonly CoreEvent[]): Step {
    const now = momentOf(startTicks, this.settings);
    return this.live(host, [{ at: now, events: beginning }], now);
  }

  tell(core: number, occurrence: number): Step {
    const { host, told, now } = this.life(core);
    const { happen } = this.occurrences.at(occurrence);
    return this.live(host, [...told, { at: now, events: (at) => [happen(at)] }], now);
  }

  elapse(core: number): number {
    const life = this.life(core);
    return this.lives.push({ ...life, now: after(life.now, tickOf(this.settings)) }) - 1;
  }

  dueIn(core: number): number | null {
    const { core: lived, now } = this.life(core);
    const deadline = lived.nextDeadline();
    return deadline === null ? null : ticksIn(between(now, deadline), this.settings);
  }

  stateName(core: number): StateName {
    const { core: lived, now } = this.life(core);
    return stateNameOf(lived, now);
  }

  private live(host: number, told: readonly Telling[], now: Instant): Step {
    const core = new Core(configOf(host, this.settings));
    let outputs: readonly Output[] = [];
    for (const { at, events } of told) {
      outputs = tellCore(core, { at, events: events(at) }, this.occurrences);
    }
    return { core: this.lives.push({ host, told, now, core }) - 1, outputs };
  }

  private life(core: number): Life {
    const life = this.lives[core];
    assert(life !== undefined, 'there is no such core');
    return life;
  }
}
