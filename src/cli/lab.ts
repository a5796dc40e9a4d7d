/** `baton lab`: plays the article's story on a network of its own and measures it. */
import { Command, Option } from 'commander';
import type { LabOptions } from '../lab/lab-options.ts';
import { patienceMs } from '../lab/lab-options.ts';
import { comparedKinds, comparisonOptions, formatComparison } from '../lab/comparison.ts';
import type { ComparedStep } from '../lab/comparison.ts';
import type { Pair } from '../lab/pair.ts';
import { isGood } from '../lab/report.ts';
import { steps } from '../lab/steps.ts';
import type { StepReport, StoryEvent } from '../lab/story-event.ts';

import type { PlayStory, Venue } from '../lab/venue.ts';
import { findVenue } from '../lab/venue.ts';
import type { ExitCode } from './exit-code.ts';
import { exitCodes } from './exit-code.ts';
import { LabOutput } from './lab-output.ts';
import type { Terminal } from './terminal.ts';

export interface LabDependencies {
  readonly terminal: Terminal;
  /** Plays where namespaces can't be had; null: there the lab says why and fails. */
  readonly playInSimulator: PlayStory | null;
  /** Takes the command's exit code. */
  readonly finish: (exitCode: ExitCode) => void;
}

type Peer = 'baton' | 'keepalived' | 'keepalived:a';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const pairs: Readonly<Record<Peer, Pair>> = {
  baton: { A: 'baton', B: 'baton' },
  keepalived: { A: 'baton', B: 'keepalived' },
  'keepalived:a': { A: 'keepalived', B: 'baton' },
};

interface LabFlags {
  readonly json: boolean;
  readonly peer: Peer;
  readonly scenario?: string;
  readonly compare: boolean;
  readonly keep: boolean;
}

export function labCommand(dependencies: LabDependencies): Command {
  return new Command('lab')
    .description("play the article's story on a network of its own and measure each outage")
    .option('--json', 'one JSON object a step on stdout; the timeline goes to stderr', false)
    .addOption(
      new Option('--peer <daemon>', 'what host B runs; with ":a" what host A runs')
        .choices(Object.keys(pairs))
        .default('baton'),
    )
    .addOption(
      new Option('--scenario <step>', 'only the start and this step').choices(
        steps.map(({ name }) => name),
      ),
    )
    .addOption(
      new Option('--compare', 'let nginx die under a pair of keepalived, then a pair of Baton')
        .default(false)
        .conflicts(['scenario', 'keep']),
    )
    .option('--keep', 'leave the lab up and say how to enter its machines', false)
    .action(async (flags: LabFlags) => {
      dependencies.finish(await runLab(flags, dependencies));
    });
}

async function runLab(flags: LabFlags, dependencies: LabDependencies): Promise<ExitCode> {
  const { terminal, playInSimulator } = dependencies;
  const output = new LabOutput(terminal, flags.json);
  const daemons = flags.compare ? comparedKinds : Object.values(pairs[flags.peer]);
  const venue = await findVenue(daemons, playInSimulator);
  if (!venue.ok) {
    await output.complain(venue.error);
    return exitCodes.failed;
  }
  if (venue.value.note !== null) await output.say(venue.value.note);
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort();
  };
  for (const signal of endingSignals) process.on(signal, interrupt);
  const ending = AbortSignal.any([abort.signal, terminal.closed]);
  const run = { venue: venue.value, output, abort: ending };
  const succeeded = await (flags.compare ? comparePairs(run) : playOnePair(run, flags));
  for (const signal of endingSignals) process.off(signal, interrupt);
  if (abort.signal.aborted) await output.say('interrupted; the lab has been taken down');
  return succeeded ? exitCodes.done : exitCodes.failed;
}

interface Run {
  readonly venue: Venue;
  readonly output: LabOutput;
  readonly abort: AbortSignal;
}

async function playOnePair(run: Run, { peer, scenario, keep }: LabFlags): Promise<boolean> {
  const beganAtMs = performance.now();
  const steps = scenario === undefined ? null : [scenario];
  const options: LabOptions = { pair: pairs[peer], steps, patienceMs, keep };
  const reports = await playStory(run, options, {});
  if (reports === null) return false;
  await run.output.closing(reports, performance.now() - beganAtMs);
  return reports.every(isGood);
}

/** Only Baton's steps have to be good: keepalived's show what is usual. */
async function comparePairs(run: Run): Promise<boolean> {
  const compared: ComparedStep[] = [];
  for (const kind of comparedKinds) {
    const reports = await playStory(run, comparisonOptions(kind), { pair: kind });
    if (reports === null) return false;
    for (const report of reports) if ('ok' in report) compared.push({ kind, report });
  }
  await run.output.say(formatComparison(compared));
  return compared.every(({ kind, report }) => kind === 'keepalived' || report.ok);
}

/** Plays to the end and prints what happens; null when the lab broke down or was interrupted. */
async function playStory(
  { venue, output, abort }: Run,
  options: LabOptions,
  labels: Readonly<Record<string, string>>,
): Promise<readonly StepReport[] | null> {
  const reports: StepReport[] = [];
  const breakdowns: string[] = [];
  let printed = Promise.resolve();
  const onEvent = (event: StoryEvent): void => {
    if (event.type === 'step') reports.push(event.report);
    if (event.type === 'broken') breakdowns.push(event.reason);
    printed = printed.then(() =>
      event.type === 'step' ? output.step(event.report, labels) : output.event(event, venue.entry),
    );
  };
  await venue.play(options, onEvent, abort);
  await printed;
  const complete = breakdowns.length === 0 && (options.keep || !abort.aborted);
  return complete ? reports : null;
}
