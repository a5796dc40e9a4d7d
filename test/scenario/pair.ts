/**
 * Two cores on a network that carries every advert at once, each with a kernel that keeps
 * addresses for their lifetime, whatever becomes of the core.
 */
import { expect } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import {
  after,
  between,
  instant,
  seconds,
  toSeconds,
  zero,
  type Instant,
} from '../../src/base/units.ts';
import { Core } from '../../src/core/core.ts';
import { addressExpiryLateness } from '../../src/model/lease-duration.ts';
import { familyOf, type IpAddress, type MacAddress } from '../../src/model/address.ts';
import type { ReceivedHmacTrailer } from '../../src/model/advert.ts';
import type { Config, InstanceConfig, TransportConfig } from '../../src/model/config.ts';
import type { AdvertReceived, CoreEvent } from '../../src/model/core-event.ts';
import { multicastTransport } from '../../src/model/defaults.ts';
import type { SendAdvert } from '../../src/model/effect.ts';
import type { StateName } from '../../src/model/snapshot.ts';
import { addressesOf, type Protocol } from './arbitrary-protocol.ts';
import { config, eth0, instanceConfig, virtualAddress } from './configuration.ts';
import { parseGroup } from './setting-notation.ts';

/** How the two speak: unicast is to each other. */
export interface Speech extends Omit<Protocol, 'transport'> {
  readonly transport: TransportConfig['type'];
  /** Two virtual routers in a sync group, in place of one. */
  readonly grouped: boolean;
}

export interface Member {
  readonly startAt: Instant;
  readonly settings: Partial<InstanceConfig>;
}

const macAddress = '02:00:00:00:00:0a' as MacAddress;

/** The addresses of both hosts. */
const places = [1, 2].map((host) => ({
  IPv4: `192.0.2.${host}` as IpAddress,
  link: `fe80::${host}` as IpAddress,
  IPv6: `2001:db8::${host}` as IpAddress,
}));

type Place = (typeof places)[number];

function beginningOf(place: Place): readonly CoreEvent[] {
  const common = {
    interface: eth0,
    secondary: false,
    tentative: false,
    own: false,
    renewedAt: null,
  };
  return [
    { type: 'link-changed', interface: eth0, present: true, up: true, multicast: true, macAddress },
    ...Object.values(place).map((address): CoreEvent => {
      const prefixLength = familyOf(address) === 'IPv4' ? 24 : 64;
      return { type: 'address-appeared', address, prefixLength, ...common };
    }),
    { type: 'network-listed' },
  ];
}

function configOf(other: Place, settings: Member['settings'], speech: Speech): Config {
  const { grouped, transport, ...protocol } = speech;
  const peer = other[protocol.family];
  const bounds = { minimumTimeToLive: 255, maximumTimeToLive: 255 };
  const unicast: TransportConfig = {
    type: 'unicast',
    peers: [{ address: peer, ...bounds }],
    timeToLive: 255,
    checkSource: true,
  };
  const instances = (grouped ? [51, 52] : [51]).map((virtualRouterId) =>
    instanceConfig({
      ...protocol,
      ...settings,
      name: `VI_${virtualRouterId}`,
      virtualRouterId,
      transport: transport === 'unicast' ? unicast : multicastTransport(protocol.family),
      virtualAddresses: addressesOf(virtualRouterId, protocol.family, 2).map((one) =>
        virtualAddress(one),
      ),
    }),
  );
  const members = instances.map(({ name }) => name);
  return config({
    instances,
    syncGroups: grouped ? [{ ...parseGroup('VG', []), members }] : [],
  });
}

class Host {
  readonly settings: Member['settings'];
  running = false;
  /** Null: it never does. */
  startAt: Instant | null;
  private readonly core: Core;
  private readonly beginning: readonly CoreEvent[];
  /** Until when its kernel may still have each address. */
  private readonly heldUntil = new Map<IpAddress, Instant>();

  constructor(place: Place, peer: Place, { startAt, settings }: Member, speech: Speech) {
    this.startAt = startAt;
    this.settings = settings;
    this.beginning = beginningOf(place);
    this.core = new Core(configOf(peer, settings, speech));
  }

  /** The state of all its virtual routers; more than one if they differ. */
  state(at: Instant): string {
    const states = this.core.snapshot(at).instances.map((one): StateName => one.state);
    return [...new Set(states)].join(' and ');
  }

