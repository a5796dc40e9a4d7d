/** The lines of a recording, to text and back. */
import { createHash } from 'node:crypto';
import { failure, success, type Result } from '../base/result.ts';
import type { Instant } from '../base/units.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import {
  recordingFormat,
  type RecordedInput,
  type RecordingEnd,
  type RecordingHeader,
} from '../model/recording.ts';

/** Of SHA-256, in hexadecimal digits: two different answers have the same once in 2^64. */
const digestLength = 16;

export type RecordingLine = RecordingHeader | RecordedInput | RecordingEnd;

export function recordingLine(line: RecordingLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** What stands in a recording of an input; the event and effects have their stand-ins. */
export function recordedInput(
  at: Instant,
  event: CoreEvent,
  effects: readonly Effect[],
): RecordedInput {
  if (effects.length === 0) return { at, event };
  const types = effects.map(({ type }) => type);
  return { at, event, effects: types, digest: digestOf(effects) };
}

export function digestOf(effects: readonly Effect[]): string {
  const digest = createHash('sha256').update(JSON.stringify(effects)).digest('hex');
  return digest.slice(0, digestLength);
}

/** Reads the first line of a file. Total; the error says what the file is instead. */
export function parseHeader(text: string): Result<RecordingHeader, string> {
  const value = parseObject(text);
  if (value?.['recording'] === undefined) {
    return failure('this is no recording: its first line is not what `baton run --record` writes');
  }
  const { recording, baton, wallClockMs, at, config } = value;
  if (recording !== recordingFormat) {
    const given = typeof recording === 'number' ? String(recording) : 'an unknown one';
    const writer = typeof baton === 'string' ? ` Baton ${baton} wrote it:` : '';
    return failure(
      `its format is ${given}, and this Baton reads format ${String(recordingFormat)}:` +
        `${writer} replay it with that version`,
    );
  }
  if (typeof baton !== 'string' || !isFinite(wallClockMs) || !isFinite(at) || !isObject(config)) {
    return failure('the header is damaged: version, times or configuration are missing');
  }
  return success(value as unknown as RecordingHeader);
}

/** Reads a line after the first. Total; of the event only its type is looked at. */
export function parseInput(text: string): Result<RecordedInput | RecordingEnd, string> {
  const value = parseObject(text);
  if (value === null) return failure('not a JSON object');
  if (value['end'] !== undefined) return parseEnd(value);
  const { at, event, effects, digest, threw } = value;
  if (!isFinite(at)) return failure('"at" is not a time');
  if (!isObject(event)) return failure('"event" is missing');
  const { type } = event;
  if (typeof type !== 'string' || !Object.hasOwn(eventTypes, type)) {
    const named = typeof type === 'string' ? JSON.stringify(type) : 'without a type';
    return failure(`this Baton knows no event ${named}`);
  }
  const answered = Array.isArray(effects) && effects.every((one) => typeof one === 'string');
  if ((effects !== undefined && !answered) || answered !== (typeof digest === 'string')) {
    return failure('"effects" and "digest" do not belong together');
  }
  if (threw !== undefined && typeof threw !== 'string') return failure('"threw" is no text');
  return success(value as unknown as RecordedInput);
}

function parseEnd(value: Record<string, unknown>): Result<RecordingEnd, string> {
  const { end, inputs } = value;
  if (typeof end !== 'string' || typeof inputs !== 'number') return failure('the end is damaged');
  return success(value as unknown as RecordingEnd);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Every type is named here, or this does not compile. */
const eventTypes: Readonly<Record<CoreEvent['type'], true>> = {
  'network-listed': true,
  'advert-received': true,
  'packet-dropped': true,
  'send-failed': true,
  'link-changed': true,
  'address-appeared': true,
  'address-vanished': true,
  'address-duplicate': true,
  'address-claimed': true,
  'claim-dropped': true,
  'route-vanished': true,
  'rule-vanished': true,
  'leases-lapsed': true,
  'guard-vanished': true,
  'side-message-received': true,
  'side-message-dropped': true,
  'side-channel-opened': true,
  'side-channel-failed': true,
  'effect-settled': true,
  'script-finished': true,
  'file-read': true,
  'processes-counted': true,
  'service-found': true,
  'service-started': true,
  'service-start-failed': true,
  'service-tested': true,
  'service-probed': true,
  'process-exited': true,
  'config-replaced': true,
  'pass-requested': true,
  'service-reload-requested': true,
  'snapshot-requested': true,
  'statistics-cleared': true,
  'stop-requested': true,
  'succession-requested': true,
  'succession-received': true,
  'takeover-nears': true,
  'time-passed': true,
};
