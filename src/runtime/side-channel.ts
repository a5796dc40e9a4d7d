/** The side channel between the core's messages and the network's datagrams: signs and verifies. */
import type { IpAddress } from '../model/address.ts';
import type { SideChannelConfig } from '../model/config.ts';
import type {
  SideChannelFailed,
  SideChannelOpened,
  SideMessageDropped,
  SideMessageReceived,
} from '../model/core-event.ts';
import type { OpenSideChannel, SendSideMessage } from '../model/side-effect.ts';
import type { Network, ReceivedSideDatagram } from '../ports/network.ts';
import {
  emitSideMessage,
  fingerprintOf,
  longestSideMessage,
  parseSideMessage,
} from '../wire/side-channel.ts';

interface OpenChannel {
  /** In hexadecimal, a secret. */
  readonly key: string;
  readonly peers: ReadonlySet<IpAddress>;
  /** Where messages are written before they leave. */
  readonly buffer: Uint8Array;
}

export class SideChannelTransport {
  private readonly network: Network;
  private channel: OpenChannel | null = null;
  private queue: SendSideMessage[] = [];

  constructor(network: Network) {
    this.network = network;
  }

  get waits(): boolean {
    return this.queue.length > 0;
  }

  open({ channel, secrets }: OpenSideChannel): SideChannelOpened | SideChannelFailed {
    const { own, peers, key } = channel;
    this.channel = null;
    const session = this.network.openSideChannel(own);
    if (!session.ok) {
      const { call, code } = session.error;
      return { type: 'side-channel-failed', error: `${call}: ${code}` };
    }
    this.channel = openChannel({ peers, key });
    const fingerprints = secrets.map((one) => [one.instance, fingerprintOf(one, key)] as const);
    return {
      type: 'side-channel-opened',
      session: session.value,
      fingerprints: Object.fromEntries(fingerprints),
    };
  }

  close(): void {
    this.channel = null;
    this.network.closeSideChannel();
  }

  /** Keeps a message until all that stands before it is done. */
  add(effect: SendSideMessage): void {
    this.queue.push(effect);
  }

  /** Hands the messages to the network, which sends them with its next flush. */
  send(): void {
    const waiting = this.queue;
    this.queue = [];
    const { channel } = this;
    if (channel === null) return;
    for (const { to, message } of waiting) {
      const length = emitSideMessage(channel.buffer, message, channel.key);
      this.network.queueSideDatagram(to, channel.buffer.subarray(0, length));
    }
  }

  /** Who is no peer is not verified: strangers cost next to nothing. */
  read({ source, octets }: ReceivedSideDatagram): SideMessageReceived | SideMessageDropped {
    const { channel } = this;
    if (channel?.peers.has(source) !== true) {
      return { type: 'side-message-dropped', source, reason: 'side-stranger' };
    }
    const parsed = parseSideMessage(octets, channel.key);
    return parsed.ok
      ? { type: 'side-message-received', source, message: parsed.value }
      : { type: 'side-message-dropped', source, reason: parsed.error };
  }
}

function openChannel({ peers, key }: Pick<SideChannelConfig, 'peers' | 'key'>): OpenChannel {
  const addresses = new Set(peers.map(({ address }) => address));
  return { key, peers: addresses, buffer: new Uint8Array(longestSideMessage) };
}
