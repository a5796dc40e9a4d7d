/** Turns what the lab tells into text for a person, or into JSON for a program. */
import { schedulingAllowanceMs } from './budget.ts';
import type { PlayedStep, StepReport, TimelineEvent } from './story-event.ts';

/** "  12.345 s  A       Entering MASTER STATE" */
export function formatTimeline({ atMs, who, text }: TimelineEvent): string {
  const seconds = (atMs / 1_000).toFixed(3).padStart(9);
  return `${seconds} s  ${who.padEnd(6)}  ${text}`;
}

/** One line a step: what the client measured, what was allowed, and the verdict. */
export function formatStep(report: StepReport): string {
  if ('skipped' in report) return `  --    ${report.step.padEnd(16)} not played: ${report.skipped}`;
  const verdict = report.ok ? '  ok  ' : '  FAIL';
  const measured = `outage ${milliseconds(report.outage_ms)} of ${milliseconds(report.budget_ms)}`;
  const holder = `holder ${report.holder ?? 'none'}`;
  const line = `${verdict}  ${report.step.padEnd(16)} ${measured}   ${holder}   ${failures(report)}`;
  return [line, ...report.faults.map((fault) => `          ${fault}`)].join('\n');
}

export function formatClosing(reports: readonly StepReport[], tookMs: number): string {
  const played = reports.filter((report) => 'ok' in report);
  const good = played.filter(({ ok }) => ok).length;
  const skipped = reports.length - played.length;
  const seconds = (tookMs / 1_000).toFixed(0);
  return [
    `${String(good)} ok, ${String(played.length - good)} failed, ${String(skipped)} not played, in ${seconds} s.`,
    'Each budget is what the protocol needs at the configured timers, and ' +
      `${String(schedulingAllowanceMs)} ms for the scheduling of a busy machine.`,
  ].join('\n');
}

/** A step is in order, or is not played with this pair. */
export function isGood(report: StepReport): boolean {
  return 'skipped' in report || report.ok;
}

function milliseconds(value: number): string {
  return `${value.toFixed(0).padStart(5)} ms`;
}

function failures({ failed_requests: failed, requests }: PlayedStep): string {
  return `${String(failed)} of ${String(requests)} requests failed`;
}

/** How a person enters a machine of the lab from outside. */
export function formatEntrance(entrance: {
  readonly machine: string;
  /** As the person's own process namespace numbers it. */
  readonly processId: number;
  readonly userNamespace: boolean;
}): string {
  const user = entrance.userNamespace ? '--user --preserve-credentials ' : '';
  const target = `--target ${String(entrance.processId)}`;
  const namespaces = '--net --pid --mount --uts --ipc';
  return `  ${entrance.machine.padEnd(8)} nsenter ${target} ${user}${namespaces}`;
}
