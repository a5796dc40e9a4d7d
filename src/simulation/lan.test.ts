import { beforeEach, describe, expect, it } from 'vitest';
import { after, microseconds, milliseconds } from '../base/units.ts';
import type { MacAddress } from '../model/address.ts';
import { broadcastMac, emitEthernetHeader, ethernetHeaderLength } from '../wire/ethernet.ts';
import { streamOf } from './draw.ts';
import { Lan, type Port } from './lan.ts';
import { VirtualClock } from './virtual-clock.ts';

const delay = { least: microseconds(10), most: microseconds(500) };
const mac = (last: number): MacAddress => `02:00:00:00:00:0${String(last)}` as MacAddress;

/** A frame with one octet of payload, by which it is known. */
function frame(destination: MacAddress, mark: number): Uint8Array {
  const octets = new Uint8Array(ethernetHeaderLength + 1);
  emitEthernetHeader(octets, 0, { destination, source: mac(1), etherType: 0x88b5 });
  octets[ethernetHeaderLength] = mark;
  return octets;
}

describe('Lan', () => {
  let clock: VirtualClock;
  let lan: Lan;
  let ports: Port[];
  /** What has happened to stations 1 to 3. */
  let seen: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    lan = new Lan({ clock, random: streamOf(1, 'lan'), delay, trace: null });
    seen = [];
    ports = [1, 2, 3].map((number) =>
      lan.plug({
        name: String(number),
        macAddress: mac(number),
        receive: (octets) => seen.push(`${String(number)} gets ${String(octets.at(-1))}`),
        carrierChanged: (up) => seen.push(`${String(number)} ${up ? 'up' : 'down'}`),
      }),
    );
  });

  const settle = (): Promise<void> => clock.runUntil(after(clock.now(), milliseconds(10)));

  it('takes a broadcast to all but its sender, and a unicast to whom it is for', async () => {
    ports[0]?.send(frame(broadcastMac, 1));
    await settle();
    expect(seen.toSorted()).toEqual(['2 gets 1', '3 gets 1']);
    ports[0]?.send(frame(mac(3), 2));
    await settle();
    expect(seen.slice(2)).toEqual(['3 gets 2']);
  });

  it('takes its time within the range', async () => {
    ports[0]?.send(frame(mac(2), 1));
    await clock.runUntil(after(clock.now(), microseconds(9)));
    expect(seen).toEqual([]);
    await clock.runUntil(after(clock.now(), microseconds(491)));
    expect(seen).toEqual(['2 gets 1']);
  });

  it('lets no frame overtake another on the same way', async () => {
    for (let mark = 0; mark < 100; mark += 1) ports[0]?.send(frame(mac(2), mark));
    await settle();
    expect(seen).toEqual(Array.from({ length: 100 }, (_, mark) => `2 gets ${String(mark)}`));
  });

  it('copies what is sent, as a wire does', async () => {
    const octets = frame(mac(2), 1);
    ports[0]?.send(octets);
    octets.fill(0xff);
    await settle();
    expect(seen).toEqual(['2 gets 1']);
  });

  it('shows a cut cable as a lost carrier, and loses what is under way', async () => {
    ports[0]?.send(frame(broadcastMac, 1));
    lan.setCable('2', 'down');
    await settle();
    expect(seen).toEqual(['2 down', '3 gets 1']);
    expect(lan.connects('1', '2')).toBe(false);
    lan.setCable('2', 'up');
    ports[1]?.send(frame(mac(1), 2));
    await settle();
    expect(seen.slice(2)).toEqual(['2 up', '1 gets 2']);
  });

  it('keeps groups apart without a carrier lost, until it is healed', async () => {
    const heal = lan.partition([['1'], ['2', '3']]);
    ports[0]?.send(frame(broadcastMac, 1));
    ports[1]?.send(frame(broadcastMac, 2));
    await settle();
    expect(seen).toEqual(['3 gets 2']);
    expect([lan.connects('1', '2'), lan.connects('2', '3')]).toEqual([false, true]);
    heal();
    ports[0]?.send(frame(mac(2), 3));
    await settle();
    expect(seen.slice(1)).toEqual(['2 gets 3']);
  });
});
