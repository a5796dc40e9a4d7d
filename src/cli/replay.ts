/** `baton replay`: has the core decide once more what it decided in a recording, and compares. */
import { encodeLine } from '../api/json-lines.ts';
import { toSeconds, zero, type Duration } from '../base/units.ts';
import type { RecordingEnd, RecordingHeader } from '../model/recording.ts';
import type { CommandContext } from './command-context.ts';
import { coreEventText } from './core-event-text.ts';
import { effectText } from './effect-text.ts';
import { eventText } from './event-text.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { storyOf, type ReplayedLine } from './opened-replay.ts';
import { printable } from './terminal.ts';
import { localTime } from './time-text.ts';

export interface ReplayOptions {
  readonly path: string;
  /** Show each input with its effects, not only the story. */
  readonly effects: boolean;
  readonly json: boolean;
  /** Seconds from the beginning; null: to the end. */
  readonly untilS: number | null;
}

/** What has been played so far. */
interface Tally {
  inputs: number;
  effects: number;
  differences: number;
  lastElapsed: Duration;
}

export async function replayCommand(
  options: ReplayOptions,
  context: Pick<CommandContext, 'terminal' | 'version' | 'openReplay'>,
): Promise<ExitCode> {
  const { stdout, stderr } = context.terminal;
  const opened = await context.openReplay(options.path);
  if (!opened.ok) {
    await stderr.write(`baton: ${options.path}: ${opened.error}\n`);
    return exitCodes.failed;
  }
  const { header, steps } = opened.value;
  if (!options.json) await stdout.write(headerText(header));
  const tally: Tally = {
    inputs: 0,
    effects: 0,
    differences: 0,
    lastElapsed: zero,
  };
  let ending = 'nothing says why it ends: Baton was killed, or still records';
  for await (const step of steps) {
    if (context.terminal.closed.aborted) break;
    if (step.type === 'unreadable') {
      await stderr.write(`baton: ${options.path}, line ${step.line}: ${step.error}\n`);
      return exitCodes.failed;
    }
    if (step.type === 'cut-off') {
      ending = `line ${step.line} is cut off, and was left out: Baton was killed, or the disk full`;
    } else if (step.type === 'end') {
      ending = endWords[step.end.end] ?? `it ends by "${step.end.end}"`;
    } else if (options.untilS !== null && toSeconds(step.elapsed) > options.untilS) {
      ending = `played until ${options.untilS} s`;
      break;
    } else {
      if (step.difference !== null && tally.differences === 0) {
        await stderr.write(differenceText(step, options.path));
      }
      await stdout.write(inputText(step, tally, options));
    }
  }
  const verdict = verdictOf(tally, header, context.version);
  await (options.json ? stderr : stdout).write(`${verdict}\n${ending}\n`);
  return tally.differences === 0 ? exitCodes.done : exitCodes.failed;
}

const endWords: Readonly<Record<string, string>> = {
  stopped: 'it ends where Baton stopped',
  size: 'it ends where the file had reached the size that --record-limit sets',
  queue: 'it ends where the disk was slower than what there was to record',
  disk: 'it ends where the file could not be written any more',
} satisfies Readonly<Record<RecordingEnd['end'], string>>;

function headerText({ baton, wallClockMs, config }: RecordingHeader): string {
  const names = config.instances.map(({ name }) => name).join(', ');
  return printable(`recorded by Baton ${baton} from ${localTime(wallClockMs)}: ${names}`) + '\n';
}

function inputText(
  step: ReplayedLine & { readonly type: 'input' },
  tally: Tally,
  { json, effects: all }: ReplayOptions,
): string {
  const { line, at, timeMs, event, effects, elapsed } = step;
  tally.inputs += 1;
  tally.effects += effects.length;
  tally.lastElapsed = elapsed;
  if (step.difference !== null) tally.differences += 1;
  if (json) {
    const same = step.difference === null;
    return encodeLine({ line, at, timeMs, event, effects, same });
  }
  const failed =
    step.threw !== null && step.difference === null
      ? printable(`line ${line}: Baton failed here, now as then: ${step.threw}`) + '\n'
      : '';
  if (!all) {
    return [...storyOf(step).map(eventText), failed].join('');
  }
  const moment = toSeconds(elapsed).toFixed(6).padStart(11);
  const answers = effects.flatMap((effect) => effectText(effect).split('\n'));
  return [`${moment}  ${coreEventText(event)}`, ...answers.map((text) => `${indent}${text}`)]
    .map((text) => `${printable(text)}\n`)
    .concat(failed)
    .join('');
}

const indent = ' '.repeat(15);

function differenceText(
  { line, elapsed, event, effects, difference }: ReplayedLine & { readonly type: 'input' },
  path: string,
): string {
  const recorded = difference?.recordedFailure ?? null;
  const failed = difference?.failure ?? null;
  const then = recorded === null ? wordsOf(difference?.recorded ?? []) : `failed: ${recorded}`;
  const now = failed === null ? wordsOf(effects.map(({ type }) => type)) : `fails: ${failed}`;
  const details = effects.flatMap((effect) => effectText(effect).split('\n'));
  return [
    `baton: ${path}, line ${line}: the first difference, ${toSeconds(elapsed)} s from the beginning`,
    `  told:      ${coreEventText(event)}`,
    `  recorded:  ${then}`,
    `  now:       ${now}`,
    ...details.map((text) => `             ${text}`),
  ]
    .map((text) => `${printable(text)}\n`)
    .join('');
}

function wordsOf(types: readonly string[]): string {
  return types.length === 0 ? 'nothing' : types.join(', ');
}

function verdictOf(tally: Tally, header: RecordingHeader, version: string): string {
  const { inputs, effects, differences, lastElapsed } = tally;
  const played = `${inputs} inputs in ${toSeconds(lastElapsed).toFixed(3)} s`;
  if (differences === 0) return `${played}: all ${effects} effects identical`;
  const other =
    header.baton === version ? '' : ` (recorded by Baton ${header.baton}, this is ${version})`;
  return `${played}: ${differences} answered otherwise than recorded${other}`;
}
