/** Every command from its words to its text and exit code, with a fake Baton to ask. */
import { describe, expect, it } from 'vitest';
import type { ControlClient } from '../api/client.ts';
import type { ControlFailure } from '../api/control-failure.ts';
import { failure, success } from '../base/result.ts';
import { emptySnapshot } from '../model/defaults.ts';
import type { JournalLine } from '../ports/journal.ts';
import type { ReportedDiagnostic } from './check-report.ts';
import type { CleanUpReport, CleanUpRequest } from './cleanup-report.ts';
import type { CommandContext } from './command-context.ts';
import { runProgram } from './program.ts';
import type { RunOptions } from './run-options.ts';

const identity = {
  version: '0.1.0',
  processId: 4242,
  startedAtMs: 0,
  configurationPath: '/etc/keepalived/keepalived.conf',
};

const notRunning: ControlFailure = { code: 'not-running', message: 'Baton is not running: why' };

const lines: readonly JournalLine[] = [
  { sequence: 1, timeMs: 0, entry: { kind: 'config', detail: 'loaded' }, because: [] },
  { sequence: 2, timeMs: 5, entry: { kind: 'config', detail: 'reloaded' }, because: [1] },
];

const runningBaton: ControlClient = {
  status: async () =>
    Promise.resolve(success({ type: 'status', identity, snapshot: emptySnapshot })),
  async events({ after, follow }, take) {
    for (const line of lines) if (line.sequence > (after ?? 0)) await take(line);
    return success(follow ? 'stopping' : 'complete');
  },
  pass: async (instance) =>
    Promise.resolve(
      success(
        instance === 'VI_9'
          ? failure('there is no instance VI_9')
          : success(`${instance ?? 'VI_1, VI_2'} handed over`),
      ),
    ),
  reload: async (service) =>
    Promise.resolve(
      success(success(service === null ? '1 instance changed' : `${service}: reloading`)),
    ),
  upgrade: async () => Promise.resolve(success(failure('process 7 ended: this Baton goes on'))),
  succeed: async () => Promise.resolve(success(failure('not now'))),
  stop: async () => Promise.resolve(success(identity)),
};

function failingBaton(error: ControlFailure): ControlClient {
  const refuse = async () => Promise.resolve(failure(error));
  const asked = { status: refuse, events: refuse, pass: refuse, reload: refuse };
  return { ...asked, upgrade: refuse, succeed: refuse, stop: refuse };
}

function diagnostic(severity: ReportedDiagnostic['severity']): ReportedDiagnostic {
  return {
    severity,
    file: 'k.conf',
    line: 3,
    column: 5,
    message: 'unknown keyword',
    code: 'unknown-keyword',
    hint: null,
    formatted: `k.conf:3:5: ${severity}: unknown keyword\n    prioriti 100\n    ^`,
  };
}

interface Played {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The socket paths that were connected to. */
  readonly asked: readonly string[];
  readonly daemons: readonly RunOptions[];
  readonly cleaned: readonly CleanUpRequest[];
  readonly files: ReadonlyMap<string, string>;
}

interface Scene {
  readonly baton?: ControlClient;
  readonly diagnostics?: readonly ReportedDiagnostic[];
  readonly isTerminal?: boolean;
  readonly environment?: Record<string, string>;
  readonly openReplay?: CommandContext['openReplay'];
  readonly leftovers?: CleanUpReport;
}

async function play(args: readonly string[], scene: Scene = {}): Promise<Played> {
  const text = { stdout: '', stderr: '' };
  const asked: string[] = [];
  const daemons: RunOptions[] = [];
  const cleaned: CleanUpRequest[] = [];
  const files = new Map<string, string>();
  const output = (stream: 'stdout' | 'stderr') => ({
    isTerminal: scene.isTerminal ?? false,
    async write(written: string) {
      text[stream] += written;
      return Promise.resolve();
    },
  });
  const context: CommandContext = {
    terminal: {
      stdout: output('stdout'),
      stderr: output('stderr'),
      closed: new AbortController().signal,
      environment: scene.environment ?? {},
    },
    version: '0.1.0',
    connect(path) {
      asked.push(path);
      return scene.baton ?? runningBaton;
    },
    checkConfiguration: () => scene.diagnostics ?? [],
    openReplay: scene.openReplay ?? (async () => Promise.resolve(failure('no such file'))),
    playInSimulator: () => Promise.resolve(),
    async cleanUp(request) {
      cleaned.push(request);
      return Promise.resolve(scene.leftovers ?? { type: 'done', things: [] });
    },
    async runDaemon(options) {
      daemons.push(options);
      return Promise.resolve(0);
    },
    async writeFile(path, contents) {
      if (path.startsWith('/none/')) return Promise.reject(new Error('no such directory'));
      files.set(path, contents);
      return Promise.resolve();
    },
    wallClockMs: () => 60_000,
  };
  const exitCode = await runProgram(args, context);
  return { exitCode, ...text, asked, daemons, cleaned, files };
}

