import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JournalLog, leadsToJournal } from './journal-log.ts';

describe('the log for the journal', () => {
  it('has a priority and no time', () => {
    const printed: string[] = [];
    const log = new JournalLog({ print: (text) => printed.push(text) });
    log.write('error', 'bad\nworse');
    log.write('notice', '(VI_1) Entering MASTER STATE');
    log.write('debug', 'a\u001b[2Jb');
    expect(printed).toEqual([
      '<3>bad\n',
      '<3>worse\n',
      '<5>(VI_1) Entering MASTER STATE\n',
      '<7>a\\x1b[2Jb\n',
    ]);
  });

  it('is for the very stream that the service manager has named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-journal-'));
    const descriptor = openSync(join(folder, 'stream'), 'w');
    const { dev, ino } = fstatSync(descriptor);
    const stream = `${String(dev)}:${String(ino)}`;
    expect(leadsToJournal(descriptor, stream)).toBe(true);
    expect(leadsToJournal(descriptor, `${stream}1`)).toBe(false);
    expect(leadsToJournal(descriptor, undefined)).toBe(false);
    closeSync(descriptor);
    expect(leadsToJournal(descriptor, stream)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
