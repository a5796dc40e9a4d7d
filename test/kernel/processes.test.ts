import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { after, between, seconds, toMilliseconds } from '../../src/base/units.ts';
import { clock, stationTest } from './station.ts';

async function startSleeper(): Promise<{ readonly child: ChildProcess; readonly id: number }> {
  const child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  return { child, id: child.pid ?? 0 };
}

function exited(service: string, processId: number): object {
  return { type: 'process-exited', service, processId };
}

describe('a watched process', () => {
  stationTest('is told within milliseconds of its end', async (station) => {
    station.start();
    const delays: number[] = [];
    for (let run = 0; run < 7; run += 1) {
      const { child, id } = await startSleeper();
      station.network.watchProcess('web', id);
      station.forget();
      const from = clock.now();
      child.kill('SIGKILL');
      expect(station.receiveUntil(() => station.events.length > 0)).toBe(true);
      delays.push(toMilliseconds(between(from, clock.now())));
      expect(station.events).toEqual([exited('web', id)]);
    }
    expect(delays.toSorted((a, b) => a - b)[3]).toBeLessThan(50);
  });

  stationTest('is told once, before its parent has asked for its status', async (station) => {
    station.start();
    const { child, id } = await startSleeper();
    station.network.watchProcess('web', id);
    station.forget();
    child.kill('SIGKILL');
    // Node reaps children on its event loop, which stands still here.
    station.receiveUntil(() => station.events.length > 0);
    station.receiveUntil(() => false, 100);
    expect(station.events).toEqual([exited('web', id)]);
  });

  stationTest('that has ended already is told without waiting', async (station) => {
    station.start();
    station.forget();
    const { child, id } = await startSleeper();
    child.kill('SIGKILL');
    await once(child, 'exit');
    station.network.watchProcess('web', id);
    station.network.watchProcess('other', -1);
    const from = clock.now();
    station.network.wait(after(from, seconds(5)));
    station.receive();
    expect(station.events).toEqual([exited('web', id), exited('other', -1)]);
    expect(toMilliseconds(between(from, clock.now()))).toBeLessThan(1_000);
  });

  stationTest('is told no more once it is not watched, or another is', async (station) => {
    station.start();
    const [first, second, third] = [
      await startSleeper(),
      await startSleeper(),
      await startSleeper(),
    ];
    station.network.watchProcess('web', first.id);
    station.network.watchProcess('web', second.id);
    station.network.watchProcess('mail', third.id);
    station.network.unwatchProcess('mail');
    station.network.unwatchProcess('never-watched');
    station.forget();
    for (const { child } of [first, third]) child.kill('SIGKILL');
    expect(station.receiveUntil(() => station.events.length > 0, 200)).toBe(false);
    second.child.kill('SIGKILL');
    expect(station.receiveUntil(() => station.events.length > 0)).toBe(true);
    expect(station.events).toEqual([exited('web', second.id)]);
  });

  stationTest('may be one of many, and each is told under its name', async (station) => {
    station.start();
    const sleepers = await Promise.all(Array.from({ length: 20 }, () => startSleeper()));
    sleepers.forEach(({ id }, number) => {
      station.network.watchProcess(`service-${number}`, id);
    });
    station.forget();
    for (const { child } of sleepers) child.kill('SIGKILL');
    expect(station.receiveUntil(() => station.events.length === sleepers.length)).toBe(true);
    const expected = sleepers.map(({ id }, number) => exited(`service-${number}`, id));
    expect(station.events).toEqual(expect.arrayContaining(expected));
  });
});
