import { describe, expect, it } from 'vitest';
import { assert } from '../base/assert.ts';
import { seconds } from '../base/units.ts';
import type { Config } from '../model/config.ts';
import { articlePair, storySteps } from './article-story.fixture.ts';
import type { PlayedStep, StoryEvent } from './story-event.ts';
import { playStory, type StoryStep } from './story.ts';

interface Played {
  readonly ok: boolean;
  readonly tookMs: number;
  readonly steps: readonly PlayedStep[];
  /** All that was told and all that happened, in order. */
  readonly trace: readonly string[];
}

async function play(
  seed: number,
  options: {
    readonly steps?: readonly StoryStep[];
    readonly configurations?: typeof articlePair;
    readonly abort?: AbortSignal;
  } = {},
): Promise<Played> {
  const steps: PlayedStep[] = [];
  const trace: string[] = [];
  const result = await playStory({
    seed,
    configurations: articlePair,
    steps: storySteps,
    patienceMs: 20_000,
    report: (event: StoryEvent) => {
      trace.push(JSON.stringify(event));
      if (event.type === 'step' && 'ok' in event.report) steps.push(event.report);
    },
    trace: (line) => trace.push(line),
    ...options,
  });
  return { ...result, steps, trace };
}

function stepsNamed(names: readonly string[]): readonly StoryStep[] {
  return storySteps.filter(({ name }) => names.includes(name));
}

describe('the story in the simulator', () => {
  it('moves the address as the article tells it', async () => {
    const { steps, ok } = await play(1);
    expect(steps.map(({ step, holder, holders_max }) => [step, holder, holders_max])).toEqual([
      ['start', 'A', 1],
      ['baton-stopped', 'B', 1],
      ['baton-back', 'A', 1],
      ['nginx-killed', 'A', 1],
      ['nginx-broken', 'B', 1],
      ['nginx-mended', 'A', 1],
      ['baton-killed', 'B', 1],
      ['baton-restarted', 'A', 1],
      ['baton-frozen', 'B', 1],
      ['baton-thawed', 'A', 1],
      ['cable-cut', 'B', 1],
      ['cable-healed', 'A', 1],
    ]);
    expect(ok).toBe(true);
  });

  it('is in order whatever the seed: every budget kept, every checker silent', async () => {
    const faults: string[] = [];
    for (let seed = 0; seed < 200; seed += 1) {
      const { steps } = await play(seed);
      expect(steps).toHaveLength(storySteps.length);
      for (const { step, faults: found } of steps) {
        faults.push(...found.map((fault) => `seed ${String(seed)}, ${step}: ${fault}`));
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);

  it('repeats a seed byte for byte, and no two seeds are the same', async () => {
    const [first, again, other] = [await play(7), await play(7), await play(8)];
    expect(first.trace.length).toBeGreaterThan(300);
    expect(again.trace).toEqual(first.trace);
    expect(other.trace).not.toEqual(first.trace);
  });

  it('measures an outage that the budget does not allow', async () => {
    const strict = stepsNamed(['start', 'baton-killed']).map((step) => ({
      ...step,
      budgetMs: 1_500,
    }));
    const { ok, steps } = await play(1, { steps: strict });
    expect(ok).toBe(false);
    expect(steps.map(({ faults }) => faults.length)).toEqual([1, 1]);
    expect(steps[1]?.outage_ms).toBeGreaterThan(1_500);
  });

  it('counts a request each millisecond, and who answered it', async () => {
    const { steps } = await play(3, { steps: stepsNamed(['start', 'baton-stopped']) });
    const [, played] = steps;
    assert(played !== undefined, 'both steps are played');
    const { requests, failed_requests: failed, answers, took_ms: took } = played;
    expect(Math.abs(requests - took)).toBeLessThanOrEqual(1);
    expect(requests).toBe(failed + (answers['A'] ?? 0) + (answers['B'] ?? 0));
  });

  it('sees two masters that do not believe each other, and says so', async () => {
    const [instance] = articlePair.B.instances;
    const stranger = { ...instance, authentication: { type: 'simple', password: '2222' } };
    const configurations = {
      A: articlePair.A,
      B: { ...articlePair.B, instances: [stranger] } as Config,
    };
    const { ok, steps } = await play(1, { steps: stepsNamed(['start']), configurations });
    expect(ok).toBe(false);
    const faults = steps.flatMap((step) => step.faults).join('\n');
    expect(faults).toContain('A and B have both held the address');
    expect(faults).toContain('two hosts had the address');
    expect(steps[0]?.holders_max).toBe(2);
  });

  it('says which step it does not know, and ends when it is aborted', async () => {
    const unknown = stepsNamed(['start']).map((step) => ({ ...step, name: 'earthquake' }));
    expect(await play(1, { steps: unknown })).toMatchObject({ ok: false, steps: [] });
    const aborted = await play(1, { abort: AbortSignal.abort() });
    expect(aborted).toMatchObject({ ok: false, steps: [], tookMs: 0 });
  });

  it('plays longer intervals than the article too', async () => {
    const slow = (config: Config): Config => ({
      ...config,
      instances: config.instances.map((one) => ({ ...one, advertisementInterval: seconds(3) })),
    });
    const configurations = { A: slow(articlePair.A), B: slow(articlePair.B) };
    const steps = storySteps.map((step) => ({ ...step, budgetMs: step.budgetMs + 6_000 }));
    const { steps: played } = await play(5, { configurations, steps });
    expect(played.flatMap(({ faults }) => faults)).toEqual([]);
  });
});
