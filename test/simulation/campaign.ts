/** Plays one seed after the other, counts, and keeps the first failures of each kind. */
import { seconds, toSeconds } from '../../src/base/units.ts';
import { drawPlan } from '../../src/simulation/campaign/fault-plan.ts';
import { playPlan, type Failure } from '../../src/simulation/campaign/scenario.ts';

export interface CampaignOptions {
  readonly from: number;
  readonly seeds: number;
  readonly guarded: boolean;
  /** It ends once so many seeds have failed. */
  readonly failureLimit: number;
  /** Told which seed is about to be played. */
  readonly playing: (seed: number) => void;
  /** Told now and then how far it has come. */
  readonly progress: (report: CampaignReport) => void;
}

export interface FailedSeed {
  readonly seed: number;
  readonly failure: Failure;
}

export interface CampaignReport {
  readonly scenarios: number;
  readonly failovers: number;
  readonly simulatedSeconds: number;
  readonly seconds: number;
  readonly failed: readonly FailedSeed[];
}

const progressEachMs = 10_000;

export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { from, seeds, guarded, failureLimit, playing, progress } = options;
  const failed: FailedSeed[] = [];
  const began = performance.now();
  let [scenarios, failovers, simulatedSeconds, told] = [0, 0, 0, began];
  const report = (): CampaignReport => {
    const elapsed = seconds((performance.now() - began) / 1_000);
    return { scenarios, failovers, simulatedSeconds, seconds: toSeconds(elapsed), failed };
  };
  for (let seed = from; seed < from + seeds && failed.length < failureLimit; seed += 1) {
    playing(seed);
    const outcome = await playPlan(drawPlan(seed, { guarded }), { stopAtFirst: true });
    scenarios += 1;
    failovers += outcome.failovers;
    simulatedSeconds += toSeconds(outcome.simulated);
    const [failure] = outcome.failures;
    if (failure !== undefined) failed.push({ seed, failure });
    if (performance.now() - told < progressEachMs) continue;
    told = performance.now();
    progress(report());
  }
  return report();
}

/** One line for people, and for the tests that read it. */
export function describeReport(report: CampaignReport): string {
  const { scenarios, failovers, simulatedSeconds, seconds: took, failed } = report;
  const rate = (count: number): string => `${(count / took).toFixed(0)}/s`;
  const of = (kind: Failure['kind']): string =>
    `${kind} ${String(failed.filter(({ failure }) => failure.kind === kind).length)}`;
  return (
    `${scenarios} scenarios (${rate(scenarios)}), ${failovers} fail-overs (${rate(failovers)}), ` +
    `${simulatedSeconds.toFixed(0)} s simulated in ${took.toFixed(1)} s; ` +
    `failures: ${of('safety')}, ${of('liveness')}, ${of('crash')}`
  );
}
