/** Two cores on a perfect network: however they speak, and whatever they are told to be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacKeyOf } from '../../test/scenario/instance-notation.ts';
import { Pair, settled, type Member, type Speech } from '../../test/scenario/pair.ts';
import { after, instant, milliseconds, seconds, zero, type Duration } from '../base/units.ts';
import { instanceDefaults } from '../model/defaults.ts';
import { masterDownInterval } from './election.ts';

const { checksum } = instanceDefaults;

const second: Speech = {
  version: 2,
  family: 'IPv4',
  authentication: { type: 'none' },
  hmac: null,
  transport: 'multicast',
  checksum,
  grouped: false,
};
const third: Speech = { ...second, version: 3 };
const sixth: Speech = { ...third, family: 'IPv6' };
const password = 's3cr3t';

const speeches: readonly Speech[] = [
  second,
  { ...second, authentication: { type: 'simple', password } },
  { ...second, authentication: { type: 'header', password } },
  { ...second, transport: 'unicast' },
  third,
  {
    ...third,
    hmac: {
      keys: [{ id: 1, key: hmacKeyOf(1) }],
      activeKey: 1,
      timeWindow: seconds(5),
      antiReplay: 'time',
      mode: 'enforce',
    },
  },
  { ...third, transport: 'unicast', checksum: { send: 'message', accept: ['message'] } },
  sixth,
  { ...sixth, transport: 'unicast' },
];

interface Duo {
  readonly speech: Speech;
  readonly members: readonly [Member, Member];
}

const anyMember = (interval: fc.Arbitrary<Duration>): fc.Arbitrary<Member> =>
  fc
    .record({
      startAt: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12_000_000 })).map(instant),
      priority: fc.oneof(fc.constantFrom(100, 101, 255), fc.integer({ min: 1, max: 255 })),
      preempt: fc.boolean(),
      preemptDelay: fc.constantFrom(zero, zero, seconds(5)),
      initialState: fc.constantFrom('MASTER' as const, 'BACKUP' as const),
      advertiseBeforeYielding: fc.boolean(),
      advertisementInterval: interval,
    })
    .map(({ startAt, ...settings }) => ({ startAt, settings }));

/**
 * In version 2 both have the same interval, in version 3 each its own. All answer a losing
 * advert: who begins beside a slower master has not heard it yet, and takes over.
 */
const anyDuo = (...intervals: readonly number[]): fc.Arbitrary<Duo> =>
  fc
    .record({
      speech: fc.constantFrom(...speeches),
      grouped: fc.boolean(),
      common: fc.constantFrom(seconds(1), seconds(3)),
    })
    .chain(({ speech, grouped, common }) => {
      const own = speech.version === 2 ? [common] : intervals.map(milliseconds);
      const member = anyMember(fc.constantFrom(...own));
      return fc.record({
        speech: fc.constant({ ...speech, grouped }),
        members: fc.tuple(member, member),
      });
    });

const runs = { numRuns: 200 };

describe('of two cores', { timeout: 60_000 }, () => {
  it('one is Master in the end, and at no moment do both hold an address', () => {
    fc.assert(
      fc.property(anyDuo(300, 1_000, 2_500), ({ speech, members }) => {
        const pair = new Pair(members, speech);
        pair.runTo(settled);
        expect([...pair.states].sort()).toEqual(['Backup', 'Master']);
        expect(pair.holders).toHaveLength(1);
      }),
      runs,
    );
  });

  it('the better one is Master where both preempt', () => {
    fc.assert(
      fc.property(anyDuo(300, 1_000, 2_500), ({ speech, members }) => {
        const [first, other] = members.map((one) => ({
          ...one,
          settings: { ...one.settings, preempt: true },
        }));
        if (first === undefined || other === undefined) throw new Error('there are two');
        const pair = new Pair([first, other], speech);
        pair.runTo(settled);
        const difference = (first.settings.priority ?? 0) - (other.settings.priority ?? 0);
        fc.pre(difference !== 0);
        expect(pair.states[0]).toBe(difference > 0 ? 'Master' : 'Backup');
      }),
      runs,
    );
  });

  // Below a second between adverts the kernel has no lifetime that is short enough.
  it('the other takes over within its Master_Down_Interval when the Master is killed', () => {
    fc.assert(
      fc.property(anyDuo(1_000, 2_500), fc.nat({ max: 5_000 }), ({ speech, members }, moment) => {
        const pair = new Pair(members, speech);
        pair.runTo(after(settled, milliseconds(moment)));
        const [victim, heir] =
          pair.states[0] === 'Master' ? pair.hosts : ([pair.hosts[1], pair.hosts[0]] as const);
        pair.kill(victim);
        const wait = masterDownInterval({
          version: speech.version,
          priority: heir.settings.priority ?? 0,
          // Its own is the same in version 2; in version 3 it has learned this one.
          advertisementInterval: victim.settings.advertisementInterval ?? zero,
          downTimerAdverts: 3,
        });
        pair.runTo(after(pair.now, wait));
        expect(heir.state(pair.now)).toBe('Master');
        expect(pair.holders).toEqual([heir]);
      }),
      runs,
    );
  });

  it('one yields when the network between them is mended', () => {
    fc.assert(
      fc.property(
        anyDuo(300, 1_000, 2_500),
        fc.nat({ max: 30_000 }),
        ({ speech, members }, cut) => {
          const pair = new Pair(members, speech);
          pair.runTo(settled);
          pair.connected = false;
          pair.runTo(after(settled, milliseconds(cut)), { watched: false });
          const parted = [...pair.states];
          pair.connected = true;
          // Each has had its turn to speak by then, and the better one to answer.
          pair.runTo(after(pair.now, seconds(4)), { watched: false });
          expect([...pair.states].sort()).toEqual(['Backup', 'Master']);
          expect(pair.holders).toHaveLength(1);
          if (cut > 15_000) expect(parted).toEqual(['Master', 'Master']);
        },
      ),
      runs,
    );
  });
});
