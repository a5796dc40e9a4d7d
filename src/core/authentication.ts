/** Who may speak: passwords (RFC 2338), the Authentication Header (RFC 2402), keepalived's HMAC. */
import { toSeconds, type Duration } from '../base/units.ts';
import { channelKey } from '../model/channel.ts';
import type { AdvertAuthentication } from '../model/advert.ts';
import type { Authentication, HmacConfig } from '../model/config.ts';
import type { AdvertReceived } from '../model/core-event.ts';
import type { DropReason } from '../model/drop-reason.ts';
import type { SignatureStanding } from '../model/succession.ts';

const types = { none: 0, simple: 1, header: 2 } as const;
const dataHexLength = 16;
const noData = '0'.repeat(dataHexLength);

/** The authentication that version 2 adverts of ours carry (RFC 2338 section 5.3.6). */
export function ownAuthentication(config: Authentication): AdvertAuthentication {
  switch (config.type) {
    case 'none':
      return { type: types.none, data: noData };
    case 'simple':
      return { type: types.simple, data: passwordOctets(config.password) };
    case 'header':
      return { type: types.header, data: noData };
  }
}

/** A password as 8 octets of UTF-8, cut or filled with zeros, in hexadecimal. */
export function passwordOctets(password: string): string {
  let data = '';
  for (const octet of new TextEncoder().encode(password)) {
    data += octet.toString(16).padStart(2, '0');
  }
  return data.slice(0, dataHexLength).padEnd(dataHexLength, '0');
}

/** What a virtual router remembers of signed adverts. */
export class SignatureMemory {
  /**
   * AH: the highest sequence number heard, whoever the sender, and the one used last. Ours goes
   * on from both (as in keepalived), but others only have to be beyond what was heard: two
   * masters that count at the same pace would else take each other's adverts for repeated ones.
   */
  private heardSequence = 0;
  private usedSequence = 0;
  /** HMAC: by sender, what its last advert said. */
  private readonly senders = new Map<string, HmacMoment>();
  private counter = 0;

  standing(): SignatureStanding {
    const { heardSequence, usedSequence, counter } = this;
    return { heardSequence, usedSequence, counter, senders: [...this.senders] };
  }

  /** Goes on where another Baton on this host has ended. */
  resume({ heardSequence, usedSequence, counter, senders }: SignatureStanding): void {
    this.heardSequence = heardSequence;
    this.usedSequence = usedSequence;
    this.counter = counter;
    for (const [sender, moment] of senders) this.senders.set(sender, moment);
  }

  nextSequence(): number {
    this.usedSequence = (Math.max(this.usedSequence, this.heardSequence) + 1) >>> 0;
    // All begins anew after the last number of 32 bits.
    if (this.usedSequence === 0) this.heardSequence = 0;
    return this.usedSequence;
  }

  nextCounter(): number {
    this.counter = (this.counter + 1) & 0xffff;
    return this.counter;
  }

  /** A losing advert was heard: our answer has to go on from the loser's number. */
  yieldSequence(): void {
    this.nextSequence();
  }

  /** Why the advert is not to be believed; null where it is. */
  judge(event: AdvertReceived, config: SignatureConfig): DropReason | null {
    return this.judgeHeader(event, config.authentication) ?? this.judgeHmac(event, config.hmac);
  }

  private judgeHeader(event: AdvertReceived, own: Authentication): DropReason | null {
    const { advert, authenticationHeader: header, source } = event;
    if (advert.version === 3) return null;
    if ((own.type === 'header') !== (header !== null)) return 'authentication-type-mismatch';
    const reason = judgeData(advert.authentication, own);
    if (reason !== null || header === null) return reason;
    if (!header.intact || header.securityParametersIndex !== source)
      return 'authentication-failure';
    if (header.sequenceNumber <= this.heardSequence) return 'authentication-failure';
    this.heardSequence = header.sequenceNumber;
    return null;
  }

  private judgeHmac(
    { hmac, source, channel }: AdvertReceived,
    config: HmacConfig | null,
  ): DropReason | null {
    if (config === null) return hmac === null ? null : 'packet-length';
    if (hmac === null) return config.mode === 'enforce' ? 'hmac-missing' : null;
    if (hmac.verdict === 'malformed') return 'hmac-malformed';
    if (hmac.verdict === 'unknown-key') return 'hmac-unknown-key';
    if (hmac.verdict === 'forged') return 'hmac-forged';
    const moment = { time: hmac.seconds + hmac.fraction / 0x1_0000, counter: hmac.counter };
    const stale = Math.abs(hmac.age) > toSeconds(config.timeWindow);
    if (config.antiReplay === 'time' && stale) return 'hmac-stale';
    const key = `${channelKey(channel)} ${source}`;
    const former = this.senders.get(key);
    // What lies outside the window orders only what the window refuses anyway; a sender whose
    // clock was set right would have to wait until it has caught up.
    const counts =
      former !== undefined &&
      (config.antiReplay !== 'time' || isWithin(config.timeWindow, moment.time + hmac.age, former));
    if (counts && !isLater(moment, former)) return 'hmac-replayed';
    this.remember(key, moment);
    return null;
  }

  /** A few senders are remembered, the one heard last the longest. */
  private remember(key: string, moment: HmacMoment): void {
    this.senders.delete(key);
    this.senders.set(key, moment);
    if (this.senders.size <= sendersRemembered) return;
    const [oldest] = this.senders.keys();
    if (oldest !== undefined) this.senders.delete(oldest);
  }
}

const sendersRemembered = 32;

interface HmacMoment {
  readonly time: number;
  readonly counter: number;
}

interface SignatureConfig {
  readonly authentication: Authentication;
  readonly hmac: HmacConfig | null;
}

/** Whether the moment is at most so far from now, seconds since 1970. */
function isWithin(window: Duration, now: number, { time }: HmacMoment): boolean {
  return Math.abs(now - time) <= toSeconds(window);
}

function isLater(moment: HmacMoment, former: HmacMoment): boolean {
  if (moment.time !== former.time) return moment.time > former.time;
  return moment.counter > former.counter;
}

function judgeData(received: AdvertAuthentication, config: Authentication): DropReason | null {
  const own = ownAuthentication(config);
  if (!Object.values<number>(types).includes(received.type)) return 'authentication-type-unknown';
  if (received.type !== own.type) return 'authentication-type-mismatch';
  if (config.type === 'simple' && !sameSecret(received.data, own.data)) {
    return 'authentication-failure';
  }
  return null;
}

/** Compares in a time that does not tell how many octets were right. */
function sameSecret(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index += 1) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  }
  return difference === 0;
}
