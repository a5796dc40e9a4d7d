import { describe, expect, it } from 'vitest';
import { FakeNetwork } from '../../test/fakes/fake-network.ts';
import { sideMessage } from '../../test/scenario/side-specimens.ts';
import type { IpAddress } from '../model/address.ts';
import type { SideChannelConfig } from '../model/config.ts';
import { emitSideMessage, longestSideMessage } from '../wire/side-channel.ts';
import { SideChannelTransport } from './side-channel.ts';

const peer = { address: '192.0.2.2' as IpAddress, port: 7001 };
const channel: SideChannelConfig = {
  own: { address: '192.0.2.1' as IpAddress, port: 7000 },
  peers: [peer],
  key: '5a'.repeat(32),
};
const message = sideMessage({ type: 'taken', handOver: 1 });
const secrets = [
  {
    instance: 'VI_1',
    authentication: { type: 'simple', password: 's3cr3t' } as const,
    hmacKeys: [],
  },
];

function openTransport(): {
  readonly network: FakeNetwork;
  readonly transport: SideChannelTransport;
} {
  const network = new FakeNetwork();
  const transport = new SideChannelTransport(network);
  transport.open({ type: 'open-side-channel', channel, secrets });
  return { network, transport };
}

function octetsOf(key: string): Uint8Array {
  const buffer = new Uint8Array(longestSideMessage);
  return buffer.slice(0, emitSideMessage(buffer, message, key));
}

describe('the side channel', () => {
  it('opens with the session that the network draws, and fingerprints that tell no secret', () => {
    const network = new FakeNetwork();
    const transport = new SideChannelTransport(network);
    const opened = transport.open({ type: 'open-side-channel', channel, secrets });
    expect(network.calls).toEqual(['open side channel 192.0.2.1 7000']);
    expect(opened).toMatchObject({ type: 'side-channel-opened', session: '00000000000000aa' });
    expect(JSON.stringify(opened)).not.toMatch(/s3cr3t|5a5a/);
  });

  it('says why it can not be opened, and then takes and sends nothing', () => {
    const network = new FakeNetwork();
    network.sideError = { code: 'EADDRINUSE', call: 'bind' };
    const transport = new SideChannelTransport(network);
    const failed = transport.open({ type: 'open-side-channel', channel, secrets });
    expect(failed).toEqual({ type: 'side-channel-failed', error: 'bind: EADDRINUSE' });
    transport.add({ type: 'send-side-message', to: peer, message });
    transport.send();
    expect(network.sideSent).toEqual([]);
    const datagram = { source: peer.address, octets: octetsOf(channel.key) };
    expect(transport.read(datagram)).toMatchObject({ reason: 'side-stranger' });
  });

  it('signs what it sends, and sends it when it is told to', () => {
    const { network, transport } = openTransport();
    transport.add({ type: 'send-side-message', to: peer, message });
    expect([transport.waits, network.sideSent]).toEqual([true, []]);
    transport.send();
    expect(transport.waits).toBe(false);
    expect(network.sideSent).toEqual([{ to: peer, octets: octetsOf(channel.key) }]);
  });

  it('takes what a peer has signed, and names the reason for what it drops', () => {
    const { transport } = openTransport();
    const read = (octets: Uint8Array, source = peer.address) => transport.read({ source, octets });
    expect(read(octetsOf(channel.key))).toEqual({
      type: 'side-message-received',
      source: peer.address,
      message,
    });
    const stranger = '192.0.2.9' as IpAddress;
    expect(read(octetsOf(channel.key), stranger)).toMatchObject({ reason: 'side-stranger' });
    expect(read(octetsOf('5b'.repeat(32)))).toMatchObject({ reason: 'side-forged' });
    expect(read(Uint8Array.of(1, 2, 3))).toMatchObject({ reason: 'side-malformed' });
  });

  it('is deaf and dumb once it is closed', () => {
    const { network, transport } = openTransport();
    transport.close();
    expect(network.calls.at(-1)).toBe('close side channel');
    const datagram = { source: peer.address, octets: octetsOf(channel.key) };
    expect(transport.read(datagram)).toMatchObject({ reason: 'side-stranger' });
  });
});
