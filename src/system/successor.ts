/**
 * The process that is to take the place of this one (`baton upgrade`): the program as it is
 * installed now, started as this one was.
 */
import { spawn } from 'node:child_process';
import { seconds, toMilliseconds } from '../base/units.ts';

/** To read and check its configuration, open all and get ready. */
const patience = seconds(60);

const takeoverFlag = '--takeover';

export interface Successor {
  /** For people. */
  readonly name: string;
  /** Why it will not take over; or `leave` was called. */
  readonly ended: Promise<string>;
  /** It has taken over: what becomes of it is its own affair. */
  leave(): void;
}

/** The command line of a process that is to go on where this one is. */
function successorArguments(
  own: readonly string[],
  execution: readonly string[],
): readonly string[] {
  const [script = '', ...words] = own;
  const given = words.includes(takeoverFlag) ? words : [...words, takeoverFlag];
  return [...execution, script, ...given];
}

export function startSuccessor(): Successor {
  const words = successorArguments(process.argv.slice(1), process.execArgv);
  // Detached: what is typed at this one's terminal is not for both of them.
  const child = spawn(process.execPath, words, {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const name = `process ${String(child.pid ?? 'that is new')}`;
  let settle: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    settle = resolve;
  });
  const timer = setTimeout(() => {
    child.kill('SIGTERM');
    settle(`${name} is not ready after ${String(toMilliseconds(patience) / 1_000)} s`);
  }, toMilliseconds(patience));
  child.on('error', (error) => {
    settle(`it can't be started: ${error.message}`);
  });
  child.on('exit', (status, signal) => {
    const how = signal ?? `exit code ${String(status)}`;
    settle(`${name} ended (${how}) before it could take over`);
  });
  void ended.then(() => {
    clearTimeout(timer);
  });
  return {
    name,
    ended,
    leave: () => {
      child.unref();
      settle('');
    },
  };
}
