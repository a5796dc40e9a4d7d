import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { password } from '../../test/scenario/arbitrary-protocol.ts';
import { anyConfig, anyStory, type Happening } from '../../test/scenario/arbitrary.ts';
import { config, instanceConfig } from '../../test/scenario/configuration.ts';
import { hmacKeyOf } from '../../test/scenario/instance-notation.ts';
import { Play } from '../../test/scenario/play.ts';
import { instant } from '../base/units.ts';
import { Core, type CoreInput } from '../core/core.ts';
import type { IpAddress } from '../model/address.ts';
import type { Config } from '../model/config.ts';
import type { Effect } from '../model/effect.ts';
import type { RecordingEndReason } from '../model/recording.ts';
import type { RecordingSink } from '../ports/recording.ts';
import { Recorder } from './recorder.ts';
import { digestOf, parseHeader, parseInput } from './recording-lines.ts';
import { Replay, type ReplayStep } from './replay.ts';

const stories = { numRuns: 100 };
const patience = { timeout: 60_000 };

class MemorySink implements RecordingSink {
  text = '';
  ended: RecordingEndReason | null = null;
  answer: 'taken' | 'full' | 'closed' = 'taken';

  take(text: string): 'taken' | 'full' | 'closed' {
    if (this.answer === 'taken') this.text += text;
    return this.answer;
  }

  end(text: string, reason: RecordingEndReason): void {
    this.text += text;
    this.ended = reason;
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

/** All that a core is told while this happens, its own deadlines and the answers to it included. */
function inputsOf(settings: Config, story: readonly Happening[]): readonly CoreInput[] {
  const inputs: CoreInput[] = [];
  new Play(settings, (play, _, event) => inputs.push({ at: play.now, event })).tell(story);
  return inputs;
}

function recorderOf(sink: RecordingSink, settings: Config, limitOctets = 2 ** 30): Recorder {
  const start = { version: '1.2.3', at: instant(0), wallClockMs: 1_000, limitOctets };
  return new Recorder(sink, { ...start, config: settings });
}

interface Recorded {
  readonly sink: MemorySink;
  readonly effects: readonly (readonly Effect[])[];
}

function record(settings: Config, inputs: readonly CoreInput[]): Recorded {
  const sink = new MemorySink();
  const recorder = recorderOf(sink, settings);
  const core = new Core(settings);
  const effects = inputs.map((input) => {
    const answer = recorder.observe(core, input);
    recorder.flush();
    return answer;
  });
  recorder.end('stopped');
  return { sink, effects };
}

function replayed(lines: readonly string[]): readonly ReplayStep[] {
  const [first = '', ...rest] = lines;
  const replay = Replay.begin(first);
  if (!replay.ok) throw new Error(replay.error);
  return rest.map((line) => {
    const step = replay.value.take(line);
    if (!step.ok) throw new Error(step.error);
    return step.value;
  });
}

describe('a recording', patience, () => {
  it('gives the same effects when it is replayed, byte for byte', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const { sink, effects } = record(settings, inputsOf(settings, story));
        const steps = replayed(sink.lines);
        expect(steps).toHaveLength(effects.length + 1);
        for (const [place, answer] of effects.entries()) {
          const step = steps[place];
          if (step?.type !== 'input') throw new Error('not an input');
          expect(step.difference).toBeNull();
          // But for secrets: what is sent holds them, and a replay has what stands for them.
          const withSecrets = ['send-advert', 'prepare-lease'];
          if (answer.some(({ type }) => withSecrets.includes(type))) continue;
          expect(JSON.stringify(step.effects)).toBe(JSON.stringify(answer));
        }
        expect(steps.at(-1)).toEqual({
          type: 'end',
          end: { end: 'stopped', inputs: effects.length },
        });
      }),
      stories,
    );
  });

  it('loses nothing of what the core is told, and of what it is made with', () => {
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const inputs = inputsOf(settings, story);
        const [first = '', ...rest] = record(settings, inputs).sink.lines;
        const header = parseHeader(first);
        if (!header.ok) throw new Error(header.error);
        for (const [place, { at, event }] of inputs.entries()) {
          const parsed = parseInput(rest[place] ?? '');
          if (!parsed.ok || 'end' in parsed.value) throw new Error('not an input');
          expect(parsed.value.at).toBe(at);
          const { type } = event;
          if (type !== 'advert-received' && type !== 'config-replaced') {
            // Strictly: a field that is undefined, or -0, would come back as another value.
            expect(parsed.value.event).toStrictEqual(structuredClone(event));
          }
        }
        const withoutInstances = (one: Config) => ({ ...one, instances: one.instances.length });
        expect(withoutInstances(header.value.config)).toStrictEqual(
          withoutInstances(structuredClone(settings)),
        );
      }),
      stories,
    );
  });

  it('holds no secret', () => {
    const secrets = [password, hexOf(password).slice(0, 16), hmacKeyOf(1), hmacKeyOf(2)];
    let heard = 0;
    fc.assert(
      fc.property(anyConfig, anyStory, (settings, story) => {
        const inputs = inputsOf(settings, story);
        if (JSON.stringify([settings, inputs]).includes(password)) heard += 1;
        const { text } = record(settings, inputs).sink;
        for (const secret of secrets) expect(text).not.toContain(secret);
      }),
      stories,
    );
    expect(heard).toBeGreaterThan(10);
  });

  it('holds neither the key of a side channel nor what is fingerprinted, and replays it', () => {
    const authentication = { type: 'simple', password } as const;
    const key = '5a'.repeat(32);
    const own = { address: '192.0.2.1' as IpAddress, port: 8112 };
    const peers = [{ address: '192.0.2.2' as IpAddress, port: 8112 }];
    const sideChannel = { own, peers, key };
    const settings = config({ instances: [instanceConfig({ authentication })], sideChannel });
    const { sink, effects } = record(settings, inputsOf(settings, []));
    expect(effects.flat().map(({ type }) => type)).toContain('open-side-channel');
    for (const secret of [key, password]) expect(sink.text).not.toContain(secret);
    for (const step of replayed(sink.lines)) {
      if (step.type === 'input') expect(step.difference).toBeNull();
    }
  });

  it('tells an answer that is another one', () => {
    const settings = config({ instances: [instanceConfig()] });
    const { sink, effects } = record(settings, inputsOf(settings, []));
    const place = effects.findIndex((answer) => answer.length > 0);
    const line = sink.lines[place + 1] ?? '';
    const other = digestOf([{ type: 'finish' }]);
    const forged = line.replace(/"digest":"[0-9a-f]+"/, `"digest":"${other}"`);
    expect(forged).not.toBe(line);
    const steps = replayed(sink.lines.map((one) => (one === line ? forged : one)));
    const differing = steps.flatMap((step, index) =>
      step.type === 'input' && step.difference !== null ? [index] : [],
    );
    expect(differing).toEqual([place]);
  });
});

