import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deletionOf, messagesIn } from './netlink-messages.ts';

function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** RTM_NEWROUTE of a list: NLM_F_MULTI, sequence 5, port 9; then 2 octets and what fills them up. */
const first = octets('12000000 1800 0200 05000000 09000000 abcd');
const second = octets('10000000 2000 0200 05000000 09000000');

it('parts a datagram into its messages', () => {
  const datagram = Uint8Array.of(...first, 0, 0, ...second);
  expect(messagesIn(datagram)).toEqual([first, second]);
  expect(messagesIn(datagram.subarray(0, 30))).toEqual([first]);
});

it('is total on any octets', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (datagram) => {
      for (const message of messagesIn(datagram)) expect(message.length).toBeGreaterThan(15);
    }),
  );
});

it('asks away what was listed', () => {
  expect(deletionOf(first, 77)).toEqual(octets('12000000 1900 0500 4d000000 00000000 abcd'));
  expect(deletionOf(second, 78)).toEqual(octets('10000000 2100 0500 4e000000 00000000'));
});
