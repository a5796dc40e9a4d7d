import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabOptions } from '../lab/lab-options.ts';
import type { PlayedStep, StoryEvent } from '../lab/story-event.ts';
import type { PlayStory } from '../lab/venue.ts';
import { labCommand } from './lab.ts';
import type { Output } from './terminal.ts';

const good: PlayedStep = {
  step: 'start',
  title: 'both hosts start',
  holder: 'A',
  expected_holder: 'A',
  answering: 'A',
  holders_max: 1,
  overlap_ms: 0,
  outage_ms: 3_650,
  udp_outage_ms: 3_640,
  budget_ms: 4_309.4,
  requests: 4_000,
  failed_requests: 3_600,
  udp_failed_requests: 3_600,
  answers: { A: 400 },
  client_stalled_ms: 0,
  took_ms: 4_000,
  ok: true,
  faults: [],
};

const bad: PlayedStep = { ...good, step: 'cable-cut', ok: false, faults: ['two holders'] };

/** A simulator that tells the same story whatever it is asked for. */
function simulator(events: readonly StoryEvent[]): { play: PlayStory; asked: LabOptions[] } {
  const asked: LabOptions[] = [];
  const play: PlayStory = (options, onEvent) => {
    asked.push(options);
    for (const event of events) onEvent(event);
    return Promise.resolve();
  };
  return { play, asked };
}

async function runLab(
  flags: readonly string[],
  playInSimulator: PlayStory | null,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  let exitCode = -1;
  const printed = { stdout: '', stderr: '' };
  const outputTo = (stream: 'stdout' | 'stderr'): Output => ({
    isTerminal: false,
    write: (text) => {
      printed[stream] += text;
      return Promise.resolve();
    },
  });
  const command = labCommand({
    terminal: {
      stdout: outputTo('stdout'),
      stderr: outputTo('stderr'),
      closed: new AbortController().signal,
      environment: {},
    },
    playInSimulator,
    finish: (code) => (exitCode = code),
  });
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync([...flags], { from: 'user' });
  return { exitCode, ...printed };
}

describe('baton lab where namespaces cannot be had', () => {
  const path = process.env['PATH'];

  beforeEach(() => {
    // Without unshare and its kin there are none.
    process.env['PATH'] = '/nonexistent';
  });

  afterEach(() => {
    process.env['PATH'] = path;
  });

  it('plays in the simulator, and says so', async () => {
    const { play } = simulator([{ type: 'step', report: good }]);
    const { exitCode, stdout } = await runLab([], play);
    expect(stdout).toContain('played in the simulator');
    expect(stdout).toContain('1 ok, 0 failed, 0 not played');
    expect(exitCode).toBe(0);
  });

  it('fails where there is no simulator either', async () => {
    const { exitCode, stderr } = await runLab([], null);
    expect(stderr).toContain("namespaces can't be had");
    expect(exitCode).toBe(1);
  });

  it('fails where a keepalived has to run', async () => {
    const { play, asked } = simulator([]);
    const { exitCode } = await runLab(['--peer', 'keepalived'], play);
    expect(exitCode).toBe(1);
    expect(asked).toEqual([]);
  });

  it('prints with --json one object a step on stdout, and all else on stderr', async () => {
    const event = { type: 'timeline', atMs: 1, who: 'A', text: 'Entering MASTER STATE' } as const;
    const { play } = simulator([event, { type: 'step', report: good }]);
    const { stdout, stderr } = await runLab(['--json'], play);
    expect(JSON.parse(stdout)).toEqual(good);
    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(stderr).toContain('Entering MASTER STATE');
  });

  it('exits 1 when a step is not as it should be', async () => {
    const { play } = simulator([
      { type: 'step', report: good },
      { type: 'step', report: bad },
    ]);
    const { exitCode, stdout } = await runLab([], play);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('two holders');
  });

  it('exits 1 when the lab breaks down, and says why', async () => {
    const { play } = simulator([{ type: 'broken', reason: 'no more room' }]);
    const { exitCode, stderr } = await runLab([], play);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no more room');
  });

  it('asks for what the flags say', async () => {
    const { play, asked } = simulator([]);
    await runLab(['--scenario', 'cable-cut', '--keep'], play);
    expect(asked).toMatchObject([
      { pair: { A: 'baton', B: 'baton' }, steps: ['cable-cut'], keep: true },
    ]);
  });

  it('refuses a step that there is not', async () => {
    const { play } = simulator([]);
    await expect(runLab(['--scenario', 'meteor'], play)).rejects.toThrow('meteor');
  });
});
