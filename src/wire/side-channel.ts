/**
 * The datagrams of the side channel: Baton's own protocol, signed with HMAC-SHA-256
 * (RFC 2104) under a key that both hosts have. What is not signed right is not looked at.
 */
import { failure, success, type Result } from '../base/result.ts';
import { assert } from '../base/assert.ts';
import { instant, type Instant } from '../base/units.ts';
import { isIpv6, type AddressFamily, type IpAddress } from '../model/address.ts';
import type { InstanceSecrets } from '../model/side-effect.ts';
import {
  declineReasons,
  type AuthenticationKind,
  type RouterReport,
  type SideBody,
  type SideMessage,
} from '../model/side-channel.ts';
import type { StateName } from '../model/snapshot.ts';
import { ipLength, readIp, writeIp } from './address-octets.ts';
import { isSameDigest, keyedDigest } from './keyed-digest.ts';
import { readHex, readUint16, readUint32, readUint64, readUint8 } from './octets.ts';
import { writeHex, writeUint16, writeUint32, writeUint64, writeUint8 } from './octets.ts';

/*
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       Magic number "BATN"                     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Version (1)  |     Type      |         Reserved (0)          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Session of the sender                      |
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |             Session of the receiver; 0: not known             |
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                           Counter                             |
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                  Body, as its type has it                     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                   HMAC-SHA-256 of all of it                   |
 *     |                         (32 octets)                           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
const magic = 0x4241_544e;
const versionNumber = 1;
const versionOffset = 4;
const typeOffset = 5;
const reservedOffset = 6;
const senderOffset = 8;
const receiverOffset = 16;
const counterOffset = 24;
const bodyOffset = 32;
const sessionLength = 8;
const digestLength = 32;
const fingerprintLength = 8;
const unknownSession = '0'.repeat(2 * sessionLength);

/** Octets of the longest datagram: a report with 255 addresses of IPv6 has 4,400. */
export const longestSideMessage = 8_192;

const types = ['hello', 'take', 'taken', 'declined'] as const satisfies readonly SideBody['type'][];
const states = ['Initialize', 'Backup', 'Master', 'Fault'] as const satisfies readonly StateName[];
const transports = ['multicast', 'unicast'] as const;
const authentications = [
  'none',
  'simple',
  'header',
  'hmac',
] as const satisfies readonly AuthenticationKind[];

/** Why a datagram is no message of a peer. */
export type SideChannelError = 'side-malformed' | 'side-forged';

/** The message in a datagram. `key` in hexadecimal, a secret. */
export function parseSideMessage(
  octets: Uint8Array,
  key: string,
): Result<SideMessage, SideChannelError> {
  const { length } = octets;
  if (length < bodyOffset + digestLength || length > longestSideMessage) {
    return failure('side-malformed');
  }
  const known =
    readUint32(octets, 0) === magic && readUint8(octets, versionOffset) === versionNumber;
  if (!known) return failure('side-malformed');
  const signed = octets.subarray(0, length - digestLength);
  if (!isSameDigest(octets.subarray(length - digestLength), signatureOf(signed, key))) {
    return failure('side-forged');
  }
  const body = parseBody(signed);
  const counter = readUint64(octets, counterOffset);
  if (body === null || !Number.isSafeInteger(counter)) return failure('side-malformed');
  const receiver = readHex(octets, receiverOffset, sessionLength);
  return success({
    sender: readHex(octets, senderOffset, sessionLength),
    receiver: receiver === unknownSession ? null : receiver,
    counter,
    body,
  });
}

/** Octets of a message. */
export function sideMessageLength({ body }: SideMessage): number {
  return bodyOffset + bodyLength(body) + digestLength;
}

/** Writes a message, signed; returns how many octets it took. `key` in hexadecimal, a secret. */
export function emitSideMessage(target: Uint8Array, message: SideMessage, key: string): number {
  const { sender, receiver, counter, body } = message;
  const length = sideMessageLength(message);
  assert(length <= longestSideMessage && length <= target.length, 'a message has its room');
  writeUint32(target, 0, magic);
  writeUint8(target, versionOffset, versionNumber);
  writeUint8(target, typeOffset, types.indexOf(body.type));
  writeUint16(target, reservedOffset, 0);
  writeHex(target, senderOffset, sender);
  writeHex(target, receiverOffset, receiver ?? unknownSession);
  writeUint64(target, counterOffset, counter);
  const end = emitBody(target, bodyOffset, body);
  target.set(signatureOf(target.subarray(0, end), key), end);
  return length;
}

