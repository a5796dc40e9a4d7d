/**
 * Plays the story. Each step waits for what it is about, never for a time; its
 * window of measurement reaches from just before the act until all has been
 * as it should be for a while.
 */
import { outageBudgetMs } from './budget.ts';
import type { ClientWindow, ProbeWindow } from './client-messages.ts';
import type { HoldingSummary } from './holding.ts';
import { monotonicMs } from './monotonic.ts';
import type { HostName, Pair, ProtocolTimers } from './pair.ts';
import { hostNames, peerOf } from './pair.ts';
import type { Stage } from './stage.ts';
import { hostOfMachine } from './stage.ts';
import type { Step } from './steps.ts';
import { castStep } from './steps.ts';
import type { PlayedStep, StepReport } from './story-event.ts';
import { untilHolds } from './waiting.ts';

/** All has to be well for so long: longer than a request may wait for its answer. */
const settleMs = 300;

export interface StoryOptions {
  readonly pair: Pair;
  readonly timers: ProtocolTimers;
  /** How long a step may take to come to its end. */
  readonly patienceMs: number;
}

/** Plays one step and reports what was measured. */
export async function playStep(
  stage: Stage,
  step: Step,
  options: StoryOptions,
): Promise<StepReport> {
  const casting = castStep(step, options.pair);
  if (casting.victim === null) return { step: step.name, skipped: casting.reason };
  const { victim } = casting;
  const expectedHolder = step.holder === 'victim' ? victim : peerOf(victim);
  const title = step.title.replace('%s', victim);
  const faults: string[] = [];
  if (step.name !== 'start' && step.mends === null) {
    const prepared = await bringAbout(stage, victim, options.patienceMs);
    if (!prepared) faults.push(`host ${victim} did not become master for it`);
  }
  await stage.client.turnWindow();
  const fromMs = monotonicMs();
  stage.tell('lab', `${step.name}: ${title}`);
  await step.act(stage.hosts[victim], stage.hosts[peerOf(victim)]);
  const settled = await untilHolds(() => isServing(stage, expectedHolder), {
    forMs: settleMs,
    withinMs: options.patienceMs,
  });
  const window = await stage.client.turnWindow();
  const untilMs = monotonicMs();
  if (!settled) faults.push(describeUnsettled(stage, expectedHolder, options.patienceMs));
  const budgetMs = outageBudgetMs(step.outage, options.timers, victim);
  const holdings = stage.addresses.summarize({ fromMs, untilMs });
  faults.push(...judge(window, holdings, budgetMs));
  if (faults.length > 0) tellLogs(stage, fromMs);
  return {
    step: step.name,
    title,
    holder: onlyHolder(stage),
    expected_holder: expectedHolder,
    answering: hostOfMachine(stage.client.answering),
    ...describeMeasurements(window, holdings, budgetMs),
    took_ms: Math.round(untilMs - fromMs),
    ok: faults.length === 0,
    faults,
  };
}

/** What the daemons logged in a step that went wrong. */
function tellLogs(stage: Stage, fromMs: number): void {
  for (const host of hostNames) {
    for (const { atMs, text } of stage.hosts[host].daemon.logSince(fromMs)) {
      stage.tell(host, `log: ${text}`, atMs);
    }
  }
}

/** Makes a host the master: A by starting what does not run, B by stopping A. */
async function bringAbout(stage: Stage, master: HostName, patienceMs: number): Promise<boolean> {
  const { A, B } = stage.hosts;
  if (!B.daemonRunning) await B.startDaemon();
  if (master === 'A' && !A.daemonRunning) await A.startDaemon();
  if (master === 'B' && A.daemonRunning) await A.daemon.stop();
  return untilHolds(() => isServing(stage, master), { forMs: settleMs, withinMs: patienceMs });
}

/** The host alone has the address, and it is the one that answers the client. */
function isServing(stage: Stage, host: HostName): boolean {
  return onlyHolder(stage) === host && hostOfMachine(stage.client.answering) === host;
}

function onlyHolder(stage: Stage): HostName | null {
  const holders = stage.addresses.holders();
  return holders.length === 1 ? (holders[0] ?? null) : null;
}

function describeUnsettled(stage: Stage, expected: HostName, patienceMs: number): string {
  const holders = stage.addresses.holders().join(' and ') || 'nobody';
  const answering = hostOfMachine(stage.client.answering) ?? 'nobody';
  const seconds = (patienceMs / 1_000).toFixed(0);
  return `after ${seconds} s ${holders} has the address and ${answering} answers, not ${expected}`;
}

function judge(window: ClientWindow, holdings: HoldingSummary, budgetMs: number): string[] {
  const faults: string[] = [];
  if (holdings.holdersMax > 1) {
    faults.push(`two hosts had the address for ${holdings.overlapMs.toFixed(0)} ms`);
  }
  if (window.http.outageMs > budgetMs) {
    const [outage, budget] = [window.http.outageMs.toFixed(0), budgetMs.toFixed(0)];
    faults.push(`the client went without an answer for ${outage} ms of ${budget} ms allowed`);
  }
  return faults;
}

type Measurements = Omit<
  PlayedStep,
  'step' | 'title' | 'holder' | 'expected_holder' | 'answering' | 'took_ms' | 'ok' | 'faults'
>;

function describeMeasurements(
  { http, udp, stalledMs }: ClientWindow,
  { holdersMax, overlapMs }: HoldingSummary,
  budgetMs: number,
): Measurements {
  return {
    holders_max: holdersMax,
    overlap_ms: tenths(overlapMs),
    outage_ms: tenths(http.outageMs),
    udp_outage_ms: tenths(udp.outageMs),
    budget_ms: tenths(budgetMs),
    requests: http.sent,
    failed_requests: http.failed,
    udp_failed_requests: udp.failed,
    answers: nameHosts(http),
    client_stalled_ms: tenths(stalledMs),
  };
}

function nameHosts(window: ProbeWindow): Record<string, number> {
  const entries = Object.entries(window.answers);
  return Object.fromEntries(entries.map(([name, count]) => [hostOfMachine(name) ?? name, count]));
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
