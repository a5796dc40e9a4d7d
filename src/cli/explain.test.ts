/** `baton explain` from its options to its text; its wording is in src/core/scenarios/explain-*. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyConfig, anyStory } from '../../test/scenario/arbitrary.ts';
import { config, instanceConfig } from '../../test/scenario/configuration.ts';
import { Play } from '../../test/scenario/play.ts';
import type { ControlClient } from '../api/client.ts';
import { failure, success } from '../base/result.ts';
import { instant, zero } from '../base/units.ts';
import { emptySnapshot } from '../model/defaults.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { JournalLine } from '../ports/journal.ts';
import type { CommandContext } from './command-context.ts';
import { explainCommand, type ExplainOptions } from './explain.ts';
import { explain, explanationText } from './explanation.ts';
import { storyOf, type OpenedReplay } from './opened-replay.ts';

const startMs = new Date(2026, 4, 4, 12, 0, 0).getTime();
const settings = config({ instances: [instanceConfig({ name: 'VI_1' })] });

/** A lone router's way to Master, as its journal and status tell it. */
function lonely(): { readonly lines: readonly JournalLine[]; readonly snapshot: Snapshot } {
  const lines: JournalLine[] = [];
  const play = new Play(settings, ({ now }, effects) => {
    lines.push(...storyOf({ effects, timeMs: startMs + now / 1_000 }));
  });
  play.runTo(instant(5_000_000));
  return { lines, snapshot: play.core.snapshot(play.now) };
}

const { lines, snapshot } = lonely();

interface Scene {
  readonly snapshot?: Snapshot;
  readonly lines?: readonly JournalLine[];
  readonly replay?: OpenedReplay | string;
}

async function play(given: Partial<ExplainOptions> = {}, scene: Scene = {}) {
  const text = { stdout: '', stderr: '' };
  const output = (stream: 'stdout' | 'stderr') => ({
    isTerminal: false,
    async write(written: string) {
      text[stream] += written;
      return Promise.resolve();
    },
  });
  const identity = { version: '1', processId: 1, startedAtMs: 0, configurationPath: '/k.conf' };
  const client: Pick<ControlClient, 'status' | 'events'> = {
    status: async () =>
      Promise.resolve(
        success({ type: 'status', identity, snapshot: scene.snapshot ?? snapshot } as const),
      ),
    async events(_, take) {
      for (const line of scene.lines ?? lines) await take(line);
      return success('complete' as const);
    },
  };
  const replay = scene.replay ?? 'no such file';
  const context: Parameters<typeof explainCommand>[1] = {
    terminal: {
      stdout: output('stdout'),
      stderr: output('stderr'),
      closed: new AbortController().signal,
      environment: {},
    },
    connect: () => client as ReturnType<CommandContext['connect']>,
    openReplay: async () =>
      Promise.resolve(typeof replay === 'string' ? failure(replay) : success(replay)),
    wallClockMs: () => startMs + 5_000,
  };
  const options = { socketPath: '/s', recordingPath: null, instance: null, json: false, ...given };
  return { exitCode: await explainCommand(options, context), ...text };
}

const words =
  'VI_1 became Master at 12:00:03.609, 1.4 s ago, since no advert had come in the 3.609 s since ' +
  'it became Backup (Master_Down_Interval = 3 × 1 s + 0.609 s skew at priority 100).';

describe('baton explain', () => {
  it('asks the running Baton, and says why each instance is what it is', async () => {
    expect(await play()).toEqual({ exitCode: 0, stderr: '', stdout: `${words}\n` });
    expect((await play({ instance: 'VI_1' })).stdout).toBe(`${words}\n`);
  });

  it('knows the instances that there are', async () => {
    expect(await play({ instance: 'VI_9' })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'baton: there is no instance VI_9; there are: VI_1\n',
    });
  });

  it('speaks JSON: the transition with its facts, what led to it, and the words', async () => {
    const { stdout } = await play({ json: true });
    expect(JSON.parse(stdout)).toMatchObject({
      instance: 'VI_1',
      transition: { entry: { to: 'Master', cause: { type: 'master-silent', master: null } } },
      causes: [],
      text: words,
    });
  });

  it('says so where the journal does not reach back', async () => {
    expect((await play({}, { lines: [] })).stdout).toBe(
      'VI_1 has been in Master for 1.4 s; the journal does not say why.\n',
    );
    expect((await play({}, { lines: [], snapshot: emptySnapshot })).stdout).toBe('');
  });

  it('explains the end of a recording', async () => {
    const effects = lines.map((line) => ({
      type: 'write-journal' as const,
      number: line.sequence,
      entry: line.entry,
      because: line.because,
    }));
    const step = {
      type: 'input' as const,
      line: 2,
      at: instant(0),
      elapsed: zero,
      timeMs: startMs + 3_609,
      event: { type: 'time-passed' } as const,
      effects,
      difference: null,
      threw: null,
    };
    // eslint-disable-next-line @typescript-eslint/require-await -- an iterable of what is there
    const steps = (async function* () {
      yield step;
    })();
    const header = {
      recording: 1,
      baton: '1',
      wallClockMs: startMs,
      at: instant(0),
      config: settings,
    } as const;
    const replay = { header, steps, snapshot: () => snapshot };
    const { stdout } = await play({ recordingPath: '/r' }, { replay });
    expect(stdout).toContain('VI_1 became Master at 12:00:03.609, 0.0 s ago');
    expect(await play({ recordingPath: '/r' })).toMatchObject({
      exitCode: 1,
      stderr: 'baton: /r: no such file\n',
    });
  });

  it('has words for whatever happens, and causes that came before it', { timeout: 60_000 }, () => {
    const causes = new Set<string>();
    fc.assert(
      fc.property(anyConfig, anyStory, (given, story) => {
        const told: JournalLine[] = [];
        const play = new Play(given, ({ now }, effects) => {
          told.push(...storyOf({ effects, timeMs: now / 1_000 }));
        }).tell(story);
        const nowMs = play.now / 1_000;
        const { instances } = play.core.snapshot(play.now);
        for (const [place, { sequence, because, entry }] of told.entries()) {
          expect(sequence).toBe(place + 1);
          for (const cause of because) expect(cause).toBeLessThan(sequence);
          if (because.length > 0) causes.add(entry.kind);
        }
        const moment = (timeMs: number) => `${timeMs} ms`;
        for (const explanation of explain(told, instances, null)) {
          const text = explanationText(explanation, { nowMs, moment });
          expect(text).toMatch(/^VI_\d+ /);
          expect(text).not.toMatch(/undefined|NaN|null|\[object|-\d[\d.]* s/);
        }
      }),
      { numRuns: 100 },
    );
    expect([...causes].sort()).toEqual(['priority', 'service', 'transition']);
  });

  it('leaves the oldest causes out where there are many, and says so', () => {
    const chain = Array.from({ length: 20 }, (_, place): JournalLine => {
      const entry = { kind: 'service', service: 'n', state: 'running', detail: '' } as const;
      return { sequence: place + 1, timeMs: 0, entry, because: place === 0 ? [] : [place] };
    });
    const last = lines.at(-1);
    if (last === undefined) throw new Error('no story');
    const [explained] = explain([...chain, { ...last, sequence: 21, because: [20] }], [], null);
    expect(explained).toMatchObject({ instance: 'VI_1', omitted: 8 });
    expect(explained?.causes.map(({ sequence }) => sequence)).toEqual(
      chain.slice(8).map(({ sequence }) => sequence),
    );
  });
});