/** What tells whether two hosts have the same secrets, and not what they are: 16 hex digits. */
export function fingerprintOf(
  { authentication, hmacKeys }: Omit<InstanceSecrets, 'instance'>,
  key: string,
): string {
  const password = authentication.type === 'none' ? null : authentication.password;
  const keys = hmacKeys.map((one) => [one.id, one.key] as const);
  const ordered = keys.toSorted(([left], [right]) => left - right);
  const text = JSON.stringify([authentication.type, password, ordered]);
  // Never what a datagram begins with, so that nobody can have a datagram signed by this.
  const pieces = [encoder.encode(`fingerprint ${text}`)];
  const digest = keyedDigest(pieces, { algorithm: 'sha256', key, length: fingerprintLength });
  return readHex(digest, 0, fingerprintLength);
}

function signatureOf(octets: Uint8Array, key: string): Uint8Array {
  return keyedDigest([octets], { algorithm: 'sha256', key, length: digestLength });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads from left to right; what is not there, or can't be, makes all of it unreadable. */
class Reader {
  failed = false;
  private readonly octets: Uint8Array;
  private offset: number;

  constructor(octets: Uint8Array, offset: number) {
    this.octets = octets;
    this.offset = offset;
  }

  /** All was read, and nothing was wrong. */
  get complete(): boolean {
    return !this.failed && this.offset === this.octets.length;
  }

  number(length: 1 | 2 | 4): number {
    const at = this.take(length);
    if (at === null) return 0;
    if (length === 1) return readUint8(this.octets, at);
    return length === 2 ? readUint16(this.octets, at) : readUint32(this.octets, at);
  }

  /** A moment on somebody's clock, in microseconds. */
  moment(): Instant {
    const at = this.take(8);
    const moment = at === null ? 0 : readUint64(this.octets, at);
    this.failed ||= !Number.isSafeInteger(moment);
    return instant(moment);
  }

  hex(length: number): string {
    const at = this.take(length);
    return at === null ? '' : readHex(this.octets, at, length);
  }

  /** One of these, by its place. */
  choice<Value>(values: readonly [Value, ...(readonly Value[])]): Value {
    const value = values[this.number(1)];
    if (value !== undefined) return value;
    this.failed = true;
    return values[0];
  }

  address(family: AddressFamily): IpAddress {
    const at = this.take(ipLength(family));
    return at === null ? ('0.0.0.0' as IpAddress) : readIp(this.octets, at, family);
  }

  text(): string {
    const length = this.number(1);
    const at = this.take(length);
    if (at === null) return '';
    try {
      return decoder.decode(this.octets.subarray(at, at + length));
    } catch {
      this.failed = true;
      return '';
    }
  }

  /** As many as the number in front says. */
  list<Item>(item: () => Item): readonly Item[] {
    const count = this.number(2);
    const items: Item[] = [];
    while (items.length < count && !this.failed) items.push(item());
    return items;
  }

  private take(length: number): number | null {
    const at = this.offset;
    this.failed ||= at + length > this.octets.length;
    if (this.failed) return null;
    this.offset += length;
    return at;
  }
}

function parseBody(signed: Uint8Array): SideBody | null {
  const type = types[readUint8(signed, typeOffset)];
  const reader = new Reader(signed, bodyOffset);
  if (type === undefined || readUint16(signed, reservedOffset) !== 0) return null;
  const body = readBody(reader, type);
  return reader.complete ? body : null;
}

function readBody(reader: Reader, type: SideBody['type']): SideBody {
  switch (type) {
    case 'hello':
      return {
        type,
        sentAt: reader.moment(),
        reports: reader.list(() => readReport(reader)),
      };
    case 'take': {
      const handOver = reader.number(4);
      const before = reader.moment();
      return { type, handOver, before, instances: reader.list(() => reader.text()) };
    }
    case 'taken':
      return { type, handOver: reader.number(4) };
    case 'declined':
      return { type, handOver: reader.number(4), reason: reader.choice(declineReasons) };
  }
}

/*
 * A report: its name, one octet of length before it; state, priority, family (0: IPv4, 1: IPv6),
 * VRID, version (0: 2, 1: 3), transport and kind of authentication, an octet each; the fingerprint
 * in 8; the interval in 2; 1 and the source, or 0; the addresses, their number in 2 before them.
 */
const reportFixedLength = 1 + 7 + fingerprintLength + 2 + 1 + 2;
const families = ['IPv4', 'IPv6'] as const satisfies readonly AddressFamily[];

function readReport(reader: Reader): RouterReport {
  const name = reader.text();
  const state = reader.choice(states);
  const priority = reader.number(1);
  const family = reader.choice(families);
  return {
    name,
    state,
    priority,
    family,
    virtualRouterId: reader.number(1),
    version: reader.choice([2, 3] as const),
    transport: reader.choice(transports),
    authentication: reader.choice(authentications),
    fingerprint: reader.hex(fingerprintLength),
    intervalCentiseconds: reader.number(2),
    source: reader.choice([false, true] as const) ? reader.address(family) : null,
    addresses: reader.list(() => reader.address(family)),
  };
}

function bodyLength(body: SideBody): number {
  switch (body.type) {
    case 'hello':
      return body.reports.reduce((sum, report) => sum + reportLength(report), 10);
    case 'take':
      return body.instances.reduce((sum, name) => sum + 1 + encoder.encode(name).length, 14);
    case 'taken':
      return 4;
    case 'declined':
      return 5;
  }
}

function reportLength({ name, family, source, addresses }: RouterReport): number {
  const count = addresses.length + (source === null ? 0 : 1);
  return reportFixedLength + encoder.encode(name).length + count * ipLength(family);
}

/** Returns where it ends. */
function emitBody(target: Uint8Array, offset: number, body: SideBody): number {
  switch (body.type) {
    case 'hello': {
      writeUint64(target, offset, body.sentAt);
      writeUint16(target, offset + 8, body.reports.length);
      let at = offset + 10;
      for (const report of body.reports) at = emitReport(target, at, report);
      return at;
    }
    case 'take': {
      writeUint32(target, offset, body.handOver);
      writeUint64(target, offset + 4, body.before);
      writeUint16(target, offset + 12, body.instances.length);
      let at = offset + 14;
      for (const name of body.instances) at = emitText(target, at, name);
      return at;
    }
    case 'taken':
      writeUint32(target, offset, body.handOver);
      return offset + 4;
    case 'declined':
      writeUint32(target, offset, body.handOver);
      writeUint8(target, offset + 4, declineReasons.indexOf(body.reason));
      return offset + 5;
  }
}

function emitReport(target: Uint8Array, offset: number, report: RouterReport): number {
  let at = emitText(target, offset, report.name);
  const octets = [
    states.indexOf(report.state),
    report.priority,
    families.indexOf(report.family),
    report.virtualRouterId,
    report.version - 2,
    transports.indexOf(report.transport),
    authentications.indexOf(report.authentication),
  ];
  for (const [index, value] of octets.entries()) writeUint8(target, at + index, value);
  at += octets.length;
  at += writeHex(target, at, report.fingerprint);
  writeUint16(target, at, report.intervalCentiseconds);
  writeUint8(target, at + 2, report.source === null ? 0 : 1);
  at += 3;
  if (report.source !== null) at += writeIp(target, at, report.source);
  writeUint16(target, at, report.addresses.length);
  at += 2;
  for (const address of report.addresses) {
    assert(isIpv6(address) === (report.family === 'IPv6'), 'addresses are of the family');
    at += writeIp(target, at, address);
  }
  return at;
}

function emitText(target: Uint8Array, offset: number, text: string): number {
  const octets = encoder.encode(text);
  writeUint8(target, offset, octets.length);
  target.set(octets, offset + 1);
  return offset + 1 + octets.length;
}
