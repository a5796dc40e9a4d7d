/**
 * What the control socket speaks. A client sends requests, one line of JSON
 * each; the server answers each in turn with one response line, or, for
 * `events`, with an event line each and an end line. Any request may be
 * answered by an error line instead.
 *
 * The socket is the operator's: who may open it (mode 0600) may ask anything.
 */
import { failure, success, type Result } from '../base/result.ts';
import type { Instant } from '../base/units.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Succession } from '../model/succession.ts';
import type { JournalLine } from '../ports/journal.ts';
import { decodeLine } from './json-lines.ts';

/** Raised with every change that an older client or server would misread. */
export const protocolVersion = 1;

export const defaultSocketPath = '/run/baton.sock';

/** Bounds of the control socket, in octets, milliseconds, or connections. */
export const controlLimits = {
  /** A request longer than this ends its connection. */
  requestOctets: 4_096,
  /** A response longer than this is refused by the client. */
  responseOctets: 16 * 1_024 * 1_024,
  /** Connections at a time; one more is answered `busy`. */
  clients: 128,
  /** A connection that neither asks, reads nor follows for this long is closed. */
  idleMs: 30_000,
  /** What may wait for a follower that does not read; past it the follower is dropped. */
  followerOctets: 256 * 1_024,
  /** Events that are written before the client must have taken them. */
  eventsAtOnce: 256,
} as const;

export type Request =
  | { readonly request: 'status' }
  | {
      readonly request: 'events';
      /** Only events with a greater sequence number; null: all that are kept. */
      readonly after: number | null;
      /** Go on with events as they happen. */
      readonly follow: boolean;
    }
  | {
      readonly request: 'pass';
      /** Null: every instance that is Master. */
      readonly instance: string | null;
    }
  | {
      readonly request: 'reload';
      /** Null: Baton's own configuration; else the service that is to read its own anew. */
      readonly service: string | null;
    }
  | { readonly request: 'stop' }
  /** Starts the program that is installed now, to take the place of the running one. */
  | { readonly request: 'upgrade' }
  | SucceedRequest;

/** The process that asks takes the place of the one that answers, which ends. */
export interface SucceedRequest {
  readonly request: 'succeed';
  readonly processId: number;
  /** Of what it is told: successionFormat. */
  readonly format: number;
  /** When it read its configuration, CLOCK_MONOTONIC in microseconds. */
  readonly configuredAt: Instant;
  /** The moment after which it waits no longer. */
  readonly notAfter: Instant;
}

/** A request as it goes over the socket. */
export type RequestLine = Request & { readonly protocol: number };

/** Who answers: the running Baton. */
export interface Identity {
  readonly version: string;
  readonly processId: number;
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly startedAtMs: number;
  readonly configurationPath: string;
}

/** What came of a hand-over: a sentence either way. */
export type PassOutcome = Result<string, string>;

/** What came of a reload: a sentence, or the diagnostics as `baton check` prints them. */
export type ReloadOutcome = Result<string, string>;

/** What came of an upgrade: a sentence either way. */
export type UpgradeOutcome = Result<string, string>;

/** What the successor goes on with, or why it may not. */
export type SuccessionOutcome = Result<Succession, string>;

export type Response =
  | StatusResponse
  | EventResponse
  | EndResponse
  | PassResponse
  | ReloadResponse
  | StoppingResponse
  | UpgradeResponse
  | SuccessionResponse
  | ErrorResponse;

export interface StatusResponse {
  readonly type: 'status';
  readonly identity: Identity;
  readonly snapshot: Snapshot;
}

interface EventResponse {
  readonly type: 'event';
  readonly line: JournalLine;
}

/** No more events come: all were told, or Baton stops. */
interface EndResponse {
  readonly type: 'end';
  readonly reason: EndReason;
}

export type EndReason = 'complete' | 'stopping';

interface PassResponse {
  readonly type: 'pass';
  readonly outcome: PassOutcome;
}

interface ReloadResponse {
  readonly type: 'reload';
  readonly outcome: ReloadOutcome;
}

/** Baton begins to stop. The connection stays open until the process has ended. */
interface StoppingResponse {
  readonly type: 'stopping';
  readonly identity: Identity;
}

