/** What `baton replay` says, of recordings that a core has played before. */
import { describe, expect, it } from 'vitest';
import { config, instanceConfig } from '../../test/scenario/configuration.ts';
import { failure, success } from '../base/result.ts';
import { instant, seconds } from '../base/units.ts';
import { emptySnapshot } from '../model/defaults.ts';
import type { Effect } from '../model/effect.ts';
import type { CommandContext } from './command-context.ts';
import type { OpenedReplay, ReplayedLine } from './opened-replay.ts';
import { replayCommand, type ReplayOptions } from './replay.ts';

const wallClockMs = new Date(2026, 4, 4, 14, 0, 0).getTime();

const header: OpenedReplay['header'] = {
  recording: 1,
  baton: '0.1.0',
  wallClockMs,
  at: instant(5_000_000),
  config: config({ instances: [instanceConfig()] }),
};

const becomesMaster: readonly Effect[] = [
  { type: 'write-log', level: 'notice', text: '(VI_1) Entering MASTER STATE' },
  {
    type: 'write-journal',
    number: 1,
    because: [],
    entry: {
      kind: 'transition',
      instance: 'VI_1',
      from: 'Backup',
      to: 'Master',
      reason: 'no master heard',
      priority: 100,
      cause: { type: 'started' },
    },
  },
];

const same = { difference: null, threw: null };

const input = (
  line: number,
  atS: number,
  effects: readonly Effect[],
  outcome: Pick<ReplayedLine & { type: 'input' }, 'difference' | 'threw'> = same,
): ReplayedLine => ({
  type: 'input',
  line,
  at: instant((5 + atS) * 1_000_000),
  elapsed: seconds(atS),
  timeMs: wallClockMs + atS * 1_000,
  event: { type: 'time-passed' },
  effects,
  ...outcome,
});

const stopped: ReplayedLine = { type: 'end', line: 4, end: { end: 'stopped', inputs: 2 } };
const story = [input(2, 1, []), input(3, 3.609375, becomesMaster)];

async function play(
  steps: readonly ReplayedLine[] | string,
  given: Partial<ReplayOptions> = {},
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const text = { stdout: '', stderr: '' };
  const output = (stream: 'stdout' | 'stderr') => ({
    isTerminal: false,
    async write(written: string) {
      text[stream] += written;
      return Promise.resolve();
    },
  });
  // eslint-disable-next-line @typescript-eslint/require-await -- an iterable that has all at once
  const lines = async function* () {
    if (typeof steps !== 'string') yield* steps;
  };
  const context: Pick<CommandContext, 'terminal' | 'version' | 'openReplay'> = {
    terminal: {
      stdout: output('stdout'),
      stderr: output('stderr'),
      closed: new AbortController().signal,
      environment: {},
    },
    version: '0.1.0',
    openReplay: async () =>
      Promise.resolve(
        typeof steps === 'string'
          ? failure(steps)
          : success({ header, steps: lines(), snapshot: () => emptySnapshot }),
      ),
  };
  const options = { path: '/r', effects: false, json: false, untilS: null, ...given };
  const exitCode = await replayCommand(options, context);
  return { exitCode, ...text };
}

describe('baton replay', () => {
  it('tells the story, and that all was the same', async () => {
    expect(await play([...story, stopped])).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: [
        'recorded by Baton 0.1.0 from 2026-05-04 14:00:00.000: VI_1',
        '2026-05-04 14:00:03.609  VI_1 Backup -> Master: no master heard (priority 100)',
        '2 inputs in 3.609 s: all 2 effects identical',
        'it ends where Baton stopped',
        '',
      ].join('\n'),
    });
  });

  it('shows each input with its effects', async () => {
    const { stdout } = await play([...story, stopped], { effects: true });
    expect(stdout.split('\n').slice(1, 5)).toEqual([
      '   1.000000  time passed',
      '   3.609375  time passed',
      '               log notice: (VI_1) Entering MASTER STATE',
      '               journal: VI_1 Backup -> Master, priority 100: no master heard',
    ]);
  });

  it('speaks JSON, and keeps its verdict out of it', async () => {
    const { stdout, stderr } = await play([...story, stopped], { json: true });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ line: 3, event: { type: 'time-passed' }, same: true });
    expect(stderr).toContain('identical');
  });

  it('goes no further than it is asked to', async () => {
    const { stdout, exitCode } = await play([...story, stopped], { untilS: 2 });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 inputs in 1.000 s: all 0 effects identical\nplayed until 2 s\n');
  });

  it('shows the first difference with its place, and counts the others', async () => {
    const difference = { recorded: ['finish'], recordedFailure: null, failure: null };
    const other = input(3, 3.6, becomesMaster, { difference, threw: null });
    const failing = input(4, 4, [], {
      difference: { recorded: [], recordedFailure: null, failure: 'a bug' },
      threw: 'a bug',
    });
    const { stdout, stderr, exitCode } = await play([story[0] ?? stopped, other, failing]);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      [
        'baton: /r, line 3: the first difference, 3.6 s from the beginning',
        '  told:      time passed',
        '  recorded:  finish',
        '  now:       write-log, write-journal',
        '             log notice: (VI_1) Entering MASTER STATE',
        '             journal: VI_1 Backup -> Master, priority 100: no master heard',
        '',
      ].join('\n'),
    );
    expect(stdout).toContain('3 inputs in 4.000 s: 2 answered otherwise than recorded\n');
    expect(stdout).toContain('nothing says why it ends');
  });

  it('says of a bug that was recorded that it is there again', async () => {
    const threw = input(3, 3.6, [], { difference: null, threw: 'a bug' });
    const { stdout, exitCode } = await play([threw]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('line 3: Baton failed here, now as then: a bug\n');
  });

  it.each<[ReplayedLine, number, string]>([
    [{ type: 'unreadable', line: 7, error: 'no object' }, 1, 'baton: /r, line 7: no object\n'],
    [{ type: 'cut-off', line: 7 }, 0, ''],
  ])('says what is wrong with a line: %j', async (step, code, error) => {
    const { stdout, stderr, exitCode } = await play([...story, step]);
    expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: error });
    expect(stdout.includes('line 7 is cut off, and was left out')).toBe(code === 0);
  });

  it('says why there is nothing to play', async () => {
    expect(await play('no such file')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'baton: /r: no such file\n',
    });
  });

  it('lets no control character through', async () => {
    const evil: Effect = { type: 'write-log', level: 'info', text: '\u001b[31mred' };
    const { stdout } = await play([input(2, 1, [evil])], { effects: true });
    expect(stdout).not.toContain('\u001b');
  });
});
