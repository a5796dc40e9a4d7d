/**
 * The lab's inside: the first process in the lab's own namespaces. It builds the
 * stage, plays, and tells what happens as lines of JSON. When it ends, however
 * it ends, the kernel ends every process in its process namespace, and with
 * them go the namespaces and what is mounted in them.
 */
import { writeSync } from 'node:fs';
import type { LabOptions } from './lab-options.ts';
import { articleTimers } from './pair.ts';
import { buildStage } from './stage.ts';
import { selectSteps } from './steps.ts';
import { playStep } from './story.ts';
import type { StoryEvent } from './story-event.ts';

function emit(event: StoryEvent): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
}

async function play(options: LabOptions): Promise<void> {
  const stage = await buildStage(options.pair, emit);
  for (const step of selectSteps(options.steps)) {
    const report = await playStep(stage, step, { ...options, timers: articleTimers });
    emit({ type: 'step', report });
    // Without a first master none of the others would mean anything.
    if (step.name === 'start' && 'holder' in report && report.holder === null) break;
  }
  if (!options.keep) process.exit(0);
  const machines = stage.machines.map(({ hostName, initId }) => ({ name: hostName, initId }));
  emit({ type: 'kept', machines });
}

// The outside holds the other end: when it goes away, so does the lab.
process.stdin.on('end', () => process.exit(0)).resume();

play(JSON.parse(process.argv[2] ?? '') as LabOptions).catch((error: unknown) => {
  emit({ type: 'broken', reason: error instanceof Error ? error.message : String(error) });
  process.exit(0);
});
