/**
 * The kernel says when an address was last renewed in centiseconds of its ticks. They pass as
 * CLOCK_MONOTONIC does but began some time after it (0.25 s have been seen), and nothing tells
 * how long. So an address that an earlier run has left is renewed once more, and what the kernel
 * says of that is compared with the clock.
 */
import type { Instant } from '../base/units.ts';
import { instant, milliseconds } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { AddressMessage, AddressLifetime } from '../wire/rtnetlink.ts';
import { addressOrigin, parseRtnetlink } from '../wire/rtnetlink.ts';
import { emitList, emitRenewAddress, requestLimit } from '../wire/rtnetlink-request.ts';
import { addressKey } from './interface-table.ts';
import type { NetlinkExchange } from './netlink-exchange.ts';
import { openNetlinkExchange } from './netlink-exchange.ts';

/** A centisecond is rounded down from a tick, and a tick takes up to as long. */
const resolution = milliseconds(20);

type Left = AddressMessage & { readonly lifetime: AddressLifetime };

/**
 * The earliest moment at which the ticks can have begun, so that no renewal is taken for a
 * later one than it was; null where nothing is left of an earlier run, or the kernel refuses.
 */
export function findTickOrigin(clock: Clock, listed: readonly AddressMessage[]): Instant | null {
  const left = listed.findLast(isLeft);
  if (left === undefined) return null;
  const exchange = openNetlinkExchange('route');
  if (!exchange.ok) return null;
  try {
    const at = clock.now();
    const renewed = renew(exchange.value, left);
    if (renewed === null) return null;
    return instant(at - milliseconds(10 * renewed.renewedCentiseconds) - resolution);
  } finally {
    exchange.value.close();
  }
}

function isLeft(message: AddressMessage): message is Left {
  const { origin, lifetime, tentative } = message;
  return origin === addressOrigin && lifetime !== null && !tentative && message.peer === null;
}

/** What the kernel then says of it. */
function renew(exchange: NetlinkExchange, left: Left): AddressLifetime | null {
  const { index, address, prefixLength, lifetime } = left;
  const octets = new Uint8Array(requestLimit);
  const view = new DataView(octets.buffer);
  const sequence = exchange.takeSequence();
  // Of whole seconds one has begun: it must not live longer for having been asked.
  const rest = { ...lifetime, validSeconds: lifetime.validSeconds - 1 };
  const identity = { sequence, index, address, prefixLength, peer: null };
  const length = emitRenewAddress(view, 0, { ...identity, lifetime: rest });
  const answer = exchange.send(octets.subarray(0, length), 'renew an address');
  if (!answer.ok) return null;
  const listLength = emitList(view, 0, { sequence: exchange.takeSequence(), what: 'addresses' });
  const list = exchange.send(octets.slice(0, listLength), 'list addresses');
  if (!list.ok) return null;
  const now = list.value
    .flatMap((datagram) => parseRtnetlink(datagram))
    .find((message) => message.type === 'new-address' && addressKey(message) === addressKey(left));
  return now?.type === 'new-address' ? now.lifetime : null;
}
