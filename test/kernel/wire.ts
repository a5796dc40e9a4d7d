/** All adverts and gratuitous ARPs that a host hears, with the kernel's own time stamps. */
import type { Ipv4Address } from '../../src/model/address.ts';
import { decodeFrame } from '../conformance/frame.ts';
import type { Host } from './namespace.ts';
import { Program } from './program.ts';

export interface SeenAdvert {
  /** By the clock of `Date.now()`. */
  readonly atMs: number;
  readonly source: Ipv4Address;
  readonly priority: number;
  /** The whole frame as hexadecimal digits. */
  readonly hex: string;
}

export interface SeenArp {
  readonly atMs: number;
  readonly address: Ipv4Address;
}

export class Wire {
  readonly #tcpdump: Program;

  private constructor(tcpdump: Program) {
    this.#tcpdump = tcpdump;
  }

  static async open(host: Host): Promise<Wire> {
    const words = ['-i', 'eth0', '-l', '--immediate-mode', '-nn', '-tt', '-xx'];
    const tcpdump = Program.start(host, ['tcpdump', ...words, 'ip proto 112 or arp']);
    await tcpdump.printed('listening on');
    return new Wire(tcpdump);
  }

  /** VRRP packets that can be read, by whomever they were sent. */
  get adverts(): readonly SeenAdvert[] {
    return this.#frames().flatMap(({ atMs, hex }) => {
      const frame = decodeFrame(Buffer.from(hex, 'hex'));
      if (frame.type !== 'vrrp' || !frame.parsed.ok) return [];
      const { source, advert } = frame.parsed.value;
      return [{ atMs, source, priority: advert.priority, hex }];
    });
  }

  get gratuitousArps(): readonly SeenArp[] {
    return this.#frames().flatMap(({ atMs, hex }) => {
      const frame = decodeFrame(Buffer.from(hex, 'hex'));
      return frame.type === 'gratuitous-arp' ? [{ atMs, address: frame.arp.senderProtocol }] : [];
    });
  }

  priorities(): readonly number[] {
    return this.adverts.map(({ priority }) => priority);
  }

  async close(): Promise<void> {
    await this.#tcpdump.end();
  }

  /** A frame is a line that begins with its time, and lines such as "\t0x0010:  4500 0028". */
  #frames(): readonly { readonly atMs: number; readonly hex: string }[] {
    const frames: { atMs: number; hex: string }[] = [];
    for (const { text } of this.#tcpdump.lines) {
      const seconds = /^\d+\.\d+(?= )/.exec(text)?.[0];
      if (seconds !== undefined) frames.push({ atMs: Number(seconds) * 1_000, hex: '' });
      const last = frames.at(-1);
      const digits = /^\t0x[0-9a-f]+: +(.*)$/.exec(text)?.[1];
      if (last !== undefined && digits !== undefined) last.hex += digits.replaceAll(' ', '');
    }
    return frames;
  }
}