describe('the recorder', () => {
  const settings = config({ instances: [instanceConfig()] });
  const listed: CoreInput = { at: instant(0), event: { type: 'network-listed' } };
  const passed = (at: number): CoreInput => ({ at: instant(at), event: { type: 'time-passed' } });

  it('ends at the limit with a line that says so, and lets the core go on', () => {
    const sink = new MemorySink();
    const limit = 20_000;
    const recorder = recorderOf(sink, settings, limit);
    const core = new Core(settings);
    recorder.observe(core, listed);
    for (let at = 1; at < 1_000; at += 1) {
      recorder.observe(core, passed(at));
      recorder.flush();
    }
    expect(sink.ended).toBe('size');
    expect(Buffer.byteLength(sink.text)).toBeLessThanOrEqual(limit);
    expect(Buffer.byteLength(sink.text)).toBeGreaterThan(limit - 200);
    const inputs = sink.lines.length - 2;
    expect(sink.lines.at(-1)).toBe(JSON.stringify({ end: 'size', inputs }));
    const unrecorded = new Core(settings);
    unrecorded.handle(listed);
    for (let at = 1; at < 1_000; at += 1) unrecorded.handle(passed(at));
    expect(core.snapshot(instant(1_000))).toEqual(unrecorded.snapshot(instant(1_000)));
  });

  it.each([
    ['full', 'queue'],
    ['closed', null],
  ] as const)('ends when the sink is %s', (answer, ended) => {
    const sink = new MemorySink();
    const recorder = recorderOf(sink, settings);
    const core = new Core(settings);
    recorder.observe(core, listed);
    recorder.flush();
    sink.answer = answer;
    recorder.observe(core, passed(1));
    recorder.flush();
    sink.answer = 'taken';
    recorder.observe(core, passed(2));
    recorder.flush();
    recorder.end('stopped');
    expect(sink.ended).toBe(ended);
    // The header, the first input, and the end where it could be told.
    expect(sink.lines).toHaveLength(ended === null ? 2 : 3);
    if (ended !== null) expect(sink.lines.at(-1)).toBe('{"end":"queue","inputs":1}');
  });

  it('writes the input down at which the core fails', () => {
    const sink = new MemorySink();
    const recorder = recorderOf(sink, settings);
    const broken = {
      handle: () => {
        throw new Error('a bug');
      },
    };
    expect(() => recorder.observe(broken, listed)).toThrow('a bug');
    const [step] = replayed(sink.lines);
    expect(step).toMatchObject({
      event: listed.event,
      difference: { recordedFailure: 'a bug', failure: null },
    });
  });
});

describe('passwords', () => {
  const withPassword = (text: string) =>
    config({ instances: [instanceConfig({ authentication: { type: 'simple', password: text } })] });

  it.each(['', 'a', 'hush0001', '12345678', '123456789', 'pässwörd'])('%j is replaced', (text) => {
    const settings = withPassword(text);
    const inputs = inputsOf(settings, []);
    const { sink } = record(settings, inputs);
    for (const step of replayed(sink.lines)) {
      if (step.type === 'input') expect(step.difference).toBeNull();
    }
    if (text.length > 1 && text !== 'hush0001') expect(sink.text).not.toContain(text);
  });

  it('that differ in what is never sent stay two', () => {
    const settings = withPassword('12345678');
    const story = [{ type: 'config-replaced', config: withPassword('123456789') } as const].map(
      (event) => ({ wait: instant(0) as never, asleep: false, event }),
    );
    const { sink } = record(settings, inputsOf(settings, story));
    const found = new Set([...sink.text.matchAll(/"password":"([^"]*)"/g)].map(([, one]) => one));
    expect([...found]).toEqual(['hush0001', 'hush0001-hush0002']);
  });
});

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}
