/** What every implementation of the port `Processes` must do, whatever its processes are. */
import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../../src/base/units.ts';
import type { Command } from '../../src/model/command.ts';
import type { Processes } from '../../src/ports/processes.ts';

export interface ProcessesSubject {
  readonly processes: Processes;
  /** A command that prints a line and exits with this status. */
  exiting(options: { readonly status: number; readonly line: string }): Command;
  /** A command that runs until it is sent SIGTERM. */
  staying(): Command;
  /** A command whose program is not there. */
  missing(): Command;
  /** The path of a pid file with this text. */
  pidFile(text: string): string;
}

const longEnough = seconds(20);

export function processesContract(name: string, subject: ProcessesSubject): void {
  const { processes } = subject;

  describe(`${name} keeps the contract of Processes`, () => {
    it('reports the exit status and what was printed', async () => {
      const finished = await processes.run(subject.exiting({ status: 3, line: 'so' }), longEnough);
      expect(finished).toEqual({ outcome: { type: 'exited', status: 3 }, output: 'so\n' });
    });

    it('says why a program can not be executed, and does not reject', async () => {
      const { outcome } = await processes.run(subject.missing(), longEnough);
      expect(outcome).toMatchObject({ type: 'not-executable' });
      const started = processes.start(subject.missing());
      expect(started.processId).toBeNull();
      expect((await started.finished).outcome).toMatchObject({ type: 'not-executable' });
    });

    it('ends what takes longer than its time', async () => {
      const { outcome } = await processes.run(subject.staying(), milliseconds(50));
      expect(outcome).toEqual({ type: 'timed-out' });
    });

    it('ends what still runs when it is told to', async () => {
      const run = processes.run(subject.staying(), longEnough);
      await new Promise((resolve) => setTimeout(resolve, 100));
      processes.endRuns();
      expect((await run).outcome).toEqual({ type: 'signalled', signal: 'SIGTERM' });
    });

    it('starts a process that lives, is named by a pid file, and dies of a signal', async () => {
      const { processId, finished } = processes.start(subject.staying());
      expect(processId).not.toBeNull();
      const id = processId ?? 0;
      expect(await processes.isAlive(id)).toBe(true);
      expect(await processes.readPidFile(subject.pidFile(`${id}\n`))).toMatchObject({
        processId: id,
        youngerThanFile: false,
      });
      expect(processes.signal(id, 'SIGKILL')).toBe(true);
      expect((await finished).outcome).toEqual({ type: 'signalled', signal: 'SIGKILL' });
      expect(await processes.isAlive(id)).toBe(false);
      expect(processes.signal(id, 'SIGTERM')).toBe(false);
      expect(await processes.readPidFile(subject.pidFile(`${id}\n`))).toBeNull();
    });

    it('ends the process group of a process that it started', async () => {
      const { processId, finished } = processes.start(subject.staying());
      await processes.endGroup(processId ?? 0, seconds(5));
      expect((await finished).outcome).toEqual({ type: 'signalled', signal: 'SIGTERM' });
      await processes.endGroup(processId ?? 0, seconds(5)); // Nothing is left: nothing happens.
    });

    it.each(['', 'nginx', '-1', '0', '12 13', '99999999999'])(
      'takes a pid file with %j for none',
      async (text) => {
        expect(await processes.readPidFile(subject.pidFile(text))).toBeNull();
      },
    );

    it('takes a missing pid file for none', async () => {
      expect(await processes.readPidFile('/nonexistent/nginx.pid')).toBeNull();
    });
  });
}
