import { setTimeout as realPause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { after, milliseconds, seconds, zero, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { ScriptOutcome } from '../model/core-event.ts';
import { processesContract } from '../../test/contracts/processes-contract.ts';
import { streamOf } from './draw.ts';
import { ProcessTable } from './process-table.ts';
import type { Program } from './program.ts';
import { SimulatedProcesses } from './simulated-processes.ts';
import { VirtualClock } from './virtual-clock.ts';

function command(program: string, ...programArguments: string[]): Command {
  return { program, arguments: programArguments, user: null, group: null };
}

function* exiting(status: number, output: string): Program {
  yield milliseconds(2);
  return { status, output };
}

function* staying(): Program {
  for (;;) yield seconds(1);
}

function load({ program, arguments: [status, line] }: Command): Program | null {
  if (program === 'exit') return exiting(Number(status), `${line ?? ''}\n`);
  return program === 'stay' ? staying() : null;
}

function createProcesses(
  clock: VirtualClock,
  table: ProcessTable,
  perform: (action: () => void) => void,
): SimulatedProcesses {
  const random = streamOf(1, 'processes');
  return new SimulatedProcesses({ clock, random, table, load, perform });
}

describe('SimulatedProcesses', () => {
  const clock = new VirtualClock();
  const table = new ProcessTable();
  let ended = false;
  let pumping: Promise<void>;

  /** The contract waits in real time: the virtual clock follows it. */
  async function pump(): Promise<void> {
    while (!ended) {
      await realPause(1);
      await clock.runUntil(after(clock.now(), milliseconds(2)));
    }
  }

  beforeAll(() => {
    pumping = pump();
  });

  afterAll(async () => {
    ended = true;
    await pumping;
  });

  processesContract('SimulatedProcesses', {
    processes: createProcesses(clock, table, (action) => {
      action();
    }),
    exiting: ({ status, line }) => command('exit', String(status), line),
    staying: () => command('stay'),
    missing: () => command('nowhere'),
    pidFile: (text) => {
      // A pid file of the table holds a number or is not there.
      table.removePidFile('/run/test.pid');
      if (/^\d+\n?$/.test(text)) table.writePidFile('/run/test.pid', Number(text));
      return '/run/test.pid';
    },
  });
});

describe('a Baton that does not run', () => {
  let clock: VirtualClock;
  let table: ProcessTable;
  let owed: (() => void)[];
  let frozen: SimulatedProcesses;

  beforeEach(() => {
    clock = new VirtualClock();
    table = new ProcessTable();
    owed = [];
    frozen = createProcesses(clock, table, (action) => owed.push(action));
  });

  const pass = (duration: Duration): Promise<void> => clock.runUntil(after(clock.now(), duration));

  it('hears of nothing until it is thawed, while its scripts go on', async () => {
    const heard: ScriptOutcome[] = [];
    void frozen
      .run(command('exit', '4', ''), seconds(1))
      .then(({ outcome }) => heard.push(outcome));
    await pass(seconds(10));
    expect([heard, table.named('exit')]).toEqual([[], []]);
    clock.schedule(zero, () => {
      for (const action of owed) action();
    });
    await pass(seconds(1));
    expect(heard).toEqual([{ type: 'exited', status: 4 }]);
  });

  it('learns the truth of the moment at which it looks, not of that at which it asked', async () => {
    const id = table.spawn({ name: 'nginx', group: null });
    const alive = frozen.isAlive(id);
    await pass(seconds(1));
    table.exit(id);
    for (const action of owed) action();
    expect(await alive).toBe(false);
  });
});

describe('the end of a process group', () => {
  it('comes by SIGKILL for those that SIGTERM does not end', async () => {
    const clock = new VirtualClock();
    const table = new ProcessTable();
    const processes = createProcesses(clock, table, (action) => {
      action();
    });
    const leader = table.spawn({ name: 'stubborn', group: null, onSignal: () => undefined });
    const follower = table.spawn({ name: 'follower', group: leader });
    let done = false;
    void processes.endGroup(leader, seconds(1)).then(() => (done = true));
    expect([table.lives(leader), table.lives(follower)]).toEqual([true, false]);
    await clock.runUntil(after(clock.now(), milliseconds(999)));
    expect([table.lives(leader), done]).toEqual([true, false]);
    await clock.runUntil(after(clock.now(), milliseconds(1)));
    expect([table.lives(leader), done]).toEqual([false, true]);
  });
});
