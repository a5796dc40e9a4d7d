/**
 * All states that cores come into, each once. What a core does follows from its state and from what
 * it is told, so the production core runs once for each pair of the two, however many histories
 * have it; the rest is looked up here.
 */
import { assert } from '../../base/assert.ts';
import { after, instant, times, type Duration, type Instant } from '../../base/units.ts';
import { Core } from '../../core/core.ts';
import type { Config } from '../../model/config.ts';
import type { CoreEvent } from '../../model/core-event.ts';
import type { StateName } from '../../model/snapshot.ts';
import { canonicalForm, twinShift, type Twins } from './canonical-form.ts';
import { constantsOf, copyCore, type Constants } from './core-copy.ts';
import { tellCore, type Cores, type Step } from './cores.ts';
import { tickOf, ticksIn, type Settings } from './settings.ts';
import { configOf, type Occurrences } from './site.ts';

interface Entry {
  readonly host: number;
  readonly first: Core;
  /** Told the same, later by `twinShift`. */
  readonly second: Core;
  readonly now: Instant;
  readonly dueIn: number | null;
  readonly stateName: StateName;
  elapsed: number | null;
  readonly steps: Map<number, Step>;
}

/** Where the time of every core begins: late enough for what is left from before. */
const origin = instant(1_000_000_000);

export class CoreTable implements Cores {
  private readonly settings: Settings;
  private readonly occurrences: Occurrences;
  private readonly tick: Duration;
  private readonly memory: Duration;
  private readonly sites: readonly { readonly config: Config; readonly constants: Constants }[];
  private readonly entries: Entry[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly starts = new Map<string, Step>();
  /** How often a production core was told something. */
  told = 0;

  constructor(settings: Settings, occurrences: Occurrences) {
    this.settings = settings;
    this.occurrences = occurrences;
    this.tick = tickOf(settings);
    this.memory = times(settings.advertisementInterval, 4);
    this.sites = settings.priorities.map((_, host) => {
      const config = configOf(host, settings);
      return { config, constants: constantsOf(config) };
    });
  }

  get size(): number {
    return this.entries.length;
  }

  start(host: number, beginning: (now: Instant) => readonly CoreEvent[]): Step {
    const key = `${host} ${JSON.stringify(beginning(origin))}`;
    const known = this.starts.get(key);
    if (known !== undefined) return known;
    const { config } = this.site(host);
    const step = this.run(host, [new Core(config), new Core(config)], origin, beginning);
    this.starts.set(key, step);
    return step;
  }

  tell(core: number, occurrence: number): Step {
    const { host, first, second, now, steps } = this.entry(core);
    const known = steps.get(occurrence);
    if (known !== undefined) return known;
    const { config, constants } = this.site(host);
    const copies = [
      copyCore(first, config, constants),
      copyCore(second, config, constants),
    ] as const;
    const { happen } = this.occurrences.at(occurrence);
    const step = this.run(host, copies, now, (at) => [happen(at)]);
    steps.set(occurrence, step);
    return step;
  }

  elapse(core: number): number {
    const entry = this.entry(core);
    const { host, first, second, now } = entry;
    entry.elapsed ??= this.enter(host, first, second, after(now, this.tick));
    return entry.elapsed;
  }

  dueIn(core: number): number | null {
    return this.entry(core).dueIn;
  }

  stateName(core: number): StateName {
    return this.entry(core).stateName;
  }

  private run(
    host: number,
    [first, second]: readonly [Core, Core],
    now: Instant,
    eventsAt: (now: Instant) => readonly CoreEvent[],
  ): Step {
    this.told += 1;
    const later = after(now, twinShift);
    const outputs = tellCore(first, { at: now, events: eventsAt(now) }, this.occurrences);
    const others = tellCore(second, { at: later, events: eventsAt(later) }, this.occurrences);
    assert(
      JSON.stringify(outputs) === JSON.stringify(others),
      'a core does something else when all happens later',
    );
    return { core: this.enter(host, first, second, now), outputs };
  }

  private enter(host: number, first: Core, second: Core, now: Instant): number {
    const { constants } = this.site(host);
    const twins: Twins = { first, second, now, constants, memory: this.memory };
    const form = `${host} ${canonicalForm(twins)}`;
    const known = this.numbers.get(form);
    if (known !== undefined) return known;
    const number = this.entries.length;
    const deadline = first.nextDeadline();
    this.entries.push({
      ...{ host, first, second, now },
      dueIn: deadline === null ? null : ticksIn((deadline - now) as Duration, this.settings),
      stateName: stateNameOf(first, now),
      elapsed: null,
      steps: new Map(),
    });
    this.numbers.set(form, number);
    return number;
  }

  private entry(core: number): Entry {
    const entry = this.entries[core];
    assert(entry !== undefined, 'there is no such core');
    return entry;
  }

  private site(host: number): { readonly config: Config; readonly constants: Constants } {
    const site = this.sites[host];
    assert(site !== undefined, 'there is no such host');
    return site;
  }
}

export function stateNameOf(core: Core, now: Instant): StateName {
  const [router] = core.snapshot(now).instances;
  return router?.state ?? 'Initialize';
}
