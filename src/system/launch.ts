/** How a program is started: as whom, from which file, with which environment. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { realpathSync } from 'node:fs';
import type { Command } from '../model/command.ts';
import type { ScriptSecurityConfig } from '../model/config.ts';
import type { ScriptOutcome } from '../model/core-event.ts';
import type { LogSink } from '../ports/log.ts';
import { resolveIdentity, supplementaryGroups, type Identity } from './accounts.ts';
import { describeStartError, locateProgram, shell, type Execution } from './program-file.ts';
import { insecurity } from './script-security.ts';

export type Launched =
  | { readonly type: 'impossible'; readonly reason: string }
  | {
      readonly type: 'launched';
      readonly child: ChildProcess;
      readonly ended: Promise<ScriptOutcome>;
    };

type Startable = Exclude<Execution, { readonly type: 'impossible' }>;

/** What keepalived keeps from its scripts, and the service manager's channel, which is Baton's own. */
const withheldVariables: ReadonlySet<string> = new Set([
  'IFS',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'NOTIFY_SOCKET',
]);

/** util-linux's: Node.js itself drops all supplementary groups of whom it becomes. */
const groupSetter = 'setpriv';

export class Launcher {
  security: ScriptSecurityConfig = {
    enforced: false,
    keepSymbolicLinks: false,
    supplementaryGroups: false,
  };
  private readonly log: LogSink;
  /** Refusals that the log has got already. */
  private readonly told = new Set<string>();

  constructor({ log }: { readonly log: LogSink }) {
    this.log = log;
  }

  launch(command: Command, stdio: StdioOptions): Launched {
    const identity = resolveIdentity(command);
    if (!identity.ok) return { type: 'impossible', reason: identity.error };
    const environment = childEnvironment();
    const execution = locateProgram(command.program, environment['PATH'] ?? '');
    if (execution.type === 'impossible') return execution;
    const refusal = this.refusal(execution.path, identity.value);
    if (refusal !== null) return { type: 'impossible', reason: refusal };
    const { file, words, ...options } = this.invocation(command, execution, identity.value);
    try {
      const child = spawn(file, words, { ...options, detached: true, env: environment, stdio });
      return { type: 'launched', child, ended: endOf(child, startedPath(file, execution)) };
    } catch (error) {
      // Of the reasons why a program can't be executed some are thrown, the others an event.
      const path = startedPath(file, execution);
      return {
        type: 'impossible',
        reason: describeStartError(path, error as NodeJS.ErrnoException),
      };
    }
  }

  private refusal(path: string, { uid }: Identity): string | null {
    if (!this.security.enforced || (uid ?? process.getuid?.()) !== 0) return null;
    const fault = insecurity(path);
    if (fault === null) return null;
    const reason = `${path} is not run as root: ${fault}`;
    if (!this.told.has(reason)) this.log.write('error', `Script security: ${reason}`);
    this.told.add(reason);
    return reason;
  }

  private invocation(command: Command, execution: Startable, identity: Identity): Invocation {
    const path = this.security.keepSymbolicLinks ? execution.path : resolved(execution.path);
    const groups = this.security.supplementaryGroups ? supplementaryGroups(command.user) : null;
    if (groups === null || identity.uid === undefined) {
      const argv0 = execution.type === 'direct' ? command.program : shell;
      const words = execution.type === 'direct' ? [] : [path];
      const file = execution.type === 'direct' ? path : shell;
      // What a program is called by may tell it what to do (busybox), so that stays as written.
      return { ...identity, file, words: [...words, ...command.arguments], argv0 };
    }
    const { uid, gid } = identity;
    const who = [
      `--reuid=${String(uid)}`,
      ...(gid === undefined ? [] : [`--regid=${String(gid)}`]),
    ];
    const list = groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`;
    const words = [...(execution.type === 'direct' ? [] : [shell]), execution.path];
    return { file: groupSetter, words: [...who, list, '--', ...words, ...command.arguments] };
  }
}

interface Invocation extends Identity {
  readonly file: string;
  readonly words: readonly string[];
  readonly argv0?: string;
}

/** What to name where the start fails. */
function startedPath(file: string, { path }: Startable): string {
  return file === groupSetter ? groupSetter : path;
}

/** Where symbolic links lead to: what a script then finds in `$0`, as under keepalived. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // To start it will tell.
  }
}

function endOf(child: ChildProcess, path: string): Promise<ScriptOutcome> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      resolve({ type: 'not-executable', reason: describeStartError(path, error) });
    });
    child.on('exit', (status, signal) => {
      if (status === null) resolve({ type: 'signalled', signal: signal ?? 'unknown signal' });
      else resolve({ type: 'exited', status });
    });
  });
}

function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !withheldVariables.has(name));
  return Object.fromEntries(kept);
}
