import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptySnapshot } from '../model/defaults.ts';
import {
  parseRequest,
  parseResponse,
  protocolVersion,
  type Request,
  type Response,
} from './contract.ts';
import { decodeLine, encodeLine } from './json-lines.ts';

const sequence = fc.option(fc.nat(), { nil: null });
const requests: fc.Arbitrary<Request> = fc.oneof(
  fc.constant({ request: 'status' as const }),
  fc.record({ request: fc.constant('events' as const), after: sequence, follow: fc.boolean() }),
  fc.record({
    request: fc.constant('pass' as const),
    instance: fc.option(fc.string(), { nil: null }),
  }),
  fc.record({
    request: fc.constant('reload' as const),
    service: fc.option(fc.string(), { nil: null }),
  }),
  fc.constant({ request: 'stop' as const }),
);

function refusalOf(value: unknown): string {
  const parsed = parseRequest(encodeLine(value));
  return parsed.ok ? 'accepted' : `${parsed.error.code}: ${parsed.error.message}`;
}

describe('parseRequest', () => {
  it('reads back every request', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const line = encodeLine({ ...request, protocol: protocolVersion });
        expect(parseRequest(line)).toEqual({ ok: true, value: request });
      }),
    );
  });

  it('answers any line with a request or an error, never an exception', () => {
    const lines = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .dictionary(
          fc.constantFrom('protocol', 'request', 'after', 'follow', 'instance'),
          fc.oneof(fc.jsonValue(), fc.constantFrom(1, 'events', 'pass')),
        )
        .map(encodeLine),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const parsed = parseRequest(line);
        if (!parsed.ok) expect(parsed.error.message).not.toBe('');
      }),
    );
  });

  it('says what is wrong', () => {
    expect(refusalOf([])).toBe('bad-request: a request is one JSON object on a line');
    expect(refusalOf({ request: 'status', protocol: 2 })).toBe(
      'unsupported-protocol: the running Baton speaks version 1 of the control protocol, ' +
        'the client asked for 2: use the baton command of the running version',
    );
    expect(refusalOf({ request: 'dance', protocol: 1 })).toBe(
      'bad-request: request must be one of: status, events, pass, reload, stop, upgrade, succeed',
    );
    expect(refusalOf({ request: 'events', protocol: 1, after: -1 })).toBe(
      'bad-request: after must be the sequence number of an event, or null',
    );
    expect(refusalOf({ request: 'events', protocol: 1, follow: 'yes' })).toBe(
      'bad-request: follow must be true or false',
    );
    expect(refusalOf({ request: 'pass', protocol: 1, instance: 7 })).toBe(
      'bad-request: instance must be the name of a vrrp_instance, or null',
    );
  });

  it('takes what may be left out as null or false', () => {
    expect(parseRequest('{"protocol":1,"request":"events"}')).toEqual({
      ok: true,
      value: { request: 'events', after: null, follow: false },
    });
    expect(parseRequest('{"protocol":1,"request":"pass"}')).toEqual({
      ok: true,
      value: { request: 'pass', instance: null },
    });
  });
});

describe('parseResponse', () => {
  it('reads back every response', () => {
    const identity = {
      version: '0.1.0',
      processId: 7,
      startedAtMs: 0,
      configurationPath: '/etc/keepalived/keepalived.conf',
    };
    const responses: Response[] = [
      {
        type: 'status',
        identity,
        snapshot: { ...emptySnapshot, drops: { checksum: 1 } },
      },
      {
        type: 'event',
        line: { sequence: 1, timeMs: 2, entry: { kind: 'config', detail: 'loaded' }, because: [] },
      },
      { type: 'end', reason: 'complete' },
      { type: 'pass', outcome: { ok: true, value: 'VI_1 hands over' } },
      { type: 'reload', outcome: { ok: false, error: 'k.conf:1:1: error' } },
      { type: 'stopping', identity },
      { type: 'error', code: 'busy', message: 'come back later' },
    ];
    for (const response of responses) {
      expect(parseResponse(encodeLine(response))).toEqual(response);
    }
  });

  it('is null for anything else', () => {
    for (const line of ['', 'nonsense', 'null', '7', '[]', '{}', '{"type":"song"}']) {
      expect(parseResponse(line)).toBeNull();
      expect(() => decodeLine(line)).not.toThrow();
    }
  });
});
