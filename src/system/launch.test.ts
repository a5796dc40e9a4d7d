import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { ScriptSecurityConfig } from '../model/config.ts';
import type { FinishedProcess } from '../ports/processes.ts';
import { supplementaryGroups } from './accounts.ts';
import { NodeProcesses } from './processes.ts';

const asRoot = process.getuid?.() === 0;
const lax: ScriptSecurityConfig = {
  enforced: false,
  keepSymbolicLinks: false,
  supplementaryGroups: false,
};

let folder = '';
let script = '';
let logged: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-launch-'));
  chmodSync(folder, 0o755);
  script = join(folder, 'script.sh');
  writeFileSync(script, '#!/bin/sh\necho "$0"; id -G\n', { mode: 0o755 });
});

beforeEach(() => {
  logged = [];
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(
  security: Partial<ScriptSecurityConfig>,
  command: Partial<Command> = {},
): Promise<FinishedProcess> {
  return runner(security).run(commandOf(command), seconds(20));
}

function runner(security: Partial<ScriptSecurityConfig>): NodeProcesses {
  const processes = new NodeProcesses({ log: { write: (_level, text) => logged.push(text) } });
  processes.secure({ ...lax, ...security });
  return processes;
}

function commandOf(command: Partial<Command>): Command {
  return { program: script, arguments: [], user: null, group: null, ...command };
}

describe.runIf(asRoot)('with script security', () => {
  it('what others may write to is not run as root, and the log says so once', async () => {
    chmodSync(script, 0o757);
    const reason = `${script} is not run as root: ${script} is writable by everybody`;
    const processes = runner({ enforced: true });
    for (let count = 0; count < 2; count += 1) {
      const { outcome } = await processes.run(commandOf({}), seconds(20));
      expect(outcome).toEqual({ type: 'not-executable', reason });
    }
    expect((await processes.start(commandOf({})).finished).outcome.type).toBe('not-executable');
    expect(logged).toEqual([`Script security: ${reason}`]);
    const { outcome } = await processes.run(commandOf({ user: '1' }), seconds(20));
    expect(outcome).toEqual({ type: 'exited', status: 0 });
    chmodSync(script, 0o755);
  });

  it('what only root may write to is run', async () => {
    expect((await run({ enforced: true })).outcome).toEqual({ type: 'exited', status: 0 });
    expect(logged).toEqual([]);
  });

  it('nothing is refused without it', async () => {
    chmodSync(script, 0o757);
    expect((await run({})).outcome).toEqual({ type: 'exited', status: 0 });
    chmodSync(script, 0o755);
  });
});

describe('a symbolic link to a script', () => {
  it('is followed before the start, unless it is to be kept', async () => {
    const link = join(folder, 'link');
    symlinkSync(script, link);
    const linked = { program: link };
    expect((await run({}, linked)).output.split('\n')[0]).toBe(script);
    expect((await run({ keepSymbolicLinks: true }, linked)).output.split('\n')[0]).toBe(link);
  });

  it('to a program keeps its name, which may be what the program goes by', async () => {
    const link = join(folder, 'sh-link');
    symlinkSync('/bin/sh', link);
    const { output } = await run({}, { program: link, arguments: ['-c', 'echo "$0"'] });
    expect(output).toBe(`${link}\n`);
  });
});

describe.runIf(asRoot)('a script of another user', () => {
  // There on every Debian.
  const user = 'daemon';

  it('has the groups that list its user where it is to have them', async () => {
    const groups = supplementaryGroups(user) ?? [];
    expect(groups.length).toBeGreaterThan(0);
    const { output } = await run({ supplementaryGroups: true }, { user, group: null });
    const shown = new Set((output.split('\n')[1] ?? '').split(' ').map(Number));
    expect(shown).toEqual(new Set(groups));
  });

  it('has its own group alone otherwise', async () => {
    const { output } = await run({}, { user, group: 'root' });
    expect(output.split('\n')[1]).toBe('0');
  });

  it('has them beside the group that is named', async () => {
    const { output } = await run({ supplementaryGroups: true }, { user, group: 'root' });
    const [own = NaN] = supplementaryGroups(user) ?? [];
    expect(output.split('\n')[1]).toBe(`0 ${String(own)}`);
  });
});