describe('baton cleanup', () => {
  it('says what it has removed, or would', async () => {
    const things = [{ what: 'route 198.51.100.0/24 in table 254', error: null }];
    const leftovers = { type: 'done', things } as const;
    expect(await play(['cleanup', '--pid', '/x/b.pid', '--socket', '/x/s'], { leftovers })).toEqual(
      expect.objectContaining({
        exitCode: 0,
        stdout: 'removed route 198.51.100.0/24 in table 254\n',
        stderr: '',
        cleaned: [
          {
            places: { pidPath: '/x/b.pid', socketPath: '/x/s', statePath: '/x/b.state' },
            dryRun: false,
          },
        ],
      }),
    );
    const dry = await play(['cleanup', '--dry-run'], { leftovers });
    expect(dry.stdout).toBe('would remove route 198.51.100.0/24 in table 254\n');
    expect(dry.cleaned).toMatchObject([{ dryRun: true }]);
    expect(await play(['cleanup'])).toMatchObject({ exitCode: 0, stdout: 'nothing left\n' });
  });

  it('says what it can not remove, and why it refuses', async () => {
    const left = (error: string): CleanUpReport => {
      return { type: 'done', things: [{ what: 'interface vrrp.51', error }] };
    };
    expect(await play(['cleanup'], { leftovers: left('remove: EBUSY') })).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: "baton cleanup: can't remove interface vrrp.51: remove: EBUSY\n",
    });
    expect((await play(['cleanup'], { leftovers: left('remove: EPERM') })).exitCode).toBe(4);
    const leftovers = { type: 'refused', reason: 'process 7 of /run/baton.pid lives' } as const;
    expect(await play(['cleanup'], { leftovers })).toMatchObject({
      exitCode: 1,
      stderr: 'baton cleanup: nothing is removed: process 7 of /run/baton.pid lives\n',
    });
  });
});

describe('baton', () => {
  it('prints its version and help', async () => {
    expect(await play(['--version'])).toMatchObject({ exitCode: 0, stdout: 'Baton 0.1.0\n' });
    const help = await play(['--help']);
    expect(help.exitCode).toBe(0);
    const names = [
      'run',
      'check',
      'status',
      'events',
      'pass',
      'reload',
      'stop',
      'explain',
      'replay',
      'lab',
    ];
    for (const name of names) {
      expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
      expect((await play([name, '--help'])).stdout, name).toContain(`baton ${name}`);
    }
  });

  it.each([
    [[]],
    [['dance']],
    [['status', '--jason']],
    [['status', 'VI_1']],
    [['stop', '--socket']],
    [['replay']],
    [['replay', 'r', '--until', 'noon']],
  ])('refuses %j with exit code 2 and a word of help', async (args) => {
    const played = await play(args);
    expect(played).toMatchObject({ exitCode: 2, stdout: '', asked: [] });
    expect(played.stderr).toMatch(/--help|Usage/);
  });
});

