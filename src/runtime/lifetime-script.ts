/** `startup_script` and `shutdown_script`: run to their end before the first and after the last. */
import type { TimedCommand } from '../model/command.ts';
import type { LogSink } from '../ports/log.ts';
import type { Processes } from '../ports/processes.ts';
import { describeFailure, succeeded } from './process-words.ts';

export interface LifetimeScript {
  readonly kind: 'Startup' | 'Shutdown';
  /** Null: there is none. */
  readonly script: TimedCommand | null;
}

/** Whatever comes of it is logged, and is no reason to go on otherwise. */
export async function runLifetimeScript(
  { kind, script }: LifetimeScript,
  { processes, log }: { readonly processes: Processes; readonly log: LogSink },
): Promise<void> {
  if (script === null) return;
  const name = `${kind} script ${script.command.program}`;
  log.write('info', `${name} begins`);
  const finished = await processes.run(script.command, script.timeout);
  if (succeeded(finished)) log.write('info', `${name} succeeded`);
  else log.write('error', `${name} failed: ${describeFailure(finished)}`);
}
