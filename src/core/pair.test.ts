/** Two cores on a perfect network: whatever they are told to be, one of them is Master. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { config, eth0, instanceConfig } from '../../test/scenario/configuration.ts';
import { after, instant, milliseconds, seconds, type Instant, zero } from '../base/units.ts';
import type { Ipv4Address, MacAddress } from '../model/address.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { SendAdvert } from '../model/effect.ts';
import type { StateName } from '../model/snapshot.ts';
import { Core } from './core.ts';
import { addressExpiryLateness, masterDownInterval, type TimerBasis } from './election.ts';

interface Member {
  readonly startAt: Instant;
  readonly address: Ipv4Address;
  readonly settings: Partial<InstanceConfig>;
}

class Host {
  readonly core: Core;
  readonly startAt: Instant;
  running = false;
  /** Until when its kernel may still have the address; null when it has not. */
  heldUntil: Instant | null = null;
  private readonly address: Ipv4Address;

  constructor({ startAt, address, settings }: Member) {
    this.startAt = startAt;
    this.address = address;
    this.core = new Core(config({ instances: [instanceConfig(settings)] }));
  }

  get state(): StateName | undefined {
    return this.core.snapshot(this.startAt).instances[0]?.state;
  }

  nextDeadline(): Instant | null {
    return this.running ? this.core.nextDeadline() : null;
  }

  beginning(): readonly CoreEvent[] {
    const macAddress = '02:00:00:00:00:0a' as MacAddress;
    const place = { interface: eth0, address: this.address, prefixLength: 24 };
    return [
      {
        type: 'link-changed',
        interface: eth0,
        present: true,
        up: true,
        multicast: true,
        macAddress,
      },
      { type: 'address-appeared', ...place, secondary: false, tentative: false, own: false },
      { type: 'network-listed' },
    ];
  }

  /** Returns the adverts that leave. */
  handle(at: Instant, event: CoreEvent): SendAdvert[] {
    const adverts: SendAdvert[] = [];
    for (const effect of this.core.handle({ at, event })) {
      if (effect.type === 'send-advert') adverts.push(effect);
      if (effect.type === 'release-addresses') this.heldUntil = null;
      if (effect.type === 'hold-addresses') {
        this.heldUntil = after(after(at, effect.lifetime ?? zero), addressExpiryLateness);
      }
      if ('id' in effect) {
        adverts.push(...this.handle(at, { type: 'effect-settled', id: effect.id, error: null }));
      }
    }
    return adverts;
  }
}

/** Adverts each second, in version 2. */
const basisOf = (priority: number): TimerBasis => ({
  ...{ version: 2, priority, advertisementInterval: seconds(1) },
  downTimerAdverts: 3,
});

class Pair {
  now = instant(0);
  readonly hosts: readonly Host[];

  constructor(members: readonly Member[]) {
    this.hosts = members.map((member) => new Host(member));
  }

  runTo(end: Instant): void {
    for (;;) {
      const due = this.hosts.flatMap((host) => {
        const at = host.running ? host.nextDeadline() : host.startAt;
        return at === null || at > end ? [] : [{ host, at }];
      });
      const [first] = due.sort((left, right) => left.at - right.at);
      if (first === undefined) break;
      if (first.at > this.now) this.now = first.at;
      this.wake(first.host);
      // Only what lasts counts: what is sent at a moment arrives at that moment.
      if (!due.some(({ host, at }) => host !== first.host && at <= this.now))
        this.expectOneHolder();
    }
    this.now = end;
  }

  /** SIGKILL: nothing is told to anybody, and the kernel keeps its addresses for their lifetime. */
  kill(victim: Host): void {
    victim.running = false;
    (victim as { startAt: Instant }).startAt = instant(Number.MAX_SAFE_INTEGER);
  }

  holders(): readonly Host[] {
    return this.hosts.filter(({ heldUntil }) => heldUntil !== null && heldUntil > this.now);
  }

  private wake(host: Host): void {
    if (host.running) this.tell(host, { type: 'time-passed' });
    else {
      host.running = true;
      for (const event of host.beginning()) this.tell(host, event);
    }
  }

  private tell(host: Host, event: CoreEvent): void {
    for (const { source, destination, advert } of host.handle(this.now, event)) {
      const channel = { interface: eth0, family: 'IPv4', protocol: 'vrrp' } as const;
      const unsigned = { authenticationHeader: null, hmac: null };
      const packet = { channel, source, destination, timeToLive: 255, advert, ...unsigned };
      for (const other of this.hosts) {
        if (other === host || !other.running) continue;
        this.tell(other, { type: 'advert-received', ...packet });
      }
    }
  }

  private expectOneHolder(): void {
    expect(this.holders().length).toBeLessThanOrEqual(1);
  }
}

const anyMember = (address: string): fc.Arbitrary<Member> =>
  fc
    .record({
      startAt: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12_000_000 })).map(instant),
      priority: fc.oneof(fc.constantFrom(100, 101, 255), fc.integer({ min: 1, max: 255 })),
      preempt: fc.boolean(),
      initialState: fc.constantFrom('MASTER' as const, 'BACKUP' as const),
    })
    .map(({ startAt, ...settings }) => ({ startAt, address: address as Ipv4Address, settings }));

const anyPair = fc.tuple(anyMember('192.0.2.1'), anyMember('192.0.2.2'));

function stateOfBoth(pair: Pair): string[] {
  return pair.hosts.map((host) => String(host.state)).sort();
}

describe('of two cores', { timeout: 60_000 }, () => {
  it('one is Master in the end, and at no moment do both hold the address', () => {
    fc.assert(
      fc.property(anyPair, (members) => {
        const pair = new Pair(members);
        pair.runTo(instant(seconds(30)));
        expect(stateOfBoth(pair)).toEqual(['Backup', 'Master']);
        expect(pair.holders()).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });

  it('the better one is Master where both preempt', () => {
    fc.assert(
      fc.property(anyPair, (members) => {
        const [first, second] = members;
        const pair = new Pair(
          members.map((one) => ({ ...one, settings: { ...one.settings, preempt: true } })),
        );
        pair.runTo(instant(seconds(30)));
        const difference = (first.settings.priority ?? 0) - (second.settings.priority ?? 0);
        const expected = difference > 0 ? 'Master' : 'Backup';
        if (difference !== 0) expect(pair.hosts[0]?.state).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('the other takes over within its Master_Down_Interval when the Master is killed', () => {
    fc.assert(
      fc.property(anyPair, fc.integer({ min: 0, max: 5_000 }), (members, moment) => {
        const pair = new Pair(members);
        pair.runTo(after(instant(seconds(30)), milliseconds(moment)));
        const [first, second] = pair.hosts;
        const victim = first?.state === 'Master' ? first : second;
        const heirSettings = members[victim === first ? 1 : 0].settings;
        const heir = victim === first ? second : first;
        if (victim === undefined) throw new Error('nobody is Master');
        pair.kill(victim);
        pair.runTo(after(pair.now, masterDownInterval(basisOf(heirSettings.priority ?? 0))));
        expect(heir?.state).toBe('Master');
        expect(pair.holders()).toEqual([heir]);
      }),
      { numRuns: 200 },
    );
  });
});