interface UpgradeResponse {
  readonly type: 'upgrade';
  readonly outcome: UpgradeOutcome;
}

/** Where it is told, the connection stays open until the process has ended or the client leaves. */
interface SuccessionResponse {
  readonly type: 'succession';
  readonly outcome: SuccessionOutcome;
}

export type ErrorCode =
  | 'bad-request' // not a request that this protocol knows
  | 'unsupported-protocol' // client and server are of different versions
  | 'line-too-long' // longer than controlLimits.requestOctets
  | 'busy' // controlLimits.clients are connected already
  | 'internal'; // answering failed; the message says how

export interface ErrorResponse {
  readonly type: 'error';
  readonly code: ErrorCode;
  readonly message: string;
}

export function errorResponse(code: ErrorCode, message: string): ErrorResponse {
  return { type: 'error', code, message };
}

/** Reads one request line. Total: whatever is on the line, the answer is a request or an error. */
export function parseRequest(line: string): Result<Request, ErrorResponse> {
  const value = decodeLine(line);
  if (!isRecord(value)) return bad('a request is one JSON object on a line');
  if (value['protocol'] !== protocolVersion) return unsupported(value['protocol']);
  const request = value['request'];
  switch (request) {
    case 'status':
    case 'stop':
    case 'upgrade':
      return success({ request });
    case 'succeed':
      return parseSucceed(value);
    case 'events':
      return parseEvents(value);
    case 'pass':
      return parsePass(value);
    case 'reload':
      return parseReload(value);
    default:
      return bad('request must be one of: status, events, pass, reload, stop, upgrade, succeed');
  }
}

function parseEvents(value: Record<string, unknown>): Result<Request, ErrorResponse> {
  const { after = null, follow = false } = value;
  if (after !== null && !(Number.isSafeInteger(after) && (after as number) >= 0)) {
    return bad('after must be the sequence number of an event, or null');
  }
  if (typeof follow !== 'boolean') return bad('follow must be true or false');
  return success({ request: 'events', after: after as number | null, follow });
}

function parsePass(value: Record<string, unknown>): Result<Request, ErrorResponse> {
  const { instance = null } = value;
  if (instance !== null && typeof instance !== 'string') {
    return bad('instance must be the name of a vrrp_instance, or null');
  }
  return success({ request: 'pass', instance });
}

function parseReload(value: Record<string, unknown>): Result<Request, ErrorResponse> {
  const { service = null } = value;
  if (service !== null && typeof service !== 'string') {
    return bad('service must be the name of a service, or null');
  }
  return success({ request: 'reload', service });
}

function parseSucceed(value: Record<string, unknown>): Result<Request, ErrorResponse> {
  const { processId, format, configuredAt, notAfter } = value;
  if (!Number.isSafeInteger(processId) || (processId as number) < 1) {
    return bad('processId must be the id of the process that asks');
  }
  if (!Number.isSafeInteger(format)) return bad('format must be a number');
  if (!Number.isFinite(notAfter) || !Number.isFinite(configuredAt)) {
    return bad('notAfter and configuredAt must be moments in microseconds');
  }
  return success({
    request: 'succeed',
    processId: processId as number,
    format: format as number,
    configuredAt: configuredAt as Instant,
    notAfter: notAfter as Instant,
  });
}

const responseTypes: ReadonlySet<unknown> = new Set<Response['type']>([
  'status',
  'event',
  'end',
  'pass',
  'reload',
  'stopping',
  'upgrade',
  'succession',
  'error',
]);

/**
 * Reads one response line; null where it is none. Past its type a response is
 * taken at its word: the server is the same package, held to the same protocol
 * version.
 */
export function parseResponse(line: string): Response | null {
  const value = decodeLine(line);
  return isRecord(value) && responseTypes.has(value['type'])
    ? (value as unknown as Response)
    : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(message: string): Result<never, ErrorResponse> {
  return failure(errorResponse('bad-request', message));
}

function unsupported(protocol: unknown): Result<never, ErrorResponse> {
  const asked = typeof protocol === 'number' ? String(protocol) : 'none';
  return failure(
    errorResponse(
      'unsupported-protocol',
      `the running Baton speaks version ${String(protocolVersion)} of the control protocol, ` +
        `the client asked for ${asked}: use the baton command of the running version`,
    ),
  );
}
