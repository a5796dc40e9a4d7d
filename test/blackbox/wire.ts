/**
 * All frames on the bridge, with the kernel's time of each, by a tcpdump that is read as it
 * writes.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Host } from '../kernel/namespace.ts';
import { Program, until } from '../kernel/program.ts';
import { dissect, type Frame } from './packets.ts';

const fileHeaderLength = 24;
const recordHeaderLength = 16;
const lookEveryMs = 10;

export class Wire {
  /** In the order in which they came. */
  readonly frames: Frame[] = [];
  readonly #program: Program;
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #descriptor: number | null = null;
  #rest = Buffer.alloc(0);
  #headerRead = false;

  constructor(host: Host, interfaceName: string, path: string) {
    this.#path = path;
    this.#program = Program.start(host, [
      ...['tcpdump', '-i', interfaceName, '-n', '-U', '--immediate-mode', '-s', '0'],
      ...['-Z', 'root', '-B', '8192', '--time-stamp-precision=nano', '-w', path],
    ]);
    this.#timer = setInterval(() => {
      this.look();
    }, lookEveryMs);
  }

  async ready(): Promise<void> {
    await this.#program.printed('listening on');
  }

  /** Adverts, all or those from one address. */
  adverts(source: string | null = null): readonly Advertised[] {
    return this.frames.filter(
      (frame): frame is Advertised =>
        frame.vrrp !== null && (source === null || frame.ip?.source === source),
    );
  }

  /** Gratuitous ARPs, of all addresses or of one. */
  gratuitousArps(address: string | null = null): readonly Frame[] {
    return this.frames.filter(
      (frame) =>
        isGratuitousArp(frame) && (address === null || frame.arp?.senderAddress === address),
    );
  }

  /** Neighbour advertisements, solicited or not, of all targets or of one. */
  neighbourAdvertisements(target: string | null = null): readonly Frame[] {
    return this.frames.filter(
      ({ neighbour }) =>
        neighbour?.type === 'advertisement' && (target === null || neighbour.target === target),
    );
  }

  /** Waits for the first frame, from `from` on, that `matches`. */
  async frame<Found extends Frame>(
    what: string,
    matches: (frame: Frame) => frame is Found,
    options?: { readonly from?: number; readonly limitMs?: number },
  ): Promise<Found>;
  async frame(
    what: string,
    matches: (frame: Frame) => boolean,
    options?: { readonly from?: number; readonly limitMs?: number },
  ): Promise<Frame>;
  async frame(
    what: string,
    matches: (frame: Frame) => boolean,
    { from = 0, limitMs = 10_000 }: { readonly from?: number; readonly limitMs?: number } = {},
  ): Promise<Frame> {
    const find = (): Frame | undefined => this.frames.slice(from).find(matches);
    await until(`${what} on the wire`, () => find() !== undefined, limitMs);
    const found = find();
    if (found === undefined) throw new Error(`no ${what}`);
    return found;
  }

  /** Waits for an advert, of any router or from one address. */
  async advert(
    options: {
      readonly source?: string;
      readonly priority?: number;
      readonly virtualRouterId?: number;
      readonly from?: number;
      readonly limitMs?: number;
    } = {},
  ): Promise<Advertised> {
    const { source, priority, virtualRouterId, ...rest } = options;
    return this.frame(
      `advert ${JSON.stringify(options)}`,
      (frame): frame is Advertised =>
        frame.vrrp !== null &&
        (source === undefined || frame.ip?.source === source) &&
        (priority === undefined || frame.vrrp.priority === priority) &&
        (virtualRouterId === undefined || frame.vrrp.virtualRouterId === virtualRouterId),
      rest,
    );
  }

  /** Takes in what tcpdump has written so far. */
  look(): void {
    if (this.#descriptor === null) {
      if (!existsSync(this.#path)) return;
      this.#descriptor = openSync(this.#path, 'r');
    }
    const chunk = Buffer.alloc(1 << 16);
    for (;;) {
      const length = readSync(this.#descriptor, chunk, 0, chunk.length, null);
      if (length === 0) break;
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(0, length)]);
    }
    this.#takeRecords();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#program.end();
    if (this.#descriptor !== null) closeSync(this.#descriptor);
  }

  #takeRecords(): void {
    if (!this.#headerRead) {
      if (this.#rest.length < fileHeaderLength) return;
      this.#rest = this.#rest.subarray(fileHeaderLength);
      this.#headerRead = true;
    }
    while (this.#rest.length >= recordHeaderLength) {
      const end = recordHeaderLength + this.#rest.readUInt32LE(8);
      if (this.#rest.length < end) return;
      const atMs = this.#rest.readUInt32LE(0) * 1_000 + this.#rest.readUInt32LE(4) / 1_000_000;
      const octets = Uint8Array.from(this.#rest.subarray(recordHeaderLength, end));
      this.#rest = this.#rest.subarray(end);
      this.frames.push(dissect(atMs, octets));
    }
  }
}

/** A frame with an advert in it. */
export type Advertised = Frame & { readonly vrrp: NonNullable<Frame['vrrp']> };

/** RFC 5227 section 3: its sender speaks of its own address. */
export function isGratuitousArp({ arp }: Frame): boolean {
  return arp !== null && arp.senderAddress === arp.targetAddress;
}
