/** Plays one seed after the other, counts, and keeps the first failures of each kind. */
import { toSeconds } from '../../src/base/units.ts';
import { drawPlan } from '../../src/simulation/campaign/fault-plan.ts';
import { playPlan, type Failure } from '../../src/simulation/campaign/scenario.ts';

export interface CampaignOptions {
  /** The first seed. */
  readonly from: number;
  readonly seeds: number;
  readonly guarded: boolean;
  /** It ends once so many seeds have failed. */
  readonly failureLimit: number;
  /** What an earlier run has come to, which this one goes on with; null: none. */
  readonly former: CampaignReport | null;
  /** Told which seed is about to be played. */
  readonly playing: (seed: number) => void;
  /** Told of each that fails, at once. */
  readonly failing: (failed: FailedSeed) => void;
  /** Told now and then how far it has come. */
  readonly progress: (report: CampaignReport) => void;
}

export interface FailedSeed {
  readonly seed: number;
  readonly failure: Failure;
}

export interface CampaignReport {
  readonly from: number;
  /** The seed that comes after the last one that was played. */
  readonly next: number;
  readonly failovers: number;
  readonly simulatedSeconds: number;
  /** Of the processor, compilation and garbage collection included. */
  readonly cpuSeconds: number;
  readonly failed: readonly FailedSeed[];
}

const progressEachMs = 10_000;

export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { from, seeds, guarded, failureLimit, former, playing, failing, progress } = options;
  const failed: FailedSeed[] = [...(former?.failed ?? [])];
  const began = process.cpuUsage();
  let { failovers = 0, simulatedSeconds = 0, next = from } = former ?? {};
  let told = performance.now();
  const report = (): CampaignReport => {
    const { user, system } = process.cpuUsage(began);
    const cpuSeconds = (former?.cpuSeconds ?? 0) + (user + system) / 1_000_000;
    return { from, next, failovers, simulatedSeconds, cpuSeconds, failed };
  };
  while (next < from + seeds && failed.length < failureLimit) {
    playing(next);
    const outcome = await playPlan(drawPlan(next, { guarded }), { stopAtFirst: true });
    failovers += outcome.failovers;
    simulatedSeconds += toSeconds(outcome.simulated);
    const [failure] = outcome.failures;
    if (failure !== undefined) {
      failed.push({ seed: next, failure });
      failing({ seed: next, failure });
    }
    next += 1;
    if (performance.now() - told < progressEachMs) continue;
    told = performance.now();
    progress(report());
  }
  return report();
}

/** One line for people, and for the tests that read it. */
export function describeReport(report: CampaignReport): string {
  const { from, next, failovers, simulatedSeconds, cpuSeconds, failed } = report;
  const scenarios = next - from;
  const rate = (count: number): string => `${(count / cpuSeconds).toFixed(0)}/s`;
  return (
    `seeds ${from} to ${next - 1}: ${scenarios} scenarios (${rate(scenarios)} of CPU), ` +
    `${failovers} fail-overs (${rate(failovers)}), ${simulatedSeconds.toFixed(0)} s simulated ` +
    `in ${cpuSeconds.toFixed(1)} s of CPU; failures: ${countFailures(failed)}`
  );
}

export function countFailures(failed: readonly FailedSeed[]): string {
  const kinds = ['safety', 'liveness', 'crash'] as const;
  const count = (kind: Failure['kind']): number =>
    failed.filter(({ failure }) => failure.kind === kind).length;
  return kinds.map((kind) => `${kind} ${count(kind)}`).join(', ');
}
