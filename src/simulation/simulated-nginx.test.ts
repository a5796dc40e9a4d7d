import { beforeEach, describe, expect, it } from 'vitest';
import { streamOf } from './draw.ts';
import { ProcessTable } from './process-table.ts';
import type { Program, ProgramEnd } from './program.ts';
import { SimulatedNginx } from './simulated-nginx.ts';

const pidFile = '/run/nginx.pid';

/** Runs a program to its end, as if it took no time. */
function finish(program: Program): ProgramEnd {
  for (;;) {
    const turn = program.next();
    if (turn.done === true) return turn.value;
    expect(turn.value).toBeGreaterThan(0);
  }
}

describe('SimulatedNginx', () => {
  let processes: ProcessTable;
  let nginx: SimulatedNginx;

  beforeEach(() => {
    processes = new ProcessTable();
    nginx = new SimulatedNginx({ processes, random: streamOf(1, 'nginx'), pidFile });
  });

  it('answers once it has forked, and its pid file names the master', () => {
    const start = nginx.start();
    start.next();
    expect(nginx.answers).toBe(false);
    expect(finish(start).status).toBe(0);
    const master = processes.readPidFile(pidFile) ?? 0;
    expect(processes.inGroup(master)).toHaveLength(3);
    expect(nginx.answers).toBe(true);
  });

  it('leaves its pid file and nobody to answer when all of it is killed', () => {
    nginx.boot();
    nginx.kill();
    expect([nginx.answers, nginx.isListed(), processes.readPidFile(pidFile)]).toEqual([
      false,
      false,
      null,
    ]);
  });

  it('goes on with its workers when the master is killed, and lets no other one bind', () => {
    nginx.boot();
    const master = processes.readPidFile(pidFile) ?? 0;
    processes.signal(master, 'SIGKILL');
    expect(nginx.answers).toBe(true);
    expect(finish(nginx.start())).toMatchObject({ status: 1 });
    for (const worker of processes.inGroup(master)) processes.signal(worker, 'SIGTERM');
    expect(finish(nginx.start())).toMatchObject({ status: 0 });
  });

  it.each(['SIGTERM', 'SIGQUIT'] as const)('ends in order at %s', (signal) => {
    nginx.boot();
    processes.signal(processes.readPidFile(pidFile) ?? 0, signal);
    expect([nginx.answers, nginx.isListed()]).toEqual([false, false]);
  });

  it('goes on at SIGHUP', () => {
    nginx.boot();
    processes.signal(processes.readPidFile(pidFile) ?? 0, 'SIGHUP');
    expect(nginx.answers).toBe(true);
  });

  it('fails its test and its start while its configuration is broken, but goes on', () => {
    nginx.boot();
    nginx.break();
    expect(finish(nginx.test()).status).toBe(1);
    expect(nginx.answers).toBe(true);
    nginx.kill();
    expect(finish(nginx.start())).toMatchObject({ status: 1 });
    nginx.mend();
    expect([finish(nginx.test()).status, finish(nginx.start()).status]).toEqual([0, 0]);
  });
});
