import { describe, expect, it } from 'vitest';
import { virtualAddress } from '../../test/scenario/configuration.ts';
import { after, instant, milliseconds, zero, type Instant } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import { Announcer } from './announcer.ts';
import { Outbox } from './outbox.ts';

const start = instant(0);
const [first, second] = [virtualAddress('192.0.2.10'), virtualAddress('192.0.2.11')];
const elsewhere = virtualAddress('198.51.100.1@eth1');
const sixth = virtualAddress('2001:db8::10');

/** All that leaves until nothing is left, each with its milliseconds. */
function departures(
  announcer: Announcer,
  outbox: Outbox,
  from: Instant = start,
): readonly string[] {
  const lines: string[] = [];
  let at = from;
  for (;;) {
    for (const effect of outbox.drain()) {
      if (effect.type !== 'announce-addresses') continue;
      const list = effect.addresses.map(({ address }) => address).join(' ');
      lines.push(`${String(at / 1_000)} ms: ${list}, ${String(effect.repeat)}`);
    }
    const deadline = announcer.nextDeadline();
    if (deadline === null) return lines;
    at = deadline;
    announcer.timePassed(at, outbox);
  }
}

function paced(interfaces: readonly string[] | null): Announcer {
  const announcer = new Announcer();
  announcer.adopt([
    {
      arpInterval: milliseconds(100),
      neighbourInterval: zero,
      interfaces: interfaces?.map((name) => name as InterfaceName) ?? null,
    },
  ]);
  return announcer;
}

describe('announcements', () => {
  it('leave at once and together without a pause', () => {
    const [announcer, outbox] = [new Announcer(), new Outbox()];
    announcer.announce(start, [first, sixth], 5, outbox);
    expect(departures(announcer, outbox)).toEqual(['0 ms: 192.0.2.10 2001:db8::10, 5']);
  });

  it('leave one by one with a pause, the first of each before the second of any', () => {
    const [announcer, outbox] = [paced(null), new Outbox()];
    announcer.announce(start, [first, second], 2, outbox);
    expect(departures(announcer, outbox)).toEqual([
      '0 ms: 192.0.2.10, 1',
      '100 ms: 192.0.2.11, 1',
      '200 ms: 192.0.2.10, 1',
      '300 ms: 192.0.2.11, 1',
    ]);
  });

  it('pause by themselves on each interface, and by family', () => {
    const [announcer, outbox] = [paced(null), new Outbox()];
    announcer.announce(start, [first, second, elsewhere, sixth], 1, outbox);
    expect(departures(announcer, outbox)).toEqual([
      '0 ms: 2001:db8::10, 1',
      '0 ms: 192.0.2.10, 1',
      '0 ms: 198.51.100.1, 1',
      '100 ms: 192.0.2.11, 1',
    ]);
  });

  it('share the pause of a group, and others have none', () => {
    const [announcer, outbox] = [paced(['eth0', 'eth1']), new Outbox()];
    const outside = virtualAddress('203.0.113.1@eth2');
    announcer.announce(start, [first, elsewhere, outside], 1, outbox);
    expect(departures(announcer, outbox)).toEqual([
      '0 ms: 203.0.113.1, 1',
      '0 ms: 192.0.2.10, 1',
      '100 ms: 198.51.100.1, 1',
    ]);
  });

  it('are not made of what was let go meanwhile', () => {
    const [announcer, outbox] = [paced(null), new Outbox()];
    announcer.announce(start, [first, second], 3, outbox);
    announcer.forget([first]);
    expect(departures(announcer, outbox)).toEqual([
      '0 ms: 192.0.2.10, 1',
      '100 ms: 192.0.2.11, 1',
      '200 ms: 192.0.2.11, 1',
      '300 ms: 192.0.2.11, 1',
    ]);
  });

  it('still pause after the last one of a burst', () => {
    const [announcer, outbox] = [paced(null), new Outbox()];
    announcer.announce(start, [first], 1, outbox);
    const soon = after(start, milliseconds(30));
    announcer.announce(soon, [second], 1, outbox);
    expect(departures(announcer, outbox, soon)).toEqual([
      '30 ms: 192.0.2.10, 1',
      '100 ms: 192.0.2.11, 1',
    ]);
  });

  it('do not pile up when they are refreshed quicker than they leave', () => {
    const [announcer, outbox] = [paced(null), new Outbox()];
    for (let count = 0; count < 10; count += 1)
      announcer.announce(start, [first, second], 2, outbox);
    expect(departures(announcer, outbox)).toEqual([
      '0 ms: 192.0.2.10, 1',
      '100 ms: 192.0.2.11, 1',
      '200 ms: 192.0.2.10, 1',
      '300 ms: 192.0.2.11, 1',
      '400 ms: 192.0.2.10, 1',
    ]);
  });
});
