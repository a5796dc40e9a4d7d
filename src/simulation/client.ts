/**
 * The client on the LAN: asks the virtual address each millisecond, and measures
 * as a client would how long it goes without an answer.
 *
 * Its requests go to whomever its ARP cache names, and gratuitous ARP is what
 * moves that. Who would answer changes only when something happens, so the
 * requests in between are counted, not sent one by one.
 */
import { milliseconds, toMilliseconds, type Duration, type Instant } from '../base/units.ts';
import type { Ipv4Address, MacAddress } from '../model/address.ts';
import { parseArp } from '../wire/arp.ts';
import { ethernetHeaderLength, etherTypes, parseEthernetHeader } from '../wire/ethernet.ts';
import type { Lan } from './lan.ts';
import type { SimulatedHost } from './simulated-host.ts';
import type { Observer, VirtualClock } from './virtual-clock.ts';

export const clientName = 'client';
const clientMac = '02:00:00:00:00:10' as MacAddress;

const askInterval = milliseconds(1);
const silenceAfter = milliseconds(50);

/** What one kind of request came to in a window of measurement. */
export interface RequestWindow {
  readonly sent: number;
  readonly failed: number;
  /** The longest time without a good answer; one that reaches over a border counts whole. */
  readonly outage: Duration;
  /** Good answers by the host that gave them. */
  readonly answers: Readonly<Record<string, number>>;
}

export interface ClientOptions {
  readonly clock: VirtualClock;
  readonly lan: Lan;
  readonly virtualAddress: Ipv4Address;
  readonly hosts: readonly SimulatedHost[];
  readonly tell: (at: Instant, text: string) => void;
}

export class Client implements Observer {
  /** A web page: the service has to live. */
  readonly http: RequestCount;
  /** An echo by the host itself: its address is enough. */
  readonly udp: RequestCount;
  private readonly options: ClientOptions;
  private resolved: MacAddress | null = null;
  private reported: string | null = null;

  constructor(options: ClientOptions) {
    this.options = options;
    this.http = new RequestCount(options.clock.now());
    this.udp = new RequestCount(options.clock.now());
    options.lan.plug({
      name: clientName,
      macAddress: clientMac,
      receive: (frame) => {
        this.learn(frame);
      },
      carrierChanged: () => undefined,
    });
    options.clock.observe(this);
  }

  /** The host whose page the client got last; null while there is silence. */
  get answering(): string | null {
    return this.reported;
  }

  elapsed(from: Instant, to: Instant): void {
    const reached = this.reachedHost();
    const host = reached?.nginx.answers === true ? reached.name : null;
    this.udp.elapsed(from, to, reached?.name ?? null);
    const silentSince = this.http.lastAnswered;
    const firstAnswer = this.http.elapsed(from, to, host);
    if (firstAnswer !== null && host !== this.reported) {
      const gap = toMilliseconds((firstAnswer - silentSince) as Duration).toFixed(0);
      this.options.tell(firstAnswer, `${host ?? 'nobody'} answers, after ${gap} ms`);
      this.reported = host;
    }
    const silentAt = (this.http.lastAnswered + silenceAfter) as Instant;
    if (this.reported === null || silentAt > to) return;
    this.options.tell(silentAt, 'no answer');
    this.reported = null;
  }

  /** The host that gets the client's packets and takes them for its own. */
  private reachedHost(): SimulatedHost | null {
    const { hosts, lan, virtualAddress } = this.options;
    const host = hosts.find(({ kernel }) => kernel.macAddress === this.resolved);
    if (host === undefined || !lan.connects(clientName, host.name)) return null;
    return host.kernel.answers(virtualAddress) ? host : null;
  }

  /** An ARP of either kind tells where its sender is (RFC 826, "Packet Reception"). */
  private learn(frame: Uint8Array): void {
    if (parseEthernetHeader(frame)?.etherType !== etherTypes.arp) return;
    const packet = parseArp(frame.subarray(ethernetHeaderLength));
    if (packet?.senderProtocol === this.options.virtualAddress) {
      this.resolved = packet.senderHardware;
    }
  }
}

/** Counts the requests of one kind, sent at every whole millisecond of the clock. */
export class RequestCount {
  /** When the last request that was answered was sent; at first, when counting began. */
  lastAnswered: Instant;
  private sent = 0;
  private failed = 0;
  private longest = 0 as Duration;
  private answers: Record<string, number> = {};

  constructor(startedAt: Instant) {
    this.lastAnswered = startedAt;
  }

  /**
   * The requests after `from`, up to and with `to`, were answered by `host`, or
   * by nobody (null). Returns when the first of them was answered; null: none was.
   */
  elapsed(from: Instant, to: Instant, host: string | null): Instant | null {
    const first = Math.floor(from / askInterval) + 1;
    const last = Math.floor(to / askInterval);
    if (last < first) return null;
    const count = last - first + 1;
    this.sent += count;
    if (host === null) {
      this.failed += count;
      return null;
    }
    this.answers[host] = (this.answers[host] ?? 0) + count;
    const firstAt = (first * askInterval) as Instant;
    this.longest = Math.max(this.longest, firstAt - this.lastAnswered) as Duration;
    this.lastAnswered = (last * askInterval) as Instant;
    return firstAt;
  }

  /** Ends a window of measurement at `now` and begins the next. */
  turnWindow(now: Instant): RequestWindow {
    const open = now - this.lastAnswered;
    const { sent, failed, answers } = this;
    const outage = Math.max(this.longest, open) as Duration;
    this.sent = 0;
    this.failed = 0;
    this.longest = 0 as Duration;
    this.answers = {};
    return { sent, failed, outage, answers };
  }
}
