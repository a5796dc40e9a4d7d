import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcessStatus, readAgeMs, readLivingProcess } from './process-status.ts';

const fields = 'S 1 2222 2222 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 4096 0';

describe('/proc/PID/stat', () => {
  it('tells name, state, group and start', () => {
    expect(parseProcessStatus(`2222 (nginx) ${fields}`)).toEqual({
      commandName: 'nginx',
      state: 'S',
      processGroupId: 2222,
      startTicks: 98765,
    });
  });

  it('may hold a name with spaces and parentheses', () => {
    expect(parseProcessStatus(`7 (a) R (b) ${fields}`)).toMatchObject({
      commandName: 'a) R (b',
      state: 'S',
    });
  });

  it('is nothing where fields are missing', () => {
    expect(parseProcessStatus('7 (a) S 1 2')).toBeNull();
  });

  it('is read from any text without an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseProcessStatus(text);
        parseProcessStatus(`1 (${text}`);
      }),
    );
  });

  it('is that of this very process, which is not as old as the machine', () => {
    const status = readLivingProcess(process.pid);
    expect(status).not.toBeNull();
    if (status === null) return;
    const ageMs = readAgeMs(status);
    const expectedMs = process.uptime() * 1_000;
    expect(ageMs).toBeGreaterThan(0);
    expect(Math.abs((ageMs ?? 0) - expectedMs)).toBeLessThan(2_000);
  });

  it('is nothing where there is no process', () => {
    expect(readLivingProcess(2 ** 30)).toBeNull();
  });
});
