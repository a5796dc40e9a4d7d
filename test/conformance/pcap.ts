/** Reads capture files: the classic pcap format, little-endian, of Ethernet frames. */
import { assert } from '../../src/base/assert.ts';

export interface CapturedFrame {
  /** Seconds since the first frame of the file. */
  readonly timeS: number;
  readonly octets: Uint8Array;
}

/** The magic number at the start says in what unit the times' second half is. */
const fractionsPerSecond = new Map([
  [0xa1b2c3d4, 1_000_000],
  [0xa1b23c4d, 1_000_000_000],
]);

const linkTypeOffset = 20;
const ethernetLinkType = 1;
const fileHeaderLength = 24;

const fractionOffset = 4;
const capturedLengthOffset = 8;
const originalLengthOffset = 12;
const recordHeaderLength = 16;

/** Every frame of a capture file, each with all its octets. */
export function readPcap(file: Uint8Array): readonly CapturedFrame[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const fractions = fractionsPerSecond.get(view.getUint32(0, true));
  assert(fractions !== undefined, 'no little-endian pcap file');
  assert(view.getUint32(linkTypeOffset, true) === ethernetLinkType, 'no Ethernet frames');
  const frames: CapturedFrame[] = [];
  let offset = fileHeaderLength;
  let startS: number | null = null;
  while (offset < file.length) {
    const secondsS = view.getUint32(offset, true);
    const timeS = secondsS + view.getUint32(offset + fractionOffset, true) / fractions;
    const length = view.getUint32(offset + capturedLengthOffset, true);
    const originalLength = view.getUint32(offset + originalLengthOffset, true);
    assert(length === originalLength, 'the capture cut a frame short');
    const start = offset + recordHeaderLength;
    offset = start + length;
    assert(offset <= file.length, 'the file ends within a frame');
    startS ??= timeS;
    frames.push({ timeS: timeS - startS, octets: file.subarray(start, offset) });
  }
  return frames;
}
