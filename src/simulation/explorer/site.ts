/**
 * What there is to explore: hosts with one virtual router in common, and all that a core of them
 * can be told. An occurrence has a number, so that a state of the world is a row of numbers.
 */
import { assert } from '../../base/assert.ts';
import { instant, seconds, zero, type Duration, type Instant } from '../../base/units.ts';
import type { InterfaceName, IpAddress, MacAddress } from '../../model/address.ts';
import { resigningPriority } from '../../model/advert.ts';
import type { Config } from '../../model/config.ts';
import type { CoreEvent } from '../../model/core-event.ts';
import { emptyConfig, instanceDefaults, virtualAddress } from '../../model/defaults.ts';
import type { SendAdvert } from '../../model/effect.ts';
import type { Settings } from './settings.ts';

const eth0 = 'eth0' as InterfaceName;
const prefixLength = 24;
const virtual = virtualAddress('192.0.2.10' as IpAddress, eth0, prefixLength);
const health = 'health';

function addressOf(host: number): IpAddress {
  return `192.0.2.${host + 1}` as IpAddress;
}

function hostAt(address: IpAddress): number {
  return Number(address.split('.').at(-1)) - 1;
}

export function hostName(host: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + host);
}

/** Whether the hosts follow a thing that may fail. */
function tracks({ faults }: Settings): boolean {
  return faults.failures > 0;
}

export function configOf(host: number, settings: Settings): Config {
  const { priorities, advertisementInterval } = settings;
  const priority = priorities[host];
  assert(priority !== undefined, 'there is no such host');
  const base = emptyConfig(hostName(host));
  const track = { kind: 'file', name: health, weight: 0, reverse: false } as const;
  const file = { name: health, path: '/run/health', initialValue: null, overwrite: false };
  return {
    ...base,
    files: tracks(settings) ? [file] : [],
    instances: [
      {
        ...instanceDefaults,
        // In this world there is no ARP, and no host but those that speak VRRP.
        addressConflict: 'off',
        name: 'VI_1',
        interface: eth0,
        virtualRouterId: 51,
        // Version 2 knows whole seconds only.
        version: advertisementInterval % seconds(1) === 0 ? 2 : 3,
        priority,
        advertisementInterval,
        virtualAddresses: [virtual],
        tracks: tracks(settings) ? [track] : [],
        // More of them, later, would change nothing but the number of states.
        announcement: { ...instanceDefaults.announcement, delay: zero, lowerPriorityDelay: zero },
      },
    ],
  };
}

/**
 * What a starting core is told. `age`: its kernel has the address from an earlier run, which has
 * renewed it so long ago; null: it has not.
 */
export function beginning(host: number, age: Duration | null): (now: Instant) => CoreEvent[] {
  const common = { interface: eth0, prefixLength, secondary: false, tentative: false } as const;
  const macAddress = `02:00:00:00:00:0${host + 1}` as MacAddress;
  const link = { present: true, up: true, multicast: true, macAddress };
  const own = { address: addressOf(host), own: false, renewedAt: null, ...common };
  const left = { address: virtual.address, own: true, ...common };
  return (now) => {
    const events: CoreEvent[] = [
      { type: 'link-changed', interface: eth0, ...link },
      { type: 'address-appeared', ...own },
    ];
    if (age !== null) {
      events.push({ type: 'address-appeared', ...left, renewedAt: instant(now - age) });
    }
    return [...events, { type: 'network-listed' }];
  };
}

export interface Occurrence {
  readonly name: string;
  readonly happen: (now: Instant) => CoreEvent;
  /** Of an advert that does not resign: the host that is master. */
  readonly master: number | null;
}

/** Each thing that cores can be told, by number; an advert has the same one each time. */
export class Occurrences {
  private readonly all: (Occurrence | undefined)[] = [];
  readonly timePassed = this.add('time passed', () => ({ type: 'time-passed' }));
  readonly stopRequested = this.add('stop requested', () => ({ type: 'stop-requested' }));
  readonly addressVanished = this.add('address vanished', () => ({
    type: 'address-vanished',
    interface: eth0,
    address: virtual.address,
    prefixLength,
  }));
  readonly recovered = this.add('service recovered', () => healthRead(0));
  readonly failed = this.add('service failed', () => healthRead(1));
  private readonly firstAdvert = this.all.length;

  /** The advert as it arrives: of each host there is one that says its priority, and one 0. */
  advert({ channel, source, destination, timeToLive, advert }: SendAdvert): number {
    const { priority } = advert;
    const host = hostAt(source);
    const number = this.firstAdvert + host * 2 + (priority === resigningPriority ? 1 : 0);
    const name = `advert of ${hostName(host)}, priority ${priority}`;
    const known = this.all[number];
    assert((known?.name ?? name) === name, 'a host has two adverts');
    const packet = { channel, source, destination, timeToLive, advert };
    this.all[number] ??= {
      name,
      master: priority === resigningPriority ? null : host,
      happen: () => ({
        type: 'advert-received',
        ...packet,
        authenticationHeader: null,
        hmac: null,
      }),
    };
    return number;
  }

  at(number: number): Occurrence {
    const occurrence = this.all[number];
    assert(occurrence !== undefined, 'there is no such occurrence');
    return occurrence;
  }

  private add(name: string, happen: Occurrence['happen']): number {
    return this.all.push({ name, happen, master: null }) - 1;
  }
}

function healthRead(value: number): CoreEvent {
  return { type: 'file-read', file: health, value };
}
