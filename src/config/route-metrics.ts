/** The metrics of a route: what the kernel is to assume of the connections that use it. */
import type { RouteMetric, RouteMetricName } from '../model/route.ts';
import type { EntryReader } from './entry-reader.ts';
import type { Word } from './words.ts';

const thirtyTwoBits = { maximum: 0xffff_ffff };

interface MetricRange {
  readonly name: RouteMetricName;
  readonly maximum: number;
  /** Steps of the kernel's a millisecond, where the value is a time. */
  readonly scale: number | null;
}

const lockableMetrics: ReadonlySet<string> = new Set([
  'mtu',
  'advmss',
  'rtt',
  'rttvar',
  'reordering',
  'cwnd',
  'ssthresh',
  'rto_min',
]);

const metricRanges: ReadonlyMap<string, MetricRange> = new Map(
  [
    { name: 'mtu', ...thirtyTwoBits, scale: null } as const,
    { name: 'advmss', ...thirtyTwoBits, scale: null } as const,
    { name: 'rtt', ...thirtyTwoBits, scale: 8 } as const,
    { name: 'rttvar', ...thirtyTwoBits, scale: 4 } as const,
    { name: 'reordering', ...thirtyTwoBits, scale: null } as const,
    { name: 'cwnd', ...thirtyTwoBits, scale: null } as const,
    { name: 'ssthresh', ...thirtyTwoBits, scale: null } as const,
    { name: 'rto_min', ...thirtyTwoBits, scale: 1 } as const,
    { name: 'hoplimit', maximum: 255, scale: null } as const,
    { name: 'window', ...thirtyTwoBits, scale: null } as const,
    { name: 'initcwnd', ...thirtyTwoBits, scale: null } as const,
    { name: 'initrwnd', ...thirtyTwoBits, scale: null } as const,
    { name: 'quickack', maximum: 1, scale: null } as const,
    { name: 'fastopen_no_cookie', maximum: 1, scale: null } as const,
  ].map((range) => [range.name, range]),
);

export function isMetric(name: string): boolean {
  return metricRanges.has(name);
}

/** `[lock] N` behind a metric's name; null where the name or the number is none. */
export function readMetric(reader: EntryReader, name: string, word: Word): RouteMetric | null {
  const range = metricRanges.get(name);
  if (range === undefined) return null;
  const locked = lockableMetrics.has(name) && reader.accept('lock') !== null;
  const value =
    range.scale === null ? reader.number(word, range) : readRoundTrip(reader, word, range.scale);
  if (value === null) return null;
  // The kernel heeds this one only where it is locked, so `ip route` locks it unasked.
  return { name: range.name, value, locked: locked || name === 'rto_min' };
}

/** Milliseconds with `ms` or `s` behind the number, which the kernel keeps in finer steps. */
function readRoundTrip(reader: EntryReader, of: Word, scale: number): number | null {
  const word = reader.argument(of, 'TIME');
  if (word === null) return null;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(s|secs?|ms|msecs?)$/.exec(word.text) ?? [];
  if (unit === undefined) return reader.numberOf(of, word, thirtyTwoBits);
  const perUnit = unit.startsWith('s') ? 1_000 : 1;
  return Math.ceil(Number(digits) * perUnit) * scale;
}
