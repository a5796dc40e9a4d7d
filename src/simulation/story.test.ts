import { describe, expect, it } from 'vitest';
import { articlePair, storySteps } from './article-story.fixture.ts';
import type { StoryEvent } from './story-event.ts';
import { playStory } from './story.ts';

async function play(seed: number): Promise<{
  readonly events: readonly StoryEvent[];
  readonly trace: readonly string[];
  readonly ok: boolean;
}> {
  const events: StoryEvent[] = [];
  const trace: string[] = [];
  const { ok } = await playStory({
    seed,
    configurations: articlePair,
    steps: storySteps,
    patienceMs: 20_000,
    report: (event) => events.push(event),
    trace: (line) => trace.push(line),
  });
  return { events, trace, ok };
}

it('200', async () => {
  const t = performance.now();
  for (let seed = 0; seed < 200; seed += 1) {
    const { ok, events } = await play(seed);
    if (!ok) {
      for (const e of events)
        if (e.type === 'step' && !('skipped' in e.report) && !e.report.ok)
          console.log(seed, JSON.stringify(e.report));
    }
  }
  console.log(performance.now() - t);
}, 100000);
