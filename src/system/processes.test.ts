import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { milliseconds, seconds } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import { processesContract } from '../../test/contracts/processes-contract.ts';
import { NodeProcesses } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-processes-'));
const logged: string[] = [];
const processes = new NodeProcesses({ log: { write: (_level, text) => logged.push(text) } });
const asRoot = process.getuid?.() === 0;
let files = 0;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(text: string | Uint8Array, mode = 0o644): string {
  files += 1;
  const path = join(folder, `file-${files}`);
  writeFileSync(path, text, { mode });
  return path;
}

function command(program: string, ...args: string[]): Command {
  return { program, arguments: args, user: null, group: null };
}

/** A script, which starts with the line given, or with that of the shell. */
function script(body: string, firstLine = '#!/bin/sh\n'): Command {
  return command(file(firstLine + body, 0o755));
}

async function outcomeOf(of: Command): Promise<unknown> {
  return (await processes.run(of, seconds(20))).outcome;
}

async function outputOf(of: Command): Promise<string> {
  return (await processes.run(of, seconds(20))).output;
}

/** The number that a script writes into a file. */
async function numberIn(path: string): Promise<number> {
  for (;;) {
    const text = readFileSync(path, 'utf8');
    if (text.endsWith('\n')) return Number(text);
    await pause(5);
  }
}

async function vanishes(processId: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (await processes.isAlive(processId)) {
    if (performance.now() > deadline) return false;
    await pause(5);
  }
  return true;
}

processesContract('NodeProcesses', {
  processes,
  exiting: ({ status, line }) => script(`echo "${line}"; exit ${status}\n`),
  staying: () => command('sleep', '60'),
  missing: () => command('/nonexistent/program'),
  pidFile: file,
});

describe('a command', () => {
  it('is not read by a shell', async () => {
    const printed = await outputOf(command('printf', '%s|', '$HOME', '; exit 1', '*'));
    expect(printed).toBe('$HOME|; exit 1|*|');
  });

  it('without "#!" is a script for the shell', async () => {
    expect(await outcomeOf(script('[ "$1" = "" ] && exit 5\n', ''))).toEqual({
      type: 'exited',
      status: 5,
    });
  });

  it('gets Baton’s environment but for what could bend it', async () => {
    process.env['LD_PRELOAD'] = '';
    process.env['IFS'] = ':';
    process.env['NOTIFY_SOCKET'] = '/run/notify';
    process.env['BATON_TEST'] = 'kept';
    try {
      const printed = (await outputOf(command('env'))).split('\n');
      expect(printed).toContain('BATON_TEST=kept');
      expect(printed.filter((one) => /^(LD_|IFS|NOTIFY_)/.test(one))).toEqual([]);
    } finally {
      for (const name of ['LD_PRELOAD', 'IFS', 'NOTIFY_SOCKET', 'BATON_TEST']) {
        Reflect.deleteProperty(process.env, name);
      }
    }
  });

  it('leads a process group of its own', async () => {
    const fields = (await outputOf(command('cat', '/proc/self/stat'))).split(' ');
    expect(fields[4]).toBe(fields[0]);
  });

  it('has nothing to read from its standard input', async () => {
    expect(await outputOf(command('cat'))).toBe('');
  });

  it('keeps the last 4 KiB of its output, both streams together', async () => {
    const printed = await outputOf(script('seq 1 100000; echo the end >&2\n'));
    expect(printed).toHaveLength(4_096);
    expect(printed).toContain('99999\n100000\n');
    expect(printed).toContain('the end\n');
  });

  it('cuts its output between characters', async () => {
    const printed = await outputOf(
      command('node', '-e', 'process.stdout.write("x" + "ü".repeat(5000))'),
    );
    expect(printed).toBe('ü'.repeat(2_048));
    const odd = await outputOf(
      command('node', '-e', 'process.stdout.write("ü".repeat(5000) + "x")'),
    );
    expect(odd).toBe(`${'ü'.repeat(2_047)}x`);
  });

  it('tells the signal that it died of', async () => {
    expect(await outcomeOf(script('kill -USR1 $$\n'))).toEqual({
      type: 'signalled',
      signal: 'SIGUSR1',
    });
  });
});

describe('a command that can not be executed', () => {
  const cases: readonly (readonly [string, () => Command, RegExp])[] = [
    ['is missing', () => command('/nonexistent/x'), /does not exist/],
    ['is not in PATH', () => command('no-such-program'), /no program no-such-program in PATH/],
    ['is not executable', () => command(file('#!/bin/sh\n', 0o644)), /not an executable file/],
    ['is a folder', () => command(folder), /not an executable file/],
    ['has a missing interpreter', () => script('', '#!/no/sh\n'), /bad interpreter .*\/no\/sh/],
    ['names no interpreter', () => script('', '#!\n'), /bad interpreter/],
    ['is empty', () => script('', ''), /is empty/],
    ['is no program', () => command(file(new Uint8Array([1, 0, 2]), 0o755)), /neither a program/],
    [
      'has an unknown user',
      () => ({ ...command('true'), user: 'no-one-at-all' }),
      /no user no-one/,
    ],
    ['has an unknown group', () => ({ ...command('true'), group: 'none-such' }), /no group none-/],
    ['has arguments past the limit', () => command('true', 'x'.repeat(1 << 22)), /E2BIG/],
    ['has a NUL in its arguments', () => command('true', 'a\0b'), /null bytes/],
  ];

  it.each(cases)('because it %s says so', async (_case, of, reason) => {
    expect(await outcomeOf(of())).toEqual({
      type: 'not-executable',
      reason: expect.stringMatching(reason) as string,
    });
  });
});