describe('baton run', () => {
  it('hands the options to the daemon and answers its exit code', async () => {
    const played = await play(['run', '--dont-fork', '-D', '-f', '/k.conf', '']);
    expect(played).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(played.daemons).toMatchObject([
      { configurationPath: '/k.conf', log: { syslogFacility: 'daemon', detail: 1 } },
    ]);
  });

  it.each([
    [['run', '-V']],
    [['run', '-nlD']],
    [['run', '', '-S', '3']],
    [['run', '--dont-fork', '']],
    [['run']],
  ])('takes %j for flags of its own', async (args) => {
    expect((await play(args)).daemons).toHaveLength(1);
  });

  it('prints version, help and signal numbers without running', async () => {
    expect(await play(['run', '-v'])).toMatchObject({ stdout: 'Baton 0.1.0\n', daemons: [] });
    expect((await play(['run', '-h'])).stdout).toContain('-f, --use-file FILE');
    expect(await play(['run', '--signum=RELOAD'])).toMatchObject({ exitCode: 0, stdout: '1\n' });
    expect(await play(['run', '--signum', 'STOP'])).toMatchObject({ exitCode: 0, stdout: '15\n' });
    expect(await play(['run', '--signum=JSON'])).toMatchObject({ exitCode: 0, stdout: '36\n' });
    const unknown = await play(['run', '--signum=SONG']);
    expect(unknown).toMatchObject({ exitCode: 1, stdout: '' });
    expect(unknown.stderr).toContain("there is no signal for 'SONG'");
  });

  it('refuses what it does not know with exit code 2', async () => {
    expect(await play(['run', '-Z'])).toMatchObject({
      exitCode: 2,
      stderr: 'baton run: unknown option -Z\nbaton run --help lists every option.\n',
      daemons: [],
    });
  });

  it('tests the configuration with the exit codes of keepalived', async () => {
    expect(await play(['run', '-t', '-f', 'k.conf'])).toMatchObject({
      exitCode: 0,
      stderr: 'k.conf: nothing to complain about\n',
    });
    const written = await play(['run', '--config-test=/tmp/log', '-f', 'k.conf'], {
      diagnostics: [diagnostic('error')],
    });
    expect(written).toMatchObject({ exitCode: 5, stderr: '', daemons: [] });
    expect(written.files.get('/tmp/log')).toContain('k.conf: 1 error; baton run would not start');
    const unwritable = await play(['run', '--config-test=/none/log']);
    expect(unwritable).toMatchObject({ exitCode: 1 });
    expect(unwritable.stderr).toContain(
      "can't write the report of --config-test: no such directory",
    );
  });
});

describe('baton check', () => {
  it('prints each diagnostic and a summary', async () => {
    const diagnostics = [diagnostic('error'), diagnostic('warning'), diagnostic('warning')];
    const played = await play(['check', 'k.conf'], { diagnostics });
    expect(played.exitCode).toBe(1);
    expect(played.stdout).toMatchInlineSnapshot(`
      "k.conf:3:5: error: unknown keyword
          prioriti 100
          ^

      k.conf:3:5: warning: unknown keyword
          prioriti 100
          ^

      k.conf:3:5: warning: unknown keyword
          prioriti 100
          ^

      k.conf: 1 error, 2 warnings; baton run would not start
      "
    `);
  });

  it('is content with warnings and notes', async () => {
    const diagnostics = [diagnostic('warning'), diagnostic('note')];
    const played = await play(['check', 'k.conf'], { diagnostics });
    expect(played.exitCode).toBe(0);
    expect(played.stdout).toMatch(/k\.conf: 1 warning, 1 note; baton run would start\n$/);
  });

  it('speaks JSON', async () => {
    const played = await play(['check', '--json', 'k.conf'], {
      diagnostics: [diagnostic('error')],
    });
    expect(JSON.parse(played.stdout)).toEqual({
      file: 'k.conf',
      errors: 1,
      warnings: 0,
      notes: 0,
      diagnostics: [
        {
          severity: 'error',
          code: 'unknown-keyword',
          file: 'k.conf',
          line: 3,
          column: 5,
          message: 'unknown keyword',
          hint: null,
        },
      ],
    });
  });

  it("looks at keepalived's own file where none is named", async () => {
    expect((await play(['check'])).stdout).toBe(
      '/etc/keepalived/keepalived.conf: nothing to complain about\n',
    );
  });
});

describe('baton status', () => {
  it('has colours on a terminal, unless NO_COLOR says otherwise', async () => {
    const baton: ControlClient = {
      ...runningBaton,
      status: async () =>
        Promise.resolve(
          success({
            type: 'status',
            identity,
            snapshot: {
              ...emptySnapshot,
              scripts: [
                { name: 'chk', status: 'up', runs: 1, contrary: 0, running: false, lastDetail: '' },
              ],
            },
          }),
        ),
    };
    const escape = '\u001b[';
    expect((await play(['status'], { baton })).stdout).not.toContain(escape);
    expect((await play(['status'], { baton, isTerminal: true })).stdout).toContain(escape);
    const without = { baton, isTerminal: true, environment: { NO_COLOR: '1' } };
    expect((await play(['status'], without)).stdout).not.toContain(escape);
  });

  it('speaks JSON: who answers, and the snapshot', async () => {
    const played = await play(['status', '--json']);
    expect(JSON.parse(played.stdout)).toEqual({ identity, ...emptySnapshot });
    expect(played.stdout.split('\n')).toHaveLength(2);
  });
});

