/** What came of a process, in words for people. */
import type { ScriptOutcome } from '../model/core-event.ts';
import type { FinishedProcess } from '../ports/processes.ts';

export function succeeded({ outcome }: FinishedProcess): boolean {
  return outcome.type === 'exited' && outcome.status === 0;
}

/** "exit status 1: nginx: [emerg] ..." */
export function describeFailure({ outcome, output }: FinishedProcess): string {
  const line = tellingLine(output);
  return line === '' ? describeOutcome(outcome) : `${describeOutcome(outcome)}: ${line}`;
}

function describeOutcome(outcome: ScriptOutcome): string {
  switch (outcome.type) {
    case 'exited':
      return `exit status ${outcome.status}`;
    case 'signalled':
      return `ended by ${outcome.signal}`;
    case 'timed-out':
      return 'timed out';
    case 'not-executable':
      return `can't be executed: ${outcome.reason}`;
  }
}

/** How servers call what keeps them from starting. */
const severeWords = /\b(?:emerg|alert|crit|fatal|error|invalid|unknown|can't|cannot)\b/i;

/**
 * The line that says what is wrong: the first with a word for it, since many
 * servers (nginx) end with a sentence that only says that something is; else the last.
 */
export function tellingLine(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.find((line) => severeWords.test(line)) ?? lines.at(-1) ?? '';
}
