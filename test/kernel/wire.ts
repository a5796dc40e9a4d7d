/** All adverts and gratuitous ARPs that a host hears, and when. */
import type { IpAddress, Ipv4Address } from '../../src/model/address.ts';
import { decodeFrame } from '../conformance/frame.ts';
import { Capture } from './capture.ts';
import type { Host } from './namespace.ts';

const lookEveryMs = 2;

/** Between these two moments of `Date.now()` a frame has come, however late the test looked. */
interface Seen {
  readonly earliestMs: number;
  readonly latestMs: number;
}

export interface SeenAdvert extends Seen {
  readonly source: IpAddress;
  readonly priority: number;
  /** The whole frame as hexadecimal digits. */
  readonly hex: string;
}

export interface SeenArp extends Seen {
  readonly address: Ipv4Address;
}

export class Wire {
  /** VRRP packets that can be read, by whomever they were sent. */
  readonly adverts: SeenAdvert[] = [];
  readonly gratuitousArps: SeenArp[] = [];
  readonly #capture: Capture;
  readonly #timer: NodeJS.Timeout;
  #lookedMs = Date.now();

  constructor(host: Host) {
    this.#capture = new Capture(host);
    this.#timer = setInterval(() => {
      this.#look();
    }, lookEveryMs);
  }

  priorities(): readonly number[] {
    return this.adverts.map(({ priority }) => priority);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#capture.close();
  }

  #look(): void {
    const earliestMs = this.#lookedMs;
    this.#lookedMs = Date.now();
    const frames = this.#capture.frames();
    const seen = { earliestMs, latestMs: Date.now() };
    for (const hex of frames) {
      const frame = decodeFrame(Buffer.from(hex, 'hex'));
      if (frame.type === 'gratuitous-arp') {
        this.gratuitousArps.push({ ...seen, address: frame.arp.senderProtocol });
      } else if (frame.type === 'vrrp' && frame.parsed.ok) {
        const { source, advert } = frame.parsed.value;
        this.adverts.push({ ...seen, source, priority: advert.priority, hex });
      }
    }
  }
}
