/** The control socket's lines: any octets, in pieces of any size. */
import {
  errorResponse,
  parseRequest,
  parseResponse,
  protocolVersion,
} from '../../src/api/contract.ts';
import { encodeLine, LineSplitter } from '../../src/api/json-lines.ts';
import type { FuzzTarget } from './campaign.ts';
import { promise, promiseSame } from './promise.ts';

const encoder = new TextEncoder();
const octetsOf = (text: string): Uint8Array => encoder.encode(text);
const limitOctets = 256;

const requests = [
  { request: 'status' },
  { request: 'events', after: 5, follow: true },
  { request: 'pass', instance: 'VI_1' },
  { request: 'reload', service: null },
  { request: 'stop' },
].map((request) => encodeLine({ ...request, protocol: protocolVersion }));

const responses = [
  encodeLine(errorResponse('busy', 'later')),
  encodeLine({ type: 'end', reason: 'complete' }),
];

export const controlTarget: FuzzTarget = {
  name: 'control',
  corpus: [...requests, ...responses, requests.join(''), '\n\n{}\n[]\nnull\n'].map(octetsOf),
  words: ['\n', '"', '{', '}', '[', ':', 'null', '__proto__', '"after":', '1e999', '\\u0000'].map(
    octetsOf,
  ),
  limitOctets: 600,
  limitMs: 100,
  run(octets) {
    const whole = linesOf(octets, octets.length);
    promiseSame(whole, linesOf(octets, 1 + (octets.length % 7)), 'pieces of any size are the same');
    if (whole === null) return 'line-too-long';
    return whole.map(lineOutcome).slice(0, 6).join(' ');
  },
};

function linesOf(octets: Uint8Array, size: number): readonly string[] | null {
  const splitter = new LineSplitter(limitOctets);
  const lines: string[] = [];
  for (let start = 0; start < octets.length; start += size) {
    const pushed = splitter.push(octets.subarray(start, start + size));
    if (!pushed.ok) return null;
    lines.push(...pushed.value);
  }
  return lines;
}

function lineOutcome(line: string): string {
  promise(!line.includes('\n'), 'a line has no line feed');
  const response = parseResponse(line);
  if (response !== null)
    promiseSame(parseResponse(encodeLine(response)), response, 'a response stays');
  const parsed = parseRequest(line);
  if (!parsed.ok) return `${parsed.error.code} ${response?.type ?? '-'}`;
  const again = encodeLine({ ...parsed.value, protocol: protocolVersion });
  promiseSame(parseRequest(again), parsed, 'a request stays as it was read');
  return parsed.value.request;
}
