import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect } from 'vitest';
import { after, between, milliseconds, seconds, toMilliseconds } from '../../src/base/units.ts';
import { channelOf, clock, eth0, stationTest } from './station.ts';
import type { Station } from './station.ts';

/** How long a wait with this limit took, in milliseconds. */
function waited(station: Station, limitMs: number): number {
  const from = clock.now();
  station.network.wait(after(from, milliseconds(limitMs)));
  return toMilliseconds(between(from, clock.now()));
}

describe('waiting', () => {
  stationTest('lasts until its deadline, and not much longer', (station) => {
    station.start();
    station.forget();
    const late = Array.from({ length: 50 }, () => waited(station, 4) - 4).sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(-0.001);
    // The kernel's own slack of 50 us, and an idle processor's wake-up, are well below this.
    expect(late[25]).toBeLessThan(2);
    expect(readFileSync('/proc/self/timerslack_ns', 'utf8')).toBe('1\n');
  });

  const told: number[] = [];
  stationTest(
    'tells how late its end was, where it lasted until its deadline',
    (station) => {
      station.start();
      station.forget();
      told.length = 0;
      waited(station, 4);
      expect(told).toHaveLength(1);
      expect(told[0]).toBeGreaterThanOrEqual(0);
      expect(told[0]).toBeLessThan(1_000_000);
      // Not of a deadline that had passed before, which is nobody's timer.
      waited(station, -4);
      // Nor of one that something came before.
      station.host.ip('link set lo down');
      waited(station, 10_000);
      expect(told).toHaveLength(1);
    },
    { timerFired: (lateness) => told.push(lateness) },
  );

  stationTest('does not happen for a deadline that has passed', (station) => {
    station.start();
    station.forget();
    const from = clock.now();
    station.network.wait(from);
    station.network.wait(after(from, seconds(-5)));
    expect(toMilliseconds(between(from, clock.now()))).toBeLessThan(100);
  });

  stationTest('does not happen while there is something to tell', (station) => {
    station.start();
    expect(waited(station, 5_000)).toBeLessThan(2_000);
    station.receive();
    expect(station.events).not.toEqual([]);
  });

  stationTest('is ended by another thread, once for any number of wake-ups', (station) => {
    station.start();
    station.forget();
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads');
       const one = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
       for (let count = 0; count < 3; count += 1) require('node:fs').writeSync(workerData, one);`,
      { eval: true, workerData: station.network.wakeDescriptor },
    );
    expect(waited(station, 10_000)).toBeLessThan(5_000);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    station.receive();
    expect(waited(station, 50)).toBeGreaterThanOrEqual(49.9);
    expect(station.events).toEqual([]);
    return worker.terminate().then(() => undefined);
  });

  stationTest('does not happen after a wake-up that came before it', (station) => {
    station.start();
    station.forget();
    writeSync(station.network.wakeDescriptor, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]));
    expect(waited(station, 5_000)).toBeLessThan(2_000);
  });
});

describe('starting and stopping', () => {
  stationTest('leaves no descriptor open', (station) => {
    const before = openDescriptors();
    station.host.ip('link add eth0 type veth peer name eth1');
    station.start();
    station.join(eth0);
    station.join(eth0);
    station.network.watchProcess('web', process.pid);
    expect(openDescriptors()).toBeGreaterThan(before);
    station.network.stop();
    expect(openDescriptors()).toBe(before);
    station.network.stop();
    expect(station.start()).toBeNull();
    expect(station.join(eth0)).toBeNull();
  });

  stationTest(
    'leaves the wake-up open for another thread that does not know yet',
    (station) => {
      const before = openDescriptors();
      station.start();
      const { wakeDescriptor } = station.network;
      station.network.stop();
      expect(openDescriptors()).toBe(before + 1);
      expect(writeSync(wakeDescriptor, new Uint8Array(new BigUint64Array([1n]).buffer))).toBe(8);
      closeSync(wakeDescriptor);
    },
    { wakeUpStays: true },
  );

  stationTest('stops after a start that got half-way, wherever it failed', (station) => {
    const codes = [];
    for (let free = 0; codes.at(-1) !== null; free += 1) {
      const before = openDescriptors();
      const error = station.host.run(() =>
        withFreeDescriptors(free, () => station.network.start()),
      );
      codes.push(error?.code ?? null);
      station.network.stop();
      expect(openDescriptors()).toBe(before);
    }
    // An eventfd, two netlink sockets and a packet socket at least.
    expect(codes.length).toBeGreaterThan(4);
    expect(new Set(codes)).toEqual(new Set(['EMFILE', null]));
  });

  stationTest('leaves nothing open of a join that failed', (station) => {
    station.host.ip('link add eth0 type veth peer name eth1');
    station.start();
    const before = openDescriptors();
    const error = station.host.run(() =>
      withFreeDescriptors(0, () =>
        station.network.join({ ...channelOf(eth0), groups: [], receiveBufferOctets: null }),
      ),
    );
    expect(error).toEqual({ code: 'EMFILE', call: 'open raw socket' });
    expect(openDescriptors()).toBe(before);
    expect(station.join(eth0)).toBeNull();
  });

  stationTest('watches a process as soon as there is a descriptor for it', (station) => {
    station.start();
    station.forget();
    withFreeDescriptors(0, () => {
      station.network.watchProcess('web', process.pid);
      station.receive();
    });
    const before = openDescriptors();
    station.receive();
    expect(openDescriptors()).toBe(before + 1);
    expect(station.events).toEqual([]);
  });
});

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Runs something while only so many more files can be opened. */
function withFreeDescriptors<Value>(free: number, action: () => Value): Value {
  const limit = openDescriptors() + 64;
  const [, formerLimit = ''] = limitOfDescriptors();
  setLimitOfDescriptors(String(limit));
  const fillers: number[] = [];
  try {
    for (;;) fillers.push(openSync('/dev/null', 'r'));
  } catch {
    // None is left.
  }
  for (const filler of fillers.splice(0, free)) closeSync(filler);
  try {
    return action();
  } finally {
    for (const filler of fillers) closeSync(filler);
    setLimitOfDescriptors(formerLimit);
  }
}

function setLimitOfDescriptors(soft: string): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--nofile=${soft}:`]);
}

/** The whole line, and the soft limit in it. */
function limitOfDescriptors(): readonly string[] {
  const output = execFileSync(
    'prlimit',
    [`--pid=${process.pid}`, '--nofile', '--output=SOFT', '--noheadings'],
    { encoding: 'utf8' },
  );
  return /(\d+)/.exec(output) ?? [];
}
