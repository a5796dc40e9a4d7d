/** Runs a program of the system to its end, without a shell. */
import { spawn } from 'node:child_process';

export interface CommandOutcome {
  /** Null when it was ended by a signal or could not be executed. */
  readonly status: number | null;
  readonly output: string;
  /** What it printed to stderr, or why it could not be executed. */
  readonly complaint: string;
}

/** Never rejects: a program that is not there is an outcome too. */
export function runToEnd(
  program: string,
  programArguments: readonly string[],
  input = '',
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const child = spawn(program, programArguments, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.on('error', (error) => {
      resolve({ status: null, output, complaint: error.message });
    });
    child.on('close', (status) => {
      resolve({ status, output, complaint: complaint.trim() });
    });
    // A program that ends without reading its input is no error of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Runs what can't fail on a machine where the lab's namespaces could be had; throws if it does. */
export async function runOrThrow(
  program: string,
  programArguments: readonly string[],
  input = '',
): Promise<string> {
  const { status, output, complaint } = await runToEnd(program, programArguments, input);
  if (status !== 0) {
    throw new Error(`${[program, ...programArguments].join(' ')}: ${complaint || output}`);
  }
  return output;
}