describe('baton events', () => {
  it('tells those that are kept, as text or as JSON', async () => {
    expect((await play(['events'])).stdout).toMatch(/configuration: loaded\n.*: reloaded\n$/);
    const json = await play(['events', '--json', '--after', '1']);
    expect(json.stdout).toBe(`${JSON.stringify(lines[1])}\n`);
  });

  it('says when there will be no more', async () => {
    const played = await play(['events', '--follow']);
    expect(played).toMatchObject({
      exitCode: 0,
      stderr: 'baton: Baton has stopped, and there are no more events\n',
    });
  });

  it.each(['-1', 'x', '1.5', ''])('refuses --after %j', async (after) => {
    expect(await play(['events', '--after', after])).toMatchObject({ exitCode: 2, asked: [] });
  });
});

describe('baton pass, reload and stop', () => {
  it('say what happened', async () => {
    expect(await play(['pass', 'VI_1'])).toMatchObject({
      exitCode: 0,
      stdout: 'VI_1 handed over\n',
    });
    expect(await play(['pass'])).toMatchObject({ exitCode: 0, stdout: 'VI_1, VI_2 handed over\n' });
    expect(await play(['reload'])).toMatchObject({ exitCode: 0, stdout: '1 instance changed\n' });
    expect(await play(['reload', '--service', 'nginx'])).toMatchObject({
      exitCode: 0,
      stdout: 'nginx: reloading\n',
    });
    expect(await play(['stop'])).toMatchObject({
      exitCode: 0,
      stdout: 'Baton (process 4242) has stopped\n',
    });
  });

  it('say why nothing happened', async () => {
    expect(await play(['pass', 'VI_9'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'baton: nothing was handed over: there is no instance VI_9\n',
    });
    const baton: ControlClient = {
      ...runningBaton,
      reload: async () => Promise.resolve(success(failure(diagnostic('error').formatted))),
    };
    const refused = await play(['reload'], { baton });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatchInlineSnapshot(`
      "k.conf:3:5: error: unknown keyword
          prioriti 100
          ^

      baton: nothing was changed: mend the configuration, then reload again
      "
    `);
  });
});

describe('baton upgrade', () => {
  it('says who has taken whose place, once that answers', async () => {
    let asked = 0;
    const baton: ControlClient = {
      ...runningBaton,
      upgrade: async () => Promise.resolve(success(success('process 4243 has taken over'))),
      status: async () => {
        asked += 1;
        if (asked === 2) return Promise.resolve(failure(notRunning));
        const processId = asked === 1 ? 4242 : 4243;
        const answers = { ...identity, processId };
        return Promise.resolve(
          success({ type: 'status', identity: answers, snapshot: emptySnapshot }),
        );
      },
    };
    expect(await play(['upgrade'], { baton })).toMatchObject({
      exitCode: 0,
      stdout: 'Baton 0.1.0 (process 4243) has taken the place of Baton 0.1.0 (process 4242)\n',
    });
  });

  it('says why nobody has', async () => {
    expect(await play(['upgrade'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'baton: process 7 ended: this Baton goes on\n',
    });
  });
});

describe('every command that asks the running Baton', () => {
  const commands = [
    ['status'],
    ['explain'],
    ['events'],
    ['pass'],
    ['reload'],
    ['upgrade'],
    ['stop'],
  ];

  it.each(commands)('%s asks at /run/baton.sock, or where --socket says', async (name) => {
    expect((await play([name])).asked).toEqual(['/run/baton.sock']);
    expect((await play([name, '--socket', '/tmp/b.sock'])).asked).toEqual(['/tmp/b.sock']);
  });

  it.each(commands)('%s ends with 3 when Baton is not running, and says so', async (name) => {
    expect(await play([name], { baton: failingBaton(notRunning) })).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: 'baton: Baton is not running: why\n',
    });
  });

  it.each(commands)('%s ends with 4 without permission, and 1 for the rest', async (name) => {
    const noPermission = failingBaton({ code: 'no-permission', message: 'no' });
    expect((await play([name], { baton: noPermission })).exitCode).toBe(4);
    for (const code of ['no-answer', 'connection-lost', 'refused'] as const) {
      expect((await play([name], { baton: failingBaton({ code, message: 'no' }) })).exitCode).toBe(
        1,
      );
    }
  });
});
