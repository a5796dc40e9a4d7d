import * as fs from 'node:fs';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { instant } from '../base/units.ts';
import { FileLog } from './file-log.ts';

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  return { ...original, writeSync: vi.fn(original.writeSync) };
});

const clock = {
  now: () => instant(0),
  wallClockMs: () => new Date(2026, 10, 2, 21, 7, 49).getTime(),
};
const time = 'Mon Nov  2 21:07:49 2026';

describe('the log in a file', () => {
  let folder: string;
  let path: string;
  let complaints: string[];
  let log: FileLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-file-log-'));
    path = join(folder, 'log');
    complaints = [];
    log = new FileLog({ path, clock, complain: (text) => void complaints.push(text) });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const failOnce = (): void => {
    vi.mocked(fs.writeSync).mockImplementationOnce(() => {
      throw new Error('ENOSPC: no space left on device, write');
    });
  };

  it('is for its owner alone, and has the time before each line', () => {
    log.write('notice', 'one\ntwo');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(`${time}: one\n${time}: two\n`);
  });

  it('loses lines while the disk is full, says so once, and how many when it is not', () => {
    for (const text of ['one', 'two']) {
      failOnce();
      // From the second on, "lines are lost" is what fails, and then the line itself.
      if (text === 'two') failOnce();
      log.write('notice', text);
    }
    expect(complaints).toEqual([
      `Log file ${path} can't be written: ENOSPC: no space left on device, write`,
    ]);
    log.write('notice', 'three');
    log.write('notice', 'four');
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([
      `${time}: 2 lines before this are lost`,
      `${time}: three`,
      `${time}: four`,
      '',
    ]);
    failOnce();
    log.write('notice', 'five');
    expect(complaints).toHaveLength(2);
  });
});
