/** The open channels, each with its socket. */
import type { InterfaceName } from '../model/address.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import { channelKey } from '../model/channel.ts';
import type { KernelError, NetworkSink } from '../ports/network.ts';
import type { AdvertSocket, ChannelPlace } from './advert-socket.ts';
import { openAdvertSocket, openChannelBatches } from './advert-socket.ts';

export class Channels {
  /** Replaced, never changed, so that a sink may join and leave while they are gone through. */
  #sockets: ReadonlyMap<string, AdvertSocket> = new Map();
  readonly #batches = openChannelBatches();

  list(): readonly AdvertChannel[] {
    return [...this.#sockets.values()].map(({ channel }) => channel);
  }

  /** What to poll. */
  descriptors(): readonly number[] {
    return [...this.#sockets.values()].map(({ descriptor }) => descriptor);
  }

  socket(channel: AdvertChannel): AdvertSocket | null {
    return this.#sockets.get(channelKey(channel)) ?? null;
  }

  join(channel: JoinedChannel, place: ChannelPlace): KernelError | null {
    const open = this.socket(channel);
    if (open !== null) return open.configure(channel);
    const opened = openAdvertSocket(channel, place);
    if (!opened.ok) return opened.error;
    this.#sockets = new Map([...this.#sockets, [channelKey(channel), opened.value]]);
    return null;
  }

  leave(channel: AdvertChannel): void {
    const key = channelKey(channel);
    this.#closeWhere((candidate) => candidate === key);
  }

  /** Closes every channel of an interface that is gone. */
  leaveInterface(name: InterfaceName): void {
    this.#closeWhere((_key, socket) => socket.channel.interface === name);
  }

  /** Sends what is queued; `failed` is given the errno of each packet that the kernel refused. */
  send(failed: (channel: AdvertChannel, errorNumber: number) => void): void {
    for (const socket of this.#sockets.values()) socket.send(failed);
  }

  receive(isReady: (descriptor: number) => boolean, sink: NetworkSink): void {
    for (const socket of this.#sockets.values()) {
      if (!isReady(socket.descriptor)) continue;
      const { channel } = socket;
      socket.receive(this.#batches, (packet) => {
        sink.packet({ channel, packet });
      });
    }
  }

  close(): void {
    this.#closeWhere(() => true);
  }

  #closeWhere(chosen: (key: string, socket: AdvertSocket) => boolean): void {
    const kept = new Map<string, AdvertSocket>();
    for (const [key, socket] of this.#sockets) {
      if (chosen(key, socket)) socket.close();
      else kept.set(key, socket);
    }
    this.#sockets = kept;
  }
}
