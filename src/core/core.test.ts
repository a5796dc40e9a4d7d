/** What holds for the core whatever happens. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyConfig, anyStory, password, type Happening } from '../../test/scenario/arbitrary.ts';
import { config, eth0 } from '../../test/scenario/configuration.ts';
import { after, instant, milliseconds, type Instant } from '../base/units.ts';
import type { Ipv4Address, MacAddress } from '../model/address.ts';
import type { Config, VirtualAddress } from '../model/config.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import { Core } from './core.ts';

const stories = { numRuns: 150 };

/** Far more than it takes: many stories are told, on a machine that others use too. */
const patience = { timeout: 60_000 };

/** eth0 and eth1 are up with an address each, and everything is listed. */
const beginning: readonly CoreEvent[] = [
  ...[eth0, 'eth1' as typeof eth0].flatMap((name): CoreEvent[] => [
    {
      type: 'link-changed',
      interface: name,
      present: true,
      up: true,
      multicast: true,
      macAddress: '02:00:00:00:00:0a' as MacAddress,
    },
    {
      type: 'address-appeared',
      interface: name,
      address: '192.0.2.1' as Ipv4Address,
      prefixLength: 24,
      secondary: false,
      tentative: false,
      own: false,
    },
  ]),
  { type: 'network-listed' },
];

/** A kernel that does what it is told, and answers for it. */
class Play {
  readonly effects: Effect[] = [];
  readonly core: Core;
  now = instant(0);
  private readonly look: (play: Play, effects: readonly Effect[], event: CoreEvent) => void;

  constructor(config: Config, look: Play['look'] = () => undefined) {
    this.core = new Core(config);
    this.look = look;
    for (const event of beginning) this.handle(event);
  }

  handle(event: CoreEvent): readonly Effect[] {
    const effects = this.core.handle({ at: this.now, event });
    this.effects.push(...effects);
    this.look(this, effects, event);
    for (const effect of effects) {
      const answered =
        effect.type === 'join-interface' ||
        effect.type === 'hold-addresses' ||
        effect.type === 'release-addresses';
      if (answered) this.handle({ type: 'effect-settled', id: effect.id, error: null });
    }
    return effects;
  }

  runTo(end: Instant): void {
    for (;;) {
      const deadline = this.core.nextDeadline();
      if (deadline === null || deadline > end) break;
      if (deadline > this.now) this.now = deadline;
      this.handle({ type: 'time-passed' });
    }
    this.now = end;
  }

  tell(story: readonly Happening[]): this {
    for (const { wait, asleep, event } of story) {
      const then = after(this.now, wait);
      if (asleep) this.now = then;
      else this.runTo(then);
      this.handle(event);
    }
    return this;
  }
}

describe('whatever happens', patience, () => {
  it('nothing is thrown, and a deadline that was acted on has moved', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const play = new Play(settings, ({ core, now }, _, event) => {
          if (event.type !== 'time-passed') return;
          expect(core.nextDeadline() ?? Infinity).toBeGreaterThan(now);
        });
        play.tell(story);
      }),
      stories,
    );
  });

  it('to be woken early, or twice, changes nothing', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const { core, now } = new Play(settings).tell(story);
        core.handle({ at: now, event: { type: 'time-passed' } });
        const deadline = core.nextDeadline();
        const before = core.snapshot(now);
        expect(core.handle({ at: now, event: { type: 'time-passed' } })).toEqual([]);
        // Adverts that are due within a millisecond leave together.
        const early = after(deadline ?? now, milliseconds(-1.001));
        if (early > now)
          expect(core.handle({ at: early, event: { type: 'time-passed' } })).toEqual([]);
        expect(core.snapshot(now)).toEqual(before);
        expect(core.nextDeadline()).toBe(deadline);
      }),
      stories,
    );
  });

  it('the same input gives the same effects, byte for byte, and they survive being written', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const first = JSON.stringify(new Play(settings).tell(story).effects);
        expect(JSON.stringify(new Play(settings).tell(story).effects)).toBe(first);
        const { effects } = new Play(settings).tell(story);
        expect(JSON.parse(JSON.stringify(effects))).toEqual(effects);
      }),
      stories,
    );
  });

  it('the password is in no log, journal, mail or status', () => {
    const hexadecimal = Buffer.from(password).toString('hex').slice(0, 16);
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const { core, effects, now } = new Play(settings).tell(story);
        const public_ = effects.filter((effect) => effect.type !== 'send-advert');
        const text = JSON.stringify([public_, core.snapshot(now)]);
        expect(text).not.toContain(password);
        expect(text).not.toContain(hexadecimal);
      }),
      stories,
    );
  });

  it('after stop nothing is done any more', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, anyStory, (settings, story, later) => {
        const play = new Play(settings).tell(story);
        play.handle({ type: 'stop-requested' });
        play.effects.length = 0;
        expect(play.core.nextDeadline()).toBeNull();
        play.tell(later);
        const kinds = new Set(play.effects.map((effect) => effect.type));
        kinds.delete('report-snapshot');
        kinds.delete('write-log');
        expect([...kinds]).toEqual([]);
      }),
      stories,
    );
  });
});

