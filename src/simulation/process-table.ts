/**
 * The processes of one simulated host, as far as anybody there can tell: their
 * numbers, names, process groups and ends, and the pid files that name them.
 */
import { assert } from '../base/assert.ts';

export type Signal = 'SIGHUP' | 'SIGTERM' | 'SIGQUIT' | 'SIGKILL';

export interface NewProcess {
  readonly name: string;
  /** Whose process group it joins; null: it leads one of its own. */
  readonly group: number | null;
  /** What a signal other than SIGKILL does to it; without it, it ends. */
  readonly onSignal?: (signal: Signal) => void;
  /** Called once when it has ended; `signal` is null where it ended by itself. */
  readonly onEnd?: (signal: Signal | null) => void;
}

interface Process extends NewProcess {
  readonly leader: number;
}

/** Numbers below are those of a host's first processes. */
const firstProcessId = 300;

export class ProcessTable {
  private nextId = firstProcessId;
  private readonly processes = new Map<number, Process>();
  private readonly pidFiles = new Map<string, number>();
  private readonly watchers = new Map<number, Set<() => void>>();
  private readonly beforeChange: () => void;

  /** `beforeChange` is called before a process begins or ends. */
  constructor(beforeChange: () => void = () => undefined) {
    this.beforeChange = beforeChange;
  }

  spawn(process: NewProcess): number {
    this.beforeChange();
    const id = this.nextId;
    this.nextId += 1;
    this.processes.set(id, { ...process, leader: process.group ?? id });
    return id;
  }

  lives(id: number): boolean {
    return this.processes.has(id);
  }

  nameOf(id: number): string {
    const process = this.processes.get(id);
    assert(process !== undefined, `process ${String(id)} is gone`);
    return process.name;
  }

  named(name: string): readonly number[] {
    return [...this.processes].filter(([, one]) => one.name === name).map(([id]) => id);
  }

  all(): readonly number[] {
    return [...this.processes.keys()];
  }

  inGroup(leader: number): readonly number[] {
    return [...this.processes].filter(([, one]) => one.leader === leader).map(([id]) => id);
  }

  /** The process ends by itself. */
  exit(id: number): void {
    this.end(id, null);
  }

  /** False where there is no such process. */
  signal(id: number, signal: Signal): boolean {
    const process = this.processes.get(id);
    if (process === undefined) return false;
    if (signal !== 'SIGKILL' && process.onSignal !== undefined) process.onSignal(signal);
    else this.end(id, signal);
    return true;
  }

  /** Calls back when the process ends, at once where it has; the answer calls that off. */
  watch(id: number, ended: () => void): () => void {
    if (!this.lives(id)) {
      ended();
      return () => undefined;
    }
    const watchers = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, watchers.add(ended));
    return () => {
      watchers.delete(ended);
    };
  }

  writePidFile(path: string, id: number): void {
    this.pidFiles.set(path, id);
  }

  removePidFile(path: string): void {
    this.pidFiles.delete(path);
  }

  /** The process that the file names, if it lives. */
  readPidFile(path: string): number | null {
    const id = this.pidFiles.get(path);
    return id !== undefined && this.lives(id) ? id : null;
  }

  private end(id: number, signal: Signal | null): void {
    const process = this.processes.get(id);
    assert(process !== undefined, `process ${String(id)} ends twice`);
    this.beforeChange();
    this.processes.delete(id);
    const watchers = this.watchers.get(id) ?? [];
    this.watchers.delete(id);
    process.onEnd?.(signal);
    for (const ended of watchers) ended();
  }
}
