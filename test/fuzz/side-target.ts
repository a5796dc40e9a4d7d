/** The side channel's codec. What is not signed is not looked at: inputs are signed first. */
import { instant } from '../../src/base/units.ts';
import type { IpAddress } from '../../src/model/address.ts';
import type { RouterReport, SideBody, SideMessage } from '../../src/model/side-channel.ts';
import { keyedDigest } from '../../src/wire/keyed-digest.ts';
import {
  emitSideMessage,
  longestSideMessage,
  parseSideMessage,
} from '../../src/wire/side-channel.ts';
import type { FuzzTarget } from './campaign.ts';
import { promise, promiseSame, surrounded } from './promise.ts';

const key = '5a'.repeat(32);
const digestLength = 32;

const report: RouterReport = {
  name: 'VI_1',
  state: 'Backup',
  priority: 100,
  source: '192.0.2.2' as IpAddress,
  family: 'IPv4',
  virtualRouterId: 51,
  version: 2,
  transport: 'multicast',
  intervalCentiseconds: 100,
  authentication: 'simple',
  fingerprint: '0123456789abcdef',
  addresses: ['192.0.2.10', '192.0.2.11'] as IpAddress[],
};
const bodies: readonly SideBody[] = [
  { type: 'hello', sentAt: instant(7), reports: [report] },
  {
    type: 'hello',
    sentAt: instant(0),
    reports: [{ ...report, family: 'IPv6', source: null, addresses: ['2001:db8::1' as IpAddress] }],
  },
  { type: 'take', handOver: 7, before: instant(9), instances: ['VI_1', 'VI_2'] },
  { type: 'taken', handOver: 7 },
  { type: 'declined', handOver: 7, reason: 'stopping' },
];

/** Messages without their signatures. */
function corpus(): readonly Uint8Array[] {
  return bodies.map((body, index) => {
    const buffer = new Uint8Array(longestSideMessage);
    const receiver = index === 0 ? null : '00000000000000aa';
    const message = { sender: '00000000000000bb', receiver, counter: index, body };
    return buffer.slice(0, emitSideMessage(buffer, message, key) - digestLength);
  });
}

export const sideTarget: FuzzTarget = {
  name: 'side',
  corpus: corpus(),
  words: [],
  limitOctets: 1_024,
  limitMs: 100,
  run(octets) {
    promise(!parseSideMessage(octets, key).ok, 'what is not signed is not believed');
    const digest = keyedDigest([octets], { algorithm: 'sha256', key, length: digestLength });
    const signed = Uint8Array.of(...octets, ...digest);
    const parsed = parseSideMessage(signed, key);
    promiseSame(parsed, parseSideMessage(surrounded(signed), key), 'nothing beyond matters');
    if (!parsed.ok) return parsed.error;
    const buffer = new Uint8Array(longestSideMessage).fill(0xa5);
    const length = emitSideMessage(buffer, parsed.value, key);
    promiseSame([...buffer.subarray(0, length)], [...signed], 'it is written as it came');
    return outcomeOf(parsed.value);
  },
};

function outcomeOf({ receiver, body }: SideMessage): string {
  const known = receiver === null ? 'unknown' : 'known';
  switch (body.type) {
    case 'hello':
      return `${known} hello ${body.reports.map(({ family, state }) => family + state).join(' ')}`;
    case 'take':
      return `${known} take ${String(body.instances.length)}`;
    case 'taken':
      return `${known} taken`;
    case 'declined':
      return `${known} declined ${body.reason}`;
  }
}
