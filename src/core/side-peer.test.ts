import { describe, expect, it } from 'vitest';
import { sideMessage } from '../../test/scenario/side-specimens.ts';
import { instant, milliseconds, seconds } from '../base/units.ts';
import type { IpAddress } from '../model/address.ts';
import type { SideMessage } from '../model/side-channel.ts';
import { SidePeer, type SideVerdict } from './side-peer.ts';

const own = '00000000000000aa';
const at = instant(seconds(10));
const take = { type: 'take', handOver: 1, before: at, instances: ['VI_1'] } as const;

class Judge {
  readonly peer = new SidePeer({ address: '192.0.2.2' as IpAddress, port: 8112 });

  of(given: Partial<SideMessage>): SideVerdict {
    return this.peer.judge(at, sideMessage(take, given), own);
  }
}

describe('a message of a peer', () => {
  it('counts once it names our session, and only with a counter that is higher', () => {
    const judge = new Judge();
    expect(judge.of({ counter: 5 })).toBe('introduces');
    expect(judge.of({ counter: 6 })).toBe('counts');
    expect(judge.of({ counter: 6 })).toBe('replayed');
    expect(judge.of({ counter: 5 })).toBe('replayed');
    expect(judge.of({ counter: 7 })).toBe('counts');
  });

  it('never counts when it names no session, or one of an earlier life of ours', () => {
    const judge = new Judge();
    expect(judge.of({ receiver: null })).toBe('asks');
    expect(judge.of({ receiver: '00000000000000a9', counter: 1_000 })).toBe('asks');
    expect(judge.peer.silentAt).toBeNull();
    // And it does not use up the counters of those that will.
    expect(judge.of({ counter: 1 })).toBe('introduces');
  });

  it('is not taken when it is our own, sent back', () => {
    const judge = new Judge();
    expect(judge.of({ sender: own })).toBe('own');
    expect(judge.of({ sender: own, receiver: own, counter: 99 })).toBe('own');
  });

  it('of a life of the peer that is over never counts again, even one that was held back', () => {
    const judge = new Judge();
    judge.of({ counter: 5 });
    expect(judge.of({ sender: '00000000000000bc', counter: 1 })).toBe('introduces');
    expect(judge.of({ counter: 6 })).toBe('replayed');
    expect(judge.of({ receiver: null, counter: 7 })).toBe('replayed');
    expect(judge.of({ sender: '00000000000000bc', counter: 2 })).toBe('counts');
  });

  it('of a recording leads nobody away from the peer that is known', () => {
    const judge = new Judge();
    judge.of({ counter: 5 });
    expect(judge.of({ sender: '00000000000000b1', receiver: null })).toBe('asks');
    expect(judge.peer.addressee).toBe('00000000000000bb');
    expect(judge.of({ counter: 6 })).toBe('counts');
  });
});

describe('a peer', () => {
  it('is introduced to no more often than each 50 ms', () => {
    const { peer } = new Judge();
    const times = [0, 10, 49, 50, 60, 100].map((ms) => instant(milliseconds(ms)));
    expect(times.map((one) => peer.mayIntroduce(one))).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
  });
});
