/** Whatever stands in a file, a replay says what is wrong with it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { config, instanceConfig } from '../../test/scenario/configuration.ts';
import { beginning } from '../../test/scenario/play.ts';
import { instant } from '../base/units.ts';
import { Core } from '../core/core.ts';
import { Recorder } from './recorder.ts';
import { Replay } from './replay.ts';

const settings = config({ instances: [instanceConfig()] });

function recordedText(): string {
  let text = '';
  const take = (more: string): 'taken' => {
    text += more;
    return 'taken';
  };
  const start = { version: '1.2.3', at: instant(0), wallClockMs: 0, limitOctets: 2 ** 30 };
  const recorder = new Recorder({ take, end: take }, { ...start, config: settings });
  const core = new Core(settings);
  for (const event of beginning) recorder.observe(core, { at: instant(0), event });
  for (let at = 1; at < 6; at += 1) {
    recorder.observe(core, { at: instant(at * 1_000_000), event: { type: 'time-passed' } });
  }
  recorder.end('stopped');
  return text;
}

/** Plays lines up to the first that is refused; the outcome is in words. */
function outcomeOf(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const replay = Replay.begin(first);
  if (!replay.ok) return replay.error;
  for (const line of rest.filter((one) => one !== '')) {
    const step = replay.value.take(line);
    if (!step.ok) return step.error;
    if (step.value.type === 'input' && step.value.difference !== null) return 'different';
  }
  return 'identical';
}

const whole = recordedText();
const header = JSON.parse(whole.split('\n')[0] ?? '') as Record<string, unknown>;
const withHeader = (fields: object) => JSON.stringify({ ...header, ...fields });

describe('a replay', () => {
  it('of what was recorded is identical', () => {
    expect(outcomeOf(whole)).toBe('identical');
  });

  it.each([
    ['', 'this is no recording'],
    ['vrrp_instance VI_1 {', 'this is no recording'],
    ['{"at":1}', 'this is no recording'],
    [withHeader({ recording: 0 }), 'its format is 0, and this Baton reads format 1: Baton 1.2.3'],
    [withHeader({ recording: 2 }), 'its format is 2'],
    [withHeader({ recording: 'x' }), 'its format is an unknown one'],
    [withHeader({ config: null }), 'the header is damaged'],
    [withHeader({ at: null }), 'the header is damaged'],
  ])('refuses the header %j', (line, error) => {
    expect(outcomeOf(line)).toContain(error);
  });

  it.each([
    ['x', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{"at":"soon","event":{"type":"time-passed"}}', '"at" is not a time'],
    ['{"at":1}', '"event" is missing'],
    ['{"at":1,"event":{"type":"dance"}}', 'this Baton knows no event "dance"'],
    ['{"at":1,"event":{}}', 'this Baton knows no event without a type'],
    ['{"at":1,"event":{"type":"time-passed"},"effects":["finish"]}', 'do not belong together'],
    ['{"end":5}', 'the end is damaged'],
    ['{"end":"stopped","inputs":0}\n{"at":1,"event":{"type":"time-passed"}}', 'behind the end'],
    ['{"at":1,"event":{"type":"advert-received"}}', 'different'],
  ])('refuses the line %j', (line, error) => {
    expect(outcomeOf(`${JSON.stringify(header)}\n${line}\n`)).toContain(error);
  });

  it('takes any damage without failing', () => {
    const outcomes = new Set<string>();
    const length = fc.nat({ max: 40 });
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), length, fc.string(), (start, gap, text) => {
        outcomes.add(outcomeOf(whole.slice(0, start) + text + whole.slice(start + gap)));
      }),
      { numRuns: 2_000 },
    );
    expect(outcomes).toContain('different');
    expect(outcomes).toContain('not a JSON object');
  });
});
