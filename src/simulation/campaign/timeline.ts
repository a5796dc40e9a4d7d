/** A scenario told in words: the site, what befalls it, and what came of it. */
import { toMilliseconds, type Duration, type Instant } from '../../base/units.ts';
import { describeFault } from './fault.ts';
import type { FaultPlan } from './fault-plan.ts';
import { playPlan, type Failure } from './scenario.ts';
import { describeHost, describeSite } from './site.ts';

/** Frames are told in hexadecimal, for those who compare two runs: too much for people. */
const frame = /^\d+ \S+ sends /;

/** The plan and its course, a line each. */
export async function tellPlan(plan: FaultPlan): Promise<readonly string[]> {
  const course: string[] = [];
  const trace = (line: string): void => {
    if (!frame.test(line)) course.push(timed(line));
  };
  await playPlan(plan, { trace, stopAtFirst: true });
  return [
    `seed ${plan.seed}: ${describeSite(plan.site)}`,
    ...plan.site.hosts.map(
      (host, place) =>
        `  ${describeHost(host)}, started at ${inMilliseconds(plan.starts[place] ?? 0)}`,
    ),
    ...plan.faults.map((fault) => `  ${describeFault(fault)}`),
    ...course,
  ];
}

export function describeFailure(failure: Failure): string {
  if (failure.kind === 'crash') return `crash: ${failure.text}`;
  return `${failure.kind}: at ${inMilliseconds(failure.at)}: ${failure.text}`;
}

/** The command that plays just this again. */
export function replayCommand(plan: FaultPlan): string {
  const kept = `--seed ${plan.seed} --keep ${plan.kept.join(',') || 'none'}`;
  return `npm run simulate -- ${kept}${plan.site.guarded ? '' : ' --unguarded'}`;
}

/** A line of the trace begins with microseconds. */
function timed(line: string): string {
  const at = line.slice(0, line.indexOf(' '));
  return `${inMilliseconds(Number(at)).padStart(14)}  ${line.slice(at.length + 1)}`;
}

function inMilliseconds(moment: Instant | Duration | number): string {
  return `${toMilliseconds(moment as Duration).toFixed(3)} ms`;
}
