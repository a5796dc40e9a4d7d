import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { instant } from '../base/units.ts';
import { NodeTimer } from './node-timer.ts';
import { ReloadTimer } from './reload-timer.ts';

let folder = '';
let path = '';
let nowMs = 0;
let reloads = 0;
let logged: string[] = [];
let timer: ReloadTimer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-reload-'));
  path = join(folder, 'time');
  nowMs = Date.UTC(2026, 5, 1, 12, 0, 0);
  reloads = 0;
  logged = [];
  timer = new ReloadTimer({
    log: { write: (_level, text) => logged.push(text) },
    clock: { now: () => instant(0), wallClockMs: () => nowMs },
    timer: new NodeTimer(),
    reload: () => (reloads += 1),
  });
});

afterEach(() => {
  timer.close();
  rmSync(folder, { recursive: true });
  vi.useRealTimers();
});

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 1_000) {
    nowMs += Math.min(1_000, ms - passed);
    vi.advanceTimersByTime(Math.min(1_000, ms - passed));
  }
}

describe('a file with the time of a reload', () => {
  it('has Baton reload then, once, and is removed', () => {
    vi.useFakeTimers();
    writeFileSync(path, '12:00:30Z\n');
    timer.follow({ timeFile: path, repeat: false });
    expect(logged).toEqual([expect.stringContaining('Reload scheduled for')]);
    pass(29_000);
    expect([reloads, existsSync(path)]).toEqual([0, true]);
    pass(1_000);
    expect([reloads, existsSync(path)]).toEqual([1, false]);
    pass(2 * 86_400_000);
    expect(reloads).toBe(1);
  });

  it('is kept, and counts each day, where it is to be repeated', () => {
    vi.useFakeTimers();
    writeFileSync(path, '12:00:30Z\n');
    timer.follow({ timeFile: path, repeat: true });
    pass(30_000);
    expect([reloads, existsSync(path)]).toEqual([1, true]);
    pass(86_400_000);
    expect(reloads).toBe(2);
  });

  it('counts by the wall clock, though that is set', () => {
    vi.useFakeTimers();
    writeFileSync(path, '18:00:00Z\n');
    timer.follow({ timeFile: path, repeat: false });
    nowMs += 6 * 3_600_000;
    pass(10_000);
    expect(reloads).toBe(1);
  });

  it('is noticed when it comes, changes and goes', async () => {
    timer.follow({ timeFile: path, repeat: false });
    expect(logged).toEqual([]);
    writeFileSync(path, 'at noon\n');
    await vi.waitFor(() => {
      expect(logged).toEqual([expect.stringContaining('"at noon" is no time')]);
    });
    writeFileSync(path, '12:00:01Z\n');
    await vi.waitFor(() => {
      expect(logged).toHaveLength(2);
    });
    nowMs += 5_000;
    await vi.waitFor(
      () => {
        expect(reloads).toBe(1);
      },
      { timeout: 3_000 },
    );
    expect(existsSync(path)).toBe(false);
  });

  it('is no more looked after once the configuration names none', () => {
    vi.useFakeTimers();
    writeFileSync(path, '12:00:30Z\n');
    timer.follow({ timeFile: path, repeat: false });
    timer.follow({ timeFile: null, repeat: false });
    pass(60_000);
    expect([reloads, existsSync(path)]).toEqual([0, true]);
  });
});
