import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSysctl } from './sysctl.ts';
import { SysctlLedger } from './sysctl-ledger.ts';

/** One that every host has. Nothing here changes it. */
const path = 'ipv4/conf/lo/arp_filter';
const written = readSysctl(path) ?? '';
const change = { path, before: '7', written };

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'baton-ledger-'));
  file = join(directory, 'baton.state');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function note(): void {
  new SysctlLedger(file).note(change);
}

describe('what was written down', () => {
  it('is known to who starts after a kill, and to nobody else readable', () => {
    note();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const next = new SysctlLedger(file);
    expect(next.left).toEqual([change]);
    expect(next.before(path)).toBe('7');
  });

  it('is gone once all is restored', () => {
    const ledger = new SysctlLedger(file);
    ledger.note(change);
    ledger.forget(path);
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('stays while it is neither taken over nor back', () => {
    note();
    const next = new SysctlLedger(file);
    const other = { path: 'ipv4/conf/lo/arp_ignore', before: '1', written: '2' };
    next.note(other);
    next.forget(other.path);
    expect(new SysctlLedger(file).left).toEqual([change]);
    expect(next.inherit(path)).toBe('7');
    expect(next.inherit(path)).toBeNull();
    expect(next.left).toEqual([]);
  });

  it('is of no account where the parameter has got another value since', () => {
    new SysctlLedger(file).note({ ...change, written: '9' });
    expect(new SysctlLedger(file).left).toEqual([]);
  });
});

describe('a file', () => {
  it.each<[string, (text: string) => string]>([
    ['of another boot', (text) => text.replace(/"boot":"[^"]*/, '"boot":"other')],
    ['of another network', (text) => text.replace(/net:\[\d+/, 'net:[1')],
    ['of another version', (text) => text.replace('"version":1', '"version":2')],
    ['that leads out', (text) => text.replace(path, 'ipv4/../../kernel/domainname')],
    ['with another value than a number', (text) => text.replace('"7"', '"a b"')],
    ['that was cut off', (text) => text.slice(0, -5)],
    ['of nothing', () => ''],
    ['of something else', () => '[null]'],
  ])('%s is not believed', (_, spoil) => {
    note();
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    expect(new SysctlLedger(file).left).toEqual([]);
  });

  it('that others may write is not believed', () => {
    note();
    chmodSync(file, 0o620);
    expect(new SysctlLedger(file).left).toEqual([]);
  });

  it('that can not be written hinders nobody', () => {
    new SysctlLedger(join(directory, 'none', 'file')).note(change);
    new SysctlLedger(null).note(change);
  });
});
