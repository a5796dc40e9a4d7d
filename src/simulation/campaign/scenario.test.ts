import { describe, expect, it } from 'vitest';
import { seconds } from '../../base/units.ts';
import { drawPlan, keepFaults, type FaultPlan } from './fault-plan.ts';
import { playPlan } from './scenario.ts';
import { shrinkPlan } from './shrink.ts';
import { describeFailure, replayCommand, tellPlan } from './timeline.ts';

const guarded = { guarded: true };

async function traceOf(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await playPlan(drawPlan(seed, guarded), { trace: (line) => lines.push(line) });
  return lines;
}

/** Two hosts with adverts a second apart, and the better one frozen at 12 s. */
function frozenMaster(options: { readonly guarded: boolean }): FaultPlan {
  const plan = drawPlan(1, options);
  const alike = { preempt: true, preemptDelay: seconds(0), clockRate: 1 };
  const host = { ...alike, initialState: 'BACKUP' } as const;
  const hosts = [
    { name: 'A', priority: 200, ...host },
    { name: 'B', priority: 100, ...host },
  ] as const;
  const plain = {
    version: 2,
    family: 'IPv4',
    transport: 'multicast',
    interval: seconds(1),
  } as const;
  const site = {
    ...plain,
    hosts,
    authentication: 'none',
    script: null,
    service: false,
    sideChannel: false,
  } as const;
  const faults = [
    { type: 'reload', host: 'B', at: seconds(8), priority: null },
    { type: 'freeze', host: 'A', at: seconds(12), lasts: seconds(10) },
    { type: 'pass', host: 'B', at: seconds(30) },
  ] as const;
  return { ...plan, site: { ...site, ...options }, starts: [], faults, kept: [0, 1, 2] };
}

describe('a scenario', () => {
  it('is the same, byte for byte, each time that its seed is played', async () => {
    for (const seed of [1, 3, 7, 20]) {
      const first = await traceOf(seed);
      expect(first.length).toBeGreaterThan(50);
      expect(await traceOf(seed)).toEqual(first);
    }
    expect(await traceOf(1)).not.toEqual(await traceOf(2));
  });

  it('has the address move from a frozen master, with nobody in between', async () => {
    const { failures, failovers } = await playPlan(frozenMaster(guarded));
    expect(failures).toEqual([]);
    expect(failovers).toBeGreaterThanOrEqual(2);
  });

  it('fails where a host goes on to answer without its guard, and is told so', async () => {
    // Its addresses' lifetime is over in time, but for a backup of a hundred adverts a second.
    const plan = frozenMaster({ guarded: false });
    const quick = { ...plan, site: { ...plan.site, version: 3, interval: seconds(0.1) } } as const;
    const { failures } = await playPlan(quick);
    expect(failures.map(describeFailure).join('\n')).toContain('two holders');
    const smallest = await shrinkPlan(quick, async (one) => {
      const outcome = await playPlan(one);
      return outcome.failures.some(({ text }) => text.includes('two holders'));
    });
    expect(smallest.kept).toEqual([1]);
    expect(replayCommand(smallest)).toContain('--keep 1');
    const told = (await tellPlan(smallest)).join('\n');
    expect(told).toContain('A is frozen for 10000 ms');
    expect(told).toContain('Entering MASTER STATE');
  });
});

describe('a plan', () => {
  it('is drawn from its seed alone, and can be made smaller', () => {
    const plan = drawPlan(12, guarded);
    expect(drawPlan(12, guarded)).toEqual(plan);
    expect(keepFaults(plan, [0]).faults).toEqual(plan.faults.slice(0, 1));
    expect(keepFaults(plan, plan.kept)).toEqual(plan);
  });

  it('has every kind of fault among the first of its seeds', () => {
    const plans = Array.from({ length: 6_000 }, (_, seed) => drawPlan(seed, guarded));
    const kinds = new Set(plans.flatMap(({ faults }) => faults.map(({ type }) => type)));
    expect([...kinds].toSorted()).toEqual(
      [
        ...['address-removed', 'cable-cut', 'freeze', 'kill', 'late', 'link', 'pass', 'power-cut'],
        ...['reload', 'script-failure', 'service-broken', 'service-killed', 'stop', 'upgrade'],
      ].toSorted(),
    );
    expect(new Set(plans.map(({ site }) => site.hosts.length))).toEqual(new Set([2, 3, 4, 5]));
  });
});