describe('a command with a user', () => {
  beforeEach((context) => {
    context.skip(!asRoot, 'only root may become another user');
  });

  it('runs as that user and that user’s group', async () => {
    const as = { ...command('/usr/bin/id'), user: 'nobody' };
    expect(await outputOf(as)).toMatch(/^uid=65534\(nobody\) gid=65534\(nogroup\)/);
  });

  it('runs in the group that is named', async () => {
    const as = { ...command('/usr/bin/id', '-g'), user: 'nobody', group: 'daemon' };
    expect(await outputOf(as)).toBe('1\n');
  });

  it('says that the user may not execute it', async () => {
    const private_ = file('#!/bin/sh\n', 0o700);
    expect(await outcomeOf({ ...command(private_), user: 'nobody' })).toMatchObject({
      type: 'not-executable',
      reason: expect.stringContaining('permission denied') as string,
    });
  });
});

describe('a command that takes too long', () => {
  it('is ended with all that it started', async () => {
    const pidFile = file('');
    const of = script(`sleep 60 & echo $! > ${pidFile}; wait\n`);
    const { outcome } = await processes.run(of, seconds(1));
    expect(outcome).toEqual({ type: 'timed-out' });
    expect(await vanishes(await numberIn(pidFile), 1_000)).toBe(true);
  });

  it('is killed two seconds after SIGTERM', async () => {
    const pidFile = file('');
    const of = script(`trap '' TERM; echo $$ > ${pidFile}; while :; do sleep 1; done\n`);
    const begun = performance.now();
    const { outcome } = await processes.run(of, seconds(1));
    expect(outcome).toEqual({ type: 'timed-out' });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2_990);
    expect(await vanishes(await numberIn(pidFile), 1_000)).toBe(true);
  });
});

describe('a daemon that a command leaves behind', () => {
  it('delays nothing by holding the output open, and can go on writing', async () => {
    const trace = file('');
    const daemon = `(sleep 0.7; echo late || echo broken > ${trace}; echo $$ >> ${trace}) &`;
    const finished = await processes.run(script(`${daemon}\necho started\n`), seconds(20));
    expect(readFileSync(trace, 'utf8')).toBe('');
    expect(finished).toEqual({ outcome: { type: 'exited', status: 0 }, output: 'started\n' });
    expect(await numberIn(trace)).toBeGreaterThan(1);
  });

  it('is one of a bounded number that may hold an output open', async () => {
    const many = Array.from({ length: 70 }, () => outputOf(script('sleep 60 2>&- & echo $!\n')));
    const daemons = (await Promise.all(many)).map(Number);
    for (const processId of daemons) process.kill(processId, 'SIGKILL');
    expect(logged.filter((text) => text.includes('still held open')).length).toBeGreaterThan(0);
  });
});

describe('a process that is started to stay', () => {
  it('tells what it printed once it ends', async () => {
    const { finished } = processes.start(script('echo one; echo two >&2; exit 1\n'));
    expect(await finished).toEqual({
      outcome: { type: 'exited', status: 1 },
      output: 'one\ntwo\n',
    });
  });

  it('has at most 4 KiB of output told', async () => {
    const { finished } = processes.start(script('seq 1 10000\n'));
    const { output } = await finished;
    expect(output).toHaveLength(4_096);
    expect(output.endsWith('9999\n10000\n')).toBe(true);
  });

  it('fills no disk with its output', async () => {
    const { finished } = processes.start(script('seq 1 60000; sleep 2.5; echo the end\n'));
    expect((await finished).output).toBe('the end\n');
  });

  it('is not ended with the runs', async () => {
    const { processId } = processes.start(command('sleep', '60'));
    processes.endRuns();
    await pause(50);
    expect(await processes.isAlive(processId ?? 0)).toBe(true);
    processes.signal(processId ?? 0, 'SIGKILL');
  });

  it('leaves a group that is ended even when it does not want to', async () => {
    const pidFile = file('');
    const stubborn = script(`trap '' TERM; echo $$ > ${pidFile}; while :; do sleep 0.1; done\n`);
    const leader = script(`${stubborn.program} & exec sleep 60\n`);
    const { processId } = processes.start(leader);
    const workerId = await numberIn(pidFile);
    processes.signal(processId ?? 0, 'SIGKILL');
    expect(await vanishes(processId ?? 0, 1_000)).toBe(true);
    expect(await processes.isAlive(workerId)).toBe(true);
    await processes.endGroup(processId ?? 0, milliseconds(100));
    expect(await processes.isAlive(workerId)).toBe(false);
  });
});

describe('a pid file', () => {
  it('older than the process that has its number speaks of another one', async () => {
    const path = file(`${process.pid}\n`);
    const before = new Date(Date.now() - 3_600_000);
    expect(await processes.readPidFile(path)).toMatchObject({ youngerThanFile: false });
    utimesSync(path, before, before);
    expect(await processes.readPidFile(path)).toEqual({
      processId: process.pid,
      commandName: readFileSync('/proc/self/comm', 'utf8').trimEnd(),
      youngerThanFile: true,
    });
  });
});

it('never signals every process there is, which -1 would mean', async () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  await processes.endGroup(1, milliseconds(1));
  await processes.endGroup(0, milliseconds(1));
  expect(kill).not.toHaveBeenCalled();
  kill.mockRestore();
});
