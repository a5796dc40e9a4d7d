import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/base/assert.ts';
import { readPcap } from './pcap.ts';

interface FrameRecord {
  readonly seconds: number;
  readonly fraction: number;
  readonly octets: readonly number[];
  readonly originalLength?: number;
}

function pcap(magic: number, records: readonly FrameRecord[], linkType = 1): Uint8Array {
  const octets: number[] = [];
  const append = (value: number) => {
    octets.push(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
  };
  for (const value of [magic, 0x0004_0002, 0, 0, 0x4_0000, linkType]) append(value);
  for (const { seconds, fraction, octets: frame, originalLength } of records) {
    for (const value of [seconds, fraction, frame.length, originalLength ?? frame.length]) {
      append(value);
    }
    octets.push(...frame);
  }
  return Uint8Array.from(octets);
}

const short: FrameRecord = { seconds: 102, fraction: 0, octets: [4] };
const records: readonly FrameRecord[] = [
  { seconds: 100, fraction: 500_000, octets: [1, 2, 3] },
  short,
];

describe('a capture file', () => {
  it('gives its frames with the time since the first, in microseconds', () => {
    expect(readPcap(pcap(0xa1b2c3d4, records))).toEqual([
      { timeS: 0, octets: Uint8Array.of(1, 2, 3) },
      { timeS: 1.5, octets: Uint8Array.of(4) },
    ]);
  });

  it('may count nanoseconds', () => {
    const frames = readPcap(
      pcap(0xa1b23c4d, [
        { seconds: 1, fraction: 0, octets: [] },
        { seconds: 1, fraction: 250_000_000, octets: [] },
      ]),
    );
    expect(frames.map(({ timeS }) => timeS)).toEqual([0, 0.25]);
  });

  it.each([
    ['another format', pcap(0x0a0d0d0a, records)],
    ['another link', pcap(0xa1b2c3d4, records, 101)],
    ['a frame cut short', pcap(0xa1b2c3d4, [{ ...short, originalLength: 60 }])],
    ['an end within a frame', pcap(0xa1b2c3d4, records).subarray(0, -1)],
  ])('is refused with %s', (_, file) => {
    expect(() => readPcap(file)).toThrow(AssertionError);
  });
});