  holds(at: Instant): readonly IpAddress[] {
    return [...this.heldUntil].filter(([, until]) => until > at).map(([address]) => address);
  }

  nextDeadline(): Instant | null {
    return this.running ? this.core.nextDeadline() : this.startAt;
  }

  /** Starts or wakes it; returns the adverts that leave. */
  wake(at: Instant): SendAdvert[] {
    if (this.running) return this.handle(at, { type: 'time-passed' });
    this.running = true;
    return this.beginning.flatMap((event) => this.handle(at, event));
  }

  handle(at: Instant, event: CoreEvent): SendAdvert[] {
    const adverts: SendAdvert[] = [];
    for (const effect of this.core.handle({ at, event })) {
      if (effect.type === 'send-advert') adverts.push(effect);
      if (effect.type === 'release-addresses') {
        for (const { address } of effect.addresses) this.heldUntil.delete(address);
      }
      if (effect.type === 'hold-addresses') {
        const until = after(after(at, effect.lifetime ?? zero), addressExpiryLateness);
        for (const { address } of effect.addresses) this.heldUntil.set(address, until);
      }
      if ('id' in effect) {
        adverts.push(...this.handle(at, { type: 'effect-settled', id: effect.id, error: null }));
      }
    }
    return adverts;
  }
}

export class Pair {
  now = instant(0);
  readonly hosts: readonly [Host, Host];
  /** Whether adverts arrive; while they do, at most one host holds an address. */
  connected = true;

  constructor([first, second]: readonly [Member, Member], speech: Speech) {
    const [left, right] = places;
    assert(left !== undefined && right !== undefined, 'there are two places');
    this.hosts = [new Host(left, right, first, speech), new Host(right, left, second, speech)];
  }

  get states(): readonly string[] {
    return this.hosts.map((host) => host.state(this.now));
  }

  /** The hosts that may still hold an address. */
  get holders(): readonly Host[] {
    return this.hosts.filter((host) => host.holds(this.now).length > 0);
  }

  /** `watched`: at no moment do both hold an address. */
  runTo(end: Instant, { watched }: { readonly watched: boolean } = { watched: true }): void {
    for (;;) {
      const due = this.hosts.flatMap((host) => {
        const at = host.nextDeadline();
        return at === null || at > end ? [] : [{ host, at }];
      });
      const [first] = due.sort((left, right) => left.at - right.at);
      if (first === undefined) break;
      if (first.at > this.now) this.now = first.at;
      this.carry(first.host, first.host.wake(this.now));
      // Only what lasts counts: what is sent at a moment arrives at that moment.
      const lasts = !due.some(({ host, at }) => host !== first.host && at <= this.now);
      if (watched && lasts) expect(this.holders.length).toBeLessThanOrEqual(1);
    }
    this.now = end;
  }

  /** SIGKILL: nothing is told to anybody, and the kernel keeps its addresses for their lifetime. */
  kill(victim: Host): void {
    victim.running = false;
    victim.startAt = null;
  }

  private carry(sender: Host, adverts: readonly SendAdvert[]): void {
    if (!this.connected) return;
    for (const sent of adverts) {
      for (const other of this.hosts) {
        if (other === sender || !other.running) continue;
        this.carry(other, other.handle(this.now, this.received(sent)));
      }
    }
  }

  private received(sent: SendAdvert): AdvertReceived {
    const { channel, source, destination, timeToLive, advert, authenticationHeader, hmac } = sent;
    const time = toSeconds(between(instant(0), this.now));
    const trailer: ReceivedHmacTrailer | null =
      hmac === null
        ? null
        : {
            keyId: hmac.keyId,
            counter: hmac.counter,
            seconds: Math.floor(time),
            fraction: Math.floor((time % 1) * 65_536),
            ...{ verdict: 'intact', age: 0 },
          };
    return {
      type: 'advert-received',
      ...{ channel, source, destination, timeToLive, advert },
      authenticationHeader:
        authenticationHeader === null ? null : { ...authenticationHeader, intact: true },
      hmac: trailer,
    };
  }
}

/** Long enough for the slowest start, the longest delay and the longest interval to be over. */
export const settled = instant(seconds(60));
