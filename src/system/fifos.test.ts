/** Real FIFOs, each test in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, lstatSync, mkdtempSync, openSync } from 'node:fs';
import { readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NotifyFifo } from '../model/config.ts';
import { NotifyFifos } from './fifos.ts';
import { NodeTimer } from './node-timer.ts';
import { NodeProcesses } from './processes.ts';

let folder: string;
let fifo: NotifyFifo;
let logged: string[];
let fifos: NotifyFifos;
const descriptors: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-fifo-'));
  fifo = { path: join(folder, 'notify'), user: null, group: null, script: null };
  logged = [];
  const log = { write: (_level: string, text: string) => logged.push(text) };
  const processes = new NodeProcesses({ log });
  fifos = new NotifyFifos({ processes, log, timer: new NodeTimer() });
});

afterEach(async () => {
  await fifos.close();
  for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

function openReader(): number {
  const descriptor = openSync(fifo.path, constants.O_RDONLY | constants.O_NONBLOCK);
  descriptors.push(descriptor);
  return descriptor;
}

function readAll(descriptor: number): string {
  const octets = Buffer.alloc(1 << 20);
  return octets.toString('utf8', 0, readSync(descriptor, octets));
}

describe('a notify FIFO', () => {
  it('keeps its lines for whoever opens it later', () => {
    fifos.open([fifo]);
    fifos.write('INSTANCE "VI_1" BACKUP 100');
    fifos.write('INSTANCE "VI_1" MASTER 100');
    const mask = Number.parseInt(execFileSync('sh', ['-c', 'umask'], { encoding: 'utf8' }), 8);
    expect(lstatSync(fifo.path).mode & 0o777).toBe(0o644 & ~mask);
    const text = readAll(openReader());
    expect(text).toBe('INSTANCE "VI_1" BACKUP 100\nINSTANCE "VI_1" MASTER 100\n');
  });

  it('belongs to the user who is named', () => {
    fifos.open([{ ...fifo, user: 'nobody' }]);
    expect(lstatSync(fifo.path).uid).toBe(Number(execFileSync('id', ['-u', 'nobody'])));
  });

  it('never blocks: lines are lost whole, and the log says so once', () => {
    fifos.open([fifo]);
    const line = 'x'.repeat(999);
    for (let count = 0; count < 200; count += 1) fifos.write(line);
    const lines = readAll(openReader()).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.every((one) => one === line)).toBe(true);
    expect(logged).toEqual([
      `Notify FIFO ${fifo.path} is full: nobody reads it (1 lines lost so far)`,
    ]);
  });

  it('is not made of what is something else already', () => {
    writeFileSync(fifo.path, 'mine');
    fifos.open([fifo]);
    fifos.write('INSTANCE "VI_1" MASTER 100');
    expect(readFileSync(fifo.path, 'utf8')).toBe('mine');
    expect(logged).toEqual([
      `Notify FIFO ${fifo.path} can't be used: there is something else at its path`,
    ]);
  });

  it('stays open over a reload that does not change it, and goes with its last mention', async () => {
    fifos.open([fifo]);
    const reader = openReader();
    fifos.open([{ ...fifo }]);
    fifos.write('after');
    expect(readAll(reader)).toBe('after\n');
    fifos.open([]);
    expect(existsSync(fifo.path)).toBe(false);
    await fifos.close();
  });

  it('that others have made stays when Baton ends', async () => {
    execFileSync('mkfifo', [fifo.path]);
    fifos.open([fifo]);
    await fifos.close();
    expect(existsSync(fifo.path)).toBe(true);
  });

  it('has a script that is told its path, reads to the end, and is started again', async () => {
    const copy = join(folder, 'copy');
    const reader = join(folder, 'reader');
    // It says that it has started once it holds the FIFO: what is written then is not lost.
    const quitting = '#!/bin/sh\nexec 3< "$2"\necho $$ >> $1.started\nexec cat <&3 >> $1\n';
    writeFileSync(reader, quitting, { mode: 0o755 });
    const script = { program: reader, arguments: [copy], user: null, group: null };
    fifos.open([{ ...fifo, script }]);
    const startedIds = () => readFileSync(`${copy}.started`, 'utf8').trim().split('\n');
    await vi.waitFor(() => startedIds(), { timeout: 5_000 });
    process.kill(Number(startedIds()[0]), 'SIGKILL');
    await vi.waitFor(
      () => {
        expect(startedIds()).toHaveLength(2);
      },
      { timeout: 10_000 },
    );
    fifos.write('INSTANCE "VI_1" STOP 100');
    await fifos.close();
    expect(readFileSync(copy, 'utf8')).toBe('INSTANCE "VI_1" STOP 100\n');
    expect(existsSync(fifo.path)).toBe(false);
    const [, last] = startedIds();
    expect(() => process.kill(Number(last), 0)).toThrow();
    expect(logged).toEqual([`Notify FIFO script ${reader} ended (signalled)`]);
  });
});
