import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitListen, parseProcessEvent } from './process-connector.ts';

/** An event of this kind with these numbers, in front of it what every event has. */
function event(what: number, ...numbers: readonly number[]): Uint8Array {
  const octets = new Uint8Array(76);
  const view = new DataView(octets.buffer);
  view.setUint32(16, 1, true);
  view.setUint32(20, 1, true);
  view.setUint32(36, what, true);
  numbers.forEach((number, place) => {
    view.setUint32(52 + 4 * place, number, true);
  });
  return octets;
}

describe('the process connector', () => {
  it('is asked to tell', () => {
    expect(Buffer.from(emitListen()).toString('hex')).toBe(
      '28000000030000000000000000000000' + '0100000001000000000000000000000004000000' + '01000000',
    );
  });

  it.each([
    { name: 'an acknowledgement', octets: event(0, 0), told: { type: 'acknowledged' } },
    {
      name: 'a process that forks',
      octets: event(1, 7, 7, 9, 9),
      told: { type: 'forked', processId: 9, parentId: 7, byLeader: true },
    },
    {
      name: 'a thread that forks a process',
      octets: event(1, 8, 7, 9, 9),
      told: { type: 'forked', processId: 9, parentId: 7, byLeader: false },
    },
    { name: 'a new program', octets: event(2, 8, 7), told: { type: 'changed', processId: 7 } },
    {
      name: 'a new name',
      octets: event(0x200, 7, 7),
      told: { type: 'changed', processId: 7 },
    },
    {
      name: 'an end',
      octets: event(0x8000_0000, 7, 7),
      told: { type: 'exited', processId: 7 },
    },
  ])('tells of $name', ({ octets, told }) => {
    expect(parseProcessEvent(octets)).toMatchObject(told);
  });

  it.each([
    { name: 'a thread that begins', octets: event(1, 7, 7, 8, 7) },
    { name: 'a thread that is renamed', octets: event(0x200, 8, 7) },
    { name: 'a thread that ends', octets: event(0x8000_0000, 8, 7) },
    { name: 'a new user', octets: event(4, 7, 7, 0, 0) },
    { name: 'another connector', octets: event(2, 7, 7).fill(9, 16, 20) },
  ])('tells nothing of $name', ({ octets }) => {
    expect(parseProcessEvent(octets)).toBeNull();
  });

  it('is total on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        parseProcessEvent(octets);
        const cut = event(1, 7, 7, 9, 9).subarray(0, octets.length);
        parseProcessEvent(cut);
      }),
    );
  });
});
