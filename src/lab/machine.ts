/**
 * One machine of the lab: a set of namespaces (network, processes, mounts, host
 * name) around a first process that does nothing but let the dead go.
 *
 * The first process is `sleep` with SIGCHLD ignored, so that the kernel itself
 * reaps every orphan: a zombie nginx would be counted by the article's script.
 * It dies with the `unshare` above it, which dies with the lab, and with it
 * dies every process in it; the files are on tmpfs in its mount namespace. So
 * nothing has to be taken down.
 */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '../base/assert.ts';
import { runOrThrow, runToEnd } from './command.ts';
import { listProcesses, listProcessesBeside } from './process-table.ts';
import { untilReady } from './waiting.ts';

const initProgram = 'sleep';

/** What lay under a layered directory is found below this. */
const formerDirectory = '/run/former';

export class Machine {
  readonly hostName: string;
  /** The first process, as the lab's own process namespace numbers it. */
  readonly initId: number;

  private constructor(hostName: string, initId: number) {
    this.hostName = hostName;
    this.initId = initId;
  }

  static async boot(hostName: string): Promise<Machine> {
    const unshare = spawn(
      'unshare',
      [
        ...['--net', '--pid', '--mount', '--uts', '--ipc', '--propagation', 'private'],
        ...['--fork', '--kill-child=KILL', '--mount-proc', '--'],
        ...['env', '--ignore-signal=CHLD', initProgram, 'infinity'],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const machine = new Machine(hostName, await childOf(unshare, initProgram));
    await machine.run('hostname', [hostName]);
    await machine.run('ip', ['link', 'set', 'lo', 'up']);
    await machine.#mountTmpfs('/run');
    await machine.#hideSyslog();
    return machine;
  }

  /** Arguments of nsenter that lead into this machine. */
  enterArguments(): readonly string[] {
    return [
      ...['--target', String(this.initId)],
      ...['--net', '--pid', '--mount', '--uts', '--ipc', '--'],
    ];
  }

  /** Runs a program in the machine to its end; throws when it fails. */
  run(program: string, programArguments: readonly string[], input = ''): Promise<string> {
    return runOrThrow('nsenter', [...this.enterArguments(), program, ...programArguments], input);
  }

  /** Starts a program in the machine. The child is nsenter, the program its child. */
  start(program: string, programArguments: readonly string[], stdio: StdioOptions): ChildProcess {
    return spawn('nsenter', [...this.enterArguments(), program, ...programArguments], { stdio });
  }

  /** The machine's processes, without its first. */
  async processes(): ReturnType<typeof listProcessesBeside> {
    const entries = await listProcessesBeside(this.initId);
    return entries.filter(({ processId }) => processId !== this.initId);
  }

  /**
   * Writes a file, and the directories above it. This and all else that touches
   * the machine's files is done by programs in it: from outside, a symbolic link
   * on the way would lead into the real file system.
   */
  async write(path: string, content: string, mode = '644'): Promise<void> {
    await this.run('mkdir', ['-p', dirname(path)]);
    await this.run('tee', [path], content);
    await this.run('chmod', [mode, path]);
  }

  async link(path: string, target: string): Promise<void> {
    await this.run('mkdir', ['-p', dirname(path)]);
    await this.run('ln', ['-s', target, path]);
  }

  /** Gives the machine an empty directory of its own there, whatever the real one holds. */
  async ownDirectory(path: string): Promise<void> {
    if (!(await this.#test('-d', path))) {
      await this.#layerDirectory(dirname(path));
      await this.run('mkdir', [path]);
    }
    await this.#mountTmpfs(path);
  }

  /** The same where there is such a directory, and nothing where there is none. */
  async hideDirectory(path: string): Promise<void> {
    if (await this.#test('-d', path)) await this.#mountTmpfs(path);
  }

  /**
   * Puts a tmpfs over the directory in which links lead to all that was there,
   * so that something can be added to it on this machine alone.
   */
  async #layerDirectory(path: string): Promise<void> {
    const former = join(formerDirectory, path);
    if (await this.#test('-d', former)) return;
    await this.run('mkdir', ['-p', former]);
    await this.run('mount', ['--rbind', path, former]);
    await this.#mountTmpfs(path);
    const names = await readdir(`/proc/${String(this.initId)}/root${former}`);
    if (names.length === 0) return;
    await this.run('ln', ['-s', '-t', path, ...names.map((name) => join(former, name))]);
  }

  async #mountTmpfs(path: string): Promise<void> {
    await this.run('mount', ['-t', 'tmpfs', '-o', 'mode=755,size=16m', 'tmpfs', path]);
  }

  /** What the machine's daemons log is nothing for the real machine's log. */
  async #hideSyslog(): Promise<void> {
    const path = '/dev/log';
    if (await this.#test('-S', path)) await this.run('mount', ['--bind', '/dev/null', path]);
  }

  async #test(condition: '-d' | '-S', path: string): Promise<boolean> {
    const test = [...this.enterArguments(), 'test', condition, path];
    const { status } = await runToEnd('nsenter', test);
    return status === 0;
  }
}

/**
 * The process that `parent` (unshare or nsenter) has forked, once it has become
 * the program named; any program where null.
 */
export async function childOf(parent: ChildProcess, program: string | null): Promise<number> {
  const parentId = parent.pid;
  assert(parentId !== undefined, 'unshare and nsenter were found before');
  let childId = 0;
  await untilReady(`process ${program ?? ''} below ${String(parentId)}`, async () => {
    if (parent.exitCode !== null) throw new Error(`${parent.spawnfile} ended at once`);
    const entries = await listProcesses();
    const child = entries.find(
      (entry) => entry.parentId === parentId && (program ?? entry.name) === entry.name,
    );
    childId = child?.processId ?? 0;
    return child !== undefined;
  });
  return childId;
}
