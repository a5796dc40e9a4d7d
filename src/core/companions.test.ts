/** What holds for the core whatever other Batons say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyConfig, anyStory, type Happening } from '../../test/scenario/arbitrary.ts';
import { Play } from '../../test/scenario/play.ts';
import { after, instant, milliseconds, seconds } from '../base/units.ts';
import type { IpAddress } from '../model/address.ts';
import type { Config } from '../model/config.ts';
import type { Effect } from '../model/effect.ts';
import type { RouterReport, SideBody } from '../model/side-channel.ts';

const peer = { address: '192.0.2.2' as IpAddress, port: 8112 };
const sideChannel: NonNullable<Config['sideChannel']> = {
  own: { address: '192.0.2.1' as IpAddress, port: 8112 },
  peers: [peer],
  key: '5a'.repeat(32),
};

/** What the peer says: that it is as we are but Backup, or Master; to take over; an answer. */
type Word = 'is-backup' | 'is-master' | 'take' | 'taken' | 'declined';
const anyWord: fc.Arbitrary<Word> = fc.constantFrom(
  'is-backup',
  'is-backup',
  'is-master',
  'take',
  'taken',
  'declined',
);
/** What happens, with a word of the peer's before each. */
const anyTalk = fc.tuple(anyStory, fc.array(anyWord, { minLength: 60, maxLength: 60 }));

/** A core beside a peer that follows what it hears. */
class Talk {
  readonly play: Play;
  readonly held = new Set<string>();
  readonly transitions = new Map<string, number>();
  finished = false;
  private reports: readonly RouterReport[] = [];
  private asked = 0;
  private counter = 0;

  constructor(config: Config) {
    this.play = new Play({ ...config, sideChannel }, (play, effects, event) => {
      this.take(play, effects);
      if (event.type !== 'time-passed') return;
      expect(play.core.nextDeadline() ?? Infinity).toBeGreaterThan(play.now);
    });
  }

  say(word: Word): void {
    this.counter += 1;
    const sender = '00000000000000bb';
    const receiver = '00000000000000aa';
    const message = { sender, receiver, counter: this.counter, body: this.bodyOf(word) };
    this.play.handle({ type: 'side-message-received', source: peer.address, message });
  }

  private bodyOf(word: Word): SideBody {
    const { asked: handOver, reports } = this;
    switch (word) {
      case 'is-backup':
      case 'is-master': {
        const state = word === 'is-backup' ? 'Backup' : 'Master';
        const { address: source } = peer;
        const sentAt = instant(seconds(7_000));
        return {
          type: 'hello',
          sentAt,
          reports: reports.map((one) => ({ ...one, state, source })),
        };
      }
      case 'take':
        return {
          type: 'take',
          handOver: this.counter,
          before: instant(seconds(this.counter % 2 === 0 ? 7_000 : 0)),
          instances: reports.map(({ name }) => name),
        };
      case 'taken':
        return { type: 'taken', handOver };
      case 'declined':
        return { type: 'declined', handOver, reason: 'stopping' };
    }
  }

  private take(play: Play, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'hold-addresses') {
        for (const one of effect.addresses) this.held.add(`${one.address} on ${one.interface}`);
      } else if (effect.type === 'release-addresses') {
        for (const one of effect.addresses) this.held.delete(`${one.address} on ${one.interface}`);
      } else if (effect.type === 'open-side-channel') {
        const session = '00000000000000aa';
        play.handle({ type: 'side-channel-opened', session, fingerprints: {} });
      } else if (effect.type === 'send-side-message') {
        const { body } = effect.message;
        if (body.type === 'hello') this.reports = body.reports;
        if (body.type === 'take') this.asked = body.handOver;
      } else if (effect.type === 'write-journal' && effect.entry.kind === 'transition') {
        const { cause } = effect.entry;
        const name = cause.type === 'passed' && cause.to !== null ? 'let go' : cause.type;
        this.transitions.set(name, (this.transitions.get(name) ?? 0) + 1);
      } else if (effect.type === 'finish') this.finished = true;
    }
  }
}

function tell(talk: Talk, story: readonly Happening[], words: readonly Word[]): void {
  for (const [index, happening] of story.entries()) {
    talk.say(words[index] ?? 'is-backup');
    talk.play.tell([happening]);
  }
}

describe('whatever another Baton says', { timeout: 60_000 }, () => {
  it('nothing is thrown, masters alone hold addresses, and mastership goes to and fro', () => {
    const transitions = new Map<string, number>();
    fc.assert(
      fc.property(anyConfig, anyTalk, (config, [story, words]) => {
        const talk = new Talk(config);
        tell(talk, story, words);
        const { instances } = talk.play.core.snapshot(talk.play.now);
        const masters = instances.filter(({ state }) => state === 'Master');
        const expected = masters.flatMap((one) =>
          one.addresses.map(({ address }) => `${address} on ${one.interface}`),
        );
        const lost = story.some(({ event }) => event.type === 'address-vanished');
        if (!lost) expect([...talk.held].sort()).toEqual(expected.sort());
        for (const [name, count] of talk.transitions) {
          transitions.set(name, (transitions.get(name) ?? 0) + count);
        }
      }),
      // Of 150 stories none may have one of these.
      { numRuns: 800 },
    );
    expect(transitions.get('handed-over') ?? 0).toBeGreaterThan(0);
    expect(transitions.get('let go') ?? 0).toBeGreaterThan(0);
  });

  it('a stop is over after 100 ms, and at once when it is asked for twice', () => {
    fc.assert(
      fc.property(anyConfig, anyTalk, fc.boolean(), (config, [story, words], twice) => {
        const talk = new Talk(config);
        tell(talk, story, words);
        talk.say('is-backup');
        talk.play.handle({ type: 'stop-requested' });
        if (twice) talk.play.handle({ type: 'stop-requested' });
        else talk.play.runTo(after(talk.play.now, milliseconds(100)));
        expect(talk.finished).toBe(true);
        expect(talk.play.core.nextDeadline()).toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});
