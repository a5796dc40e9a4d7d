/** Runs `baton lab` in a process of its own, as a person would. */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { PlayedStep, StepReport } from '../../src/lab/story-event.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface LabResult {
  readonly status: number | null;
  readonly reports: readonly StepReport[];
  /** The timeline, to be shown when something was wrong. */
  readonly timeline: string;
}

/** Plays to the end with `--json`. `prefix` is put before the command line. */
export async function playLab(
  flags: readonly string[],
  prefix: readonly string[] = [],
): Promise<LabResult> {
  const lab = startLab(['--json', ...flags], prefix);
  let output = '';
  let timeline = '';
  lab.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  lab.stderr.setEncoding('utf8').on('data', (text: string) => (timeline += text));
  const [status] = (await once(lab, 'close')) as [number | null];
  const lines = output.split('\n').filter((line) => line !== '');
  return { status, reports: lines.map((line) => JSON.parse(line) as StepReport), timeline };
}

export function startLab(
  flags: readonly string[],
  prefix: readonly string[] = [],
  environment: NodeJS.ProcessEnv = process.env,
): ChildProcessByStdio<null, Readable, Readable> {
  const [program = '', ...programArguments] = [...prefix, process.execPath, main, 'lab', ...flags];
  return spawn(program, programArguments, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
}

export function played(result: LabResult): readonly PlayedStep[] {
  return result.reports.filter((report) => 'ok' in report);
}

/** Returns once the lab has printed a line with this text; goes on reading. */
export async function untilPrinted(
  lab: { readonly stdout: Readable },
  text: string,
): Promise<void> {
  const lines = createInterface({ input: lab.stdout });
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes(text)) resolve();
    });
  });
}
