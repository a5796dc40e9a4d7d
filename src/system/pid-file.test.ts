import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PidFile } from './pid-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-pid-'));
const path = join(folder, 'baton.pid');

afterEach(() => {
  rmSync(path, { force: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Two processes of one program stand in for two Batons. */
async function withTwoPrograms(
  test: (one: number, other: number) => void | Promise<void>,
): Promise<void> {
  const programs = [spawn('sleep', ['60']), spawn('sleep', ['60'])];
  await Promise.all(programs.map((program) => once(program, 'spawn')));
  const [one, other] = programs.map((program) => program.pid ?? 0);
  try {
    await test(one ?? 0, other ?? 0);
  } finally {
    for (const program of programs) program.kill('SIGKILL');
  }
}

describe('the pid file', () => {
  it('names the process, can be read by all, and goes with it', () => {
    const created = PidFile.create(path);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    expect(statSync(path).mode & 0o133).toBe(0);
    if (created.ok) created.value.remove();
    expect(() => statSync(path)).toThrow('ENOENT');
  });

  it('is refused while another Baton that lives holds it', () =>
    withTwoPrograms((one, other) => {
      expect(PidFile.create(path, { processId: one }).ok).toBe(true);
      const second = PidFile.create(path, { processId: other });
      expect(second.ok || second.error).toBe(`Baton is already running: process ${one} of ${path}`);
      expect(readFileSync(path, 'utf8')).toBe(`${one}\n`);
    }));

  it('may be created again by its own process', () => {
    expect(PidFile.create(path).ok && PidFile.create(path).ok).toBe(true);
  });

  it('of a process that is dead is replaced', () =>
    withTwoPrograms((one) => {
      writeFileSync(path, '1073741824\n');
      expect(PidFile.create(path, { processId: one }).ok).toBe(true);
      expect(readFileSync(path, 'utf8')).toBe(`${one}\n`);
    }));

  it('of a number that another program has by now is replaced', () =>
    withTwoPrograms((one) => {
      writeFileSync(path, `${process.pid}\n`);
      expect(PidFile.create(path, { processId: one }).ok).toBe(true);
    }));

  it('that holds no number is replaced', () => {
    writeFileSync(path, 'so\n');
    expect(PidFile.create(path).ok).toBe(true);
  });

  it('that names another process by now is left alone', () => {
    const created = PidFile.create(path);
    writeFileSync(path, '12345\n');
    if (created.ok) created.value.remove();
    expect(readFileSync(path, 'utf8')).toBe('12345\n');
  });

  it('that can not be written is an error in words', () => {
    const created = PidFile.create('/nonexistent/baton.pid');
    expect(created.ok || created.error).toMatch(/ENOENT/);
  });
});
