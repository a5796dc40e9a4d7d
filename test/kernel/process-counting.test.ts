/** How many processes run, told by the kernel itself or found out from /proc. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ProcessMatch } from '../../src/model/config.ts';
import { openProcessConnector } from '../../src/linux/process-connector-socket.ts';
import { inMachineNetwork } from './namespace.ts';
import type { Station } from './station.ts';
import { clock, stationTest } from './station.ts';

/** A name that no other process of this machine has. */
const program = `bt${process.pid}count`;

function match(more: Partial<ProcessMatch> = {}): ProcessMatch {
  return { program, parameters: [], parameterMatch: 'none', fullCommand: false, ...more };
}

/** Runs a copy of sleep(1) under the name that is counted. */
class Sleepers {
  readonly folder = mkdtempSync(join(tmpdir(), 'baton-count-'));
  readonly path = join(this.folder, program);
  readonly #children: ChildProcess[] = [];

  constructor() {
    copyFileSync('/bin/sleep', this.path);
  }

  start(parameters: readonly string[] = ['600']): ChildProcess {
    const child = spawn(this.path, [...parameters], { stdio: 'ignore' });
    this.#children.push(child);
    return child;
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

/** The counts that were told, in order: "web 2". */
function counts(station: Station): readonly string[] {
  return station.events.flatMap((event) =>
    event.type === 'processes-counted' ? [`${event.tracker} ${event.count}`] : [],
  );
}

/** Why the connector can't be had here; null: it can. */
function whyNoConnector(): string | null {
  try {
    const opened = inMachineNetwork(() => openProcessConnector(null));
    if (!opened.ok) return `no process connector: ${opened.error.code}`;
    const answers: number[] = [];
    opened.value.receive((event) => {
      if (event.type === 'acknowledged') answers.push(event.errorNumber);
    });
    opened.value.close();
    return answers.includes(0) ? null : 'the process connector does not answer';
  } catch (error) {
    return `no process connector: ${String(error)}`;
  }
}

const ways = [
  {
    way: 'from /proc',
    obstacle: null,
    within: <Value>(station: Station, action: () => Value) => station.host.run(action),
  },
  {
    way: 'by the process connector',
    obstacle: whyNoConnector(),
    within: <Value>(_station: Station, action: () => Value) => inMachineNetwork(action),
  },
];

describe.each(ways)('counting processes $way', ({ obstacle, within }) => {
  function countTest(name: string, body: (station: Station, sleepers: Sleepers) => void): void {
    stationTest(
      name,
      (station) => {
        const sleepers = new Sleepers();
        try {
          station.start();
          station.forget();
          body(station, sleepers);
        } finally {
          sleepers.close();
        }
      },
      { obstacle },
    );
  }

  function count(station: Station, trackers: Readonly<Record<string, ProcessMatch>>): void {
    const list = Object.entries(trackers).map(([name, wanted]) => ({ name, match: wanted }));
    expect(within(station, () => station.network.countProcesses(list))).toBeNull();
  }

  function tells(station: Station, ...lines: readonly string[]): void {
    expect(station.receiveUntil(() => counts(station).length >= lines.length)).toBe(true);
    expect(counts(station)).toEqual(lines);
    station.events.length = 0;
  }

  countTest('tells how many there are, and each change', (station, sleepers) => {
    const first = sleepers.start();
    count(station, { web: match(), other: match({ program: 'no-such-program' }) });
    tells(station, 'web 1', 'other 0');
    const second = sleepers.start();
    tells(station, 'web 2');
    first.kill('SIGKILL');
    tells(station, 'web 1');
    second.kill('SIGKILL');
    tells(station, 'web 0');
    expect(station.receiveUntil(() => station.events.length > 0, 1_300)).toBe(false);
  });

  countTest('tells at once of an end, though its parent has not asked', (station, sleepers) => {
    count(station, { web: match() });
    tells(station, 'web 0');
    const child = sleepers.start();
    tells(station, 'web 1');
    const from = clock.now();
    child.kill('SIGKILL');
    // This thread does not get to reap it meanwhile: what is seen here is a zombie.
    tells(station, 'web 0');
    expect(clock.now() - from).toBeLessThan(900_000);
    count(station, { web: match() });
    tells(station, 'web 0');
  });

  countTest('sees what a process was called with', (station, sleepers) => {
    const full = { program: sleepers.path, fullCommand: true };
    count(station, {
      any: match(full),
      exact: match({ ...full, parameters: ['600'], parameterMatch: 'exact' }),
      initial: match({ ...full, parameters: ['600'], parameterMatch: 'initial' }),
      partial: match({ ...full, parameters: ['60'], parameterMatch: 'partial' }),
    });
    tells(station, 'any 0', 'exact 0', 'initial 0', 'partial 0');
    sleepers.start(['600', '1']);
    tells(station, 'any 1', 'initial 1', 'partial 1');
    sleepers.start(['600']);
    tells(station, 'any 2', 'exact 1', 'initial 2', 'partial 2');
  });

  countTest('sees that a process becomes another program, or bears another name', (station) => {
    const script = `
      const fs = require('node:fs');
      fs.writeFileSync('/proc/self/comm', '${program}');
      setTimeout(() => fs.writeFileSync('/proc/self/comm', 'somebody-else'), 1_500);
      setTimeout(() => undefined, 600_000);`;
    count(station, { web: match(), else: match({ program: 'somebody-else' }) });
    tells(station, 'web 0', 'else 0');
    const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    try {
      tells(station, 'web 1');
      tells(station, 'web 0', 'else 1');
    } finally {
      child.kill('SIGKILL');
    }
  });

  countTest('sees the children of what it counts', (station, sleepers) => {
    count(station, { copies: match({ program: `${program}sh` }) });
    tells(station, 'copies 0');
    const shell = join(sleepers.folder, `${program}sh`);
    copyFileSync('/bin/sh', shell);
    const child = spawn(shell, ['-c', '(read line <&3; :) & wait'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    expect(station.receiveUntil(() => counts(station).includes('copies 2'))).toBe(true);
    station.events.length = 0;
    const parent = child.pid ?? 0;
    const grandchild = Number(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8'));
    process.kill(parent, 'SIGKILL');
    tells(station, 'copies 1');
    process.kill(grandchild, 'SIGKILL');
    tells(station, 'copies 0');
  });

  countTest('ends when nothing is to be counted, and starts anew', (station, sleepers) => {
    sleepers.start();
    count(station, { web: match() });
    tells(station, 'web 1');
    count(station, {});
    sleepers.start();
    expect(station.receiveUntil(() => station.events.length > 0, 1_300)).toBe(false);
    count(station, { web: match() });
    tells(station, 'web 2');
  });

  countTest('holds through a storm of others', (station, sleepers) => {
    sleepers.start();
    count(station, { web: match() });
    tells(station, 'web 1');
    execFileSync('sh', ['-c', 'i=0; while [ $i -lt 2000 ]; do /bin/true; i=$((i+1)); done']);
    sleepers.start();
    tells(station, 'web 2');
  });
});