const placeOf = (one: Pick<VirtualAddress, 'address' | 'interface'>): string =>
  `${one.address} on ${one.interface}`;

/** What the kernel holds after the effects so far, and whether they kept to their order. */
class HeldAddresses {
  readonly held = new Set<string>();

  take(effects: readonly Effect[], event: CoreEvent): void {
    if (event.type === 'address-vanished') this.held.delete(placeOf(event));
    for (const effect of effects) {
      if (effect.type === 'hold-addresses') {
        for (const one of effect.addresses) this.held.add(placeOf(one));
      } else if (effect.type === 'release-addresses') {
        for (const one of effect.addresses) this.held.delete(placeOf(one));
      } else if (effect.type === 'announce-addresses') {
        for (const one of effect.addresses) expect(this.held).toContain(placeOf(one));
      }
    }
  }
}

describe('the addresses', patience, () => {
  it('are held by masters alone, by all of them, and announced only while held', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const kernel = new HeldAddresses();
        const play = new Play(settings, ({ core, now }, effects, event) => {
          kernel.take(effects, event);
          const expected = core
            .snapshot(now)
            .instances.filter((one) => one.state === 'Master')
            .flatMap((one) => one.addresses.map(({ address }) => `${address} on ${one.interface}`));
          expect([...kernel.held].sort()).toEqual(expected.sort());
        });
        play.tell(story);
      }),
      stories,
    );
  });

  it('are asked for after the advert that claims them, and announced after that', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        new Play(settings, (_, effects) => {
          let claimed = new Set<string>();
          for (const effect of effects) {
            if (effect.type === 'send-advert') {
              claimed = new Set([
                ...claimed,
                ...(effect.advert.priority === 0 ? [] : effect.advert.addresses),
              ]);
            } else if (effect.type === 'hold-addresses' && effect.addresses.length > 1) {
              for (const { address } of effect.addresses) expect(claimed).toContain(address);
            }
          }
        }).tell(story);
      }),
      stories,
    );
  });
});

describe('a sync group', patience, () => {
  it('is Master with all its members, or not at all', () => {
    let masters = 0;
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        new Play(settings, ({ core, now }) => {
          const { instances, groups } = core.snapshot(now);
          for (const group of groups) {
            const members = instances.filter((one) => one.group === group.name);
            const states = new Set(members.map((one) => one.state));
            // One that a reload has just put in begins by itself, and then follows.
            states.delete('Initialize');
            expect(states.size).toBeLessThanOrEqual(1);
            if (states.size === 1) expect([...states]).toEqual([group.state]);
            if (states.has('Master') && members.length > 1) masters += 1;
          }
        }).tell(story);
      }),
      stories,
    );
    expect(masters).toBeGreaterThan(0);
  });
});

describe('an address', () => {
  it('counts as held once the kernel has said so', () => {
    const core = new Core(config());
    const handle = (at: Instant, event: CoreEvent): void => {
      for (const effect of core.handle({ at, event })) {
        if (effect.type !== 'join-interface') continue;
        core.handle({ at, event: { type: 'effect-settled', id: effect.id, error: null } });
      }
    };
    for (const event of beginning) handle(instant(0), event);
    const takeOver = core.nextDeadline() ?? instant(0);
    const effects = core.handle({ at: takeOver, event: { type: 'time-passed' } });
    const hold = effects.find((effect) => effect.type === 'hold-addresses');
    const held = () => core.snapshot(takeOver).instances[0]?.addresses[0]?.held;
    expect(held()).toBe(false);
    handle(takeOver, { type: 'effect-settled', id: hold?.id ?? 0, error: null });
    expect(held()).toBe(true);
  });
});

describe('reports of local groups', () => {
  const suppressing = (suppressed: boolean): Config => {
    const usual = config();
    return { ...usual, global: { ...usual.global, disableLocalIgmp: suppressed } };
  };
  const told = ({ effects }: Play): readonly string[] =>
    effects.flatMap((effect) => {
      if (effect.type === 'join-interface') return ['join'];
      if (effect.type !== 'suppress-local-reports') return [];
      return [effect.suppressed ? 'suppress' : 'send'];
    });

  it('are suppressed before a group is joined, and again where a reload says so', () => {
    const play = new Play(suppressing(true));
    expect(told(play)).toEqual(['suppress', 'join']);
    for (const suppressed of [true, false, false, true]) {
      play.handle({ type: 'config-replaced', config: suppressing(suppressed) });
    }
    expect(told(play)).toEqual(['suppress', 'join', 'send', 'suppress']);
    expect(told(new Play(suppressing(false)))).toEqual(['join']);
  });
});
