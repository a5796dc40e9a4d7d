/** What is listened for, and how much of it is listened to. */
import { describe, expect, it } from 'vitest';
import { Play } from '../../test/scenario/play.ts';
import { eth0, instanceConfig } from '../../test/scenario/configuration.ts';
import { instant } from '../base/units.ts';
import type { IpAddress, MacAddress } from '../model/address.ts';
import type { Config } from '../model/config.ts';
import { emptyConfig } from '../model/defaults.ts';
import type { AddressClaimed } from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';

const config: Config = {
  ...emptyConfig('router'),
  instances: [instanceConfig({ addressConflict: 'warn' })],
};

const second = 1_000_000;

function claim(given: Partial<AddressClaimed> = {}): AddressClaimed {
  return {
    type: 'address-claimed',
    interface: eth0,
    address: '192.0.2.10' as IpAddress,
    macAddress: '02:00:00:00:00:0b' as MacAddress,
    toAll: true,
    ...given,
  };
}

function watched(effects: readonly Effect[]): readonly (readonly IpAddress[])[] {
  return effects.flatMap((one) => (one.type === 'watch-addresses' ? [one.addresses] : []));
}

function countOf(play: Play, type: Effect['type']): number {
  return play.effects.filter((one) => one.type === type).length;
}

describe('claims of addresses', () => {
  it('are listened for at the start and as Master, and not in between', () => {
    const play = new Play(config);
    play.runTo(instant(5 * second));
    play.handle({ type: 'stop-requested' });
    expect(watched(play.effects)).toEqual([['192.0.2.10'], [], ['192.0.2.10']]);
  });

  it('in a flood are not listened to for a second, and told of once for it', () => {
    const play = new Play(config);
    play.runTo(instant(5 * second));
    const before = play.effects.length;
    for (let count = 0; count < 10_000; count += 1) play.handle(claim());
    const flooded = play.effects.slice(before);
    expect(watched(flooded)).toEqual([[]]);
    expect(flooded.filter(({ type }) => type === 'announce-addresses')).toHaveLength(1);
    const warnings = flooded.filter((one) => one.type === 'write-log' && one.level === 'warning');
    expect(warnings).toHaveLength(1);
    const counted = play.core.snapshot(play.now).instances[0]?.counters.addressClaims;
    expect(counted).toBe(200);
    const muted = play.effects.length;
    play.runTo(instant(6 * second + 1));
    expect(watched(play.effects.slice(muted))).toEqual([['192.0.2.10']]);
  });

  it('by ever so many stations make no more than eight of them known, and few questions', () => {
    const play = new Play(config);
    play.runTo(instant(5 * second));
    const before = countOf(play, 'probe-addresses');
    for (let count = 0; count < 100; count += 1) {
      const macAddress = `02:00:00:00:01:${count.toString(16).padStart(2, '0')}` as MacAddress;
      play.handle(claim({ macAddress }));
    }
    play.runTo(instant(8 * second));
    expect(play.core.snapshot(play.now).instances[0]?.conflicts).toHaveLength(8);
    expect(countOf(play, 'probe-addresses') - before).toBeLessThan(5);
  });

  it('that can not be read are counted', () => {
    const play = new Play(config);
    play.handle({ type: 'claim-dropped', interface: eth0, reason: 'arp-malformed' });
    expect(play.core.snapshot(play.now).drops).toEqual({ 'arp-malformed': 1 });
  });

  it('are nobody to listen for where that is switched off', () => {
    const off = { ...config, instances: [instanceConfig({ addressConflict: 'off' })] };
    const play = new Play(off);
    play.runTo(instant(5 * second));
    const before = play.effects.length;
    expect(play.handle(claim())).toEqual([]);
    expect(countOf(play, 'watch-addresses') + countOf(play, 'probe-addresses')).toBe(0);
    expect(play.effects).toHaveLength(before);
  });
});
