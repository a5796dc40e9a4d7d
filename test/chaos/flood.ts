/**
 * A thread that sends bad packets of protocol 112, a hundred each millisecond, until it is told
 * to stop; what it could not send in time it sends later, up to a limit.
 */
import { workerData } from 'node:worker_threads';
import { assert } from '../../src/base/assert.ts';
import { microseconds } from '../../src/base/units.ts';
import type { AddressFamily, InterfaceName, MacAddress } from '../../src/model/address.ts';
import { vrrpGroupIpv4, vrrpGroupIpv6 } from '../../src/model/address.ts';
import { openFrameSocket } from '../../src/linux/frame-socket.ts';
import { MonotonicClock } from '../../src/linux/monotonic-clock.ts';
import { enterNetwork } from '../../src/linux/namespace.ts';
import { PollSet } from '../../src/linux/poll-set.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from '../../src/wire/ethernet.ts';
import { emitIpv4Header, ipProtocols, ipv4HeaderLength } from '../../src/wire/ipv4.ts';
import { emitIpv6Header, ipv6HeaderLength } from '../../src/wire/ipv6.ts';
import type { Station } from './stations.ts';
import { routers, stranger } from './stations.ts';

export interface FloodOptions {
  readonly network: string;
  readonly interfaceIndex: number;
  readonly family: AddressFamily;
  /** Packets a second that are wanted. */
  readonly rate: number;
  /** An Int32: 1 ends the flood; then one with the number of packets sent. */
  readonly control: SharedArrayBuffer;
}

const groupMacs = {
  IPv4: '01:00:5e:00:00:12' as MacAddress,
  IPv6: '33:33:00:00:00:12' as MacAddress,
} as const;
const messageOctets = 12;
const batchFrames = 200;
/** What is late by more than this is given up. */
const backlogMs = 100;

interface Forgery {
  readonly sender?: Station;
  readonly timeToLive?: number;
  /** Version and type, VRID, priority, ... as they stand in the message. */
  readonly message: readonly number[];
}

/** All of them of priority 255, so that one that is believed ends the master. */
const forgeries: readonly Forgery[] = [
  // A checksum that is wrong.
  { message: [0x31, 51, 255, 1, 0, 10, 0xba, 0xd0, 192, 0, 2, 100] },
  // From another network (RFC 9568 section 5.1.1.3).
  { timeToLive: 64, message: [0x31, 51, 255, 1, 0, 10, 0, 0, 192, 0, 2, 100] },
  // No such version.
  { message: [0x71, 51, 255, 1, 0, 10, 0, 0, 192, 0, 2, 100] },
  // Cut off.
  { message: [0x31, 51, 255, 1] },
  // More addresses than there are octets.
  { message: [0x31, 51, 255, 200, 0, 10, 0, 0, 192, 0, 2, 100] },
  // Of no virtual router that anybody here knows.
  { message: [0x31, 99, 255, 1, 0, 10, 0, 0, 192, 0, 2, 100] },
  // In the name of the other router.
  { sender: routers.A, message: [0x31, 51, 255, 1, 0, 10, 0xba, 0xd0, 192, 0, 2, 100] },
  // Nothing at all.
  { message: [] },
];

function frameOf(family: AddressFamily, forgery: Forgery): Uint8Array {
  const { sender = stranger, timeToLive = 255, message } = forgery;
  const isIpv4 = family === 'IPv4';
  const length = isIpv4 ? ipv4HeaderLength : ipv6HeaderLength;
  const frame = new Uint8Array(ethernetHeaderLength + length + messageOctets);
  const etherType = isIpv4 ? etherTypes.ipv4 : etherTypes.ipv6;
  const destination = groupMacs[family];
  emitEthernetHeader(frame, 0, { destination, source: stranger.mac, etherType });
  const payloadLength = message.length;
  if (isIpv4) {
    emitIpv4Header(frame, ethernetHeaderLength, {
      ...{ identification: 1, timeToLive, protocol: ipProtocols.vrrp, payloadLength },
      ...{ source: sender.ipv4, destination: vrrpGroupIpv4 },
    });
  } else {
    emitIpv6Header(frame, ethernetHeaderLength, {
      ...{ hopLimit: timeToLive, nextHeader: ipProtocols.vrrp, payloadLength },
      ...{ source: sender.ipv6, destination: vrrpGroupIpv6 },
    });
  }
  frame.set(message, ethernetHeaderLength + length);
  return frame;
}

function flood({ network, interfaceIndex, family, rate, control }: FloodOptions): void {
  const error = enterNetwork(network);
  assert(error === null, `setns: ${error?.code ?? ''}`);
  const opened = openFrameSocket();
  assert(opened.ok, 'no packet socket');
  const socket = opened.value;
  const frames = forgeries.map((forgery) => frameOf(family, forgery));
  const numbers = new Int32Array(control);
  const clock = new MonotonicClock();
  const pause = new PollSet();
  pause.watch([]);
  let creditFrom = clock.now() as number;
  while (Atomics.load(numbers, 0) === 0) {
    const now = clock.now();
    creditFrom = Math.max(creditFrom, now - backlogMs * 1_000);
    const due = Math.min(Math.floor(((now - creditFrom) * rate) / 1e6), batchFrames);
    if (due === 0) {
      pause.poll(microseconds(500));
      continue;
    }
    let refused = 0;
    for (let place = 0; place < due; place += 1) {
      const frame = frames[place % frames.length];
      if (frame !== undefined) socket.queue('eth0' as InterfaceName, interfaceIndex, frame);
    }
    socket.send(() => (refused += 1));
    creditFrom += (due / rate) * 1e6;
    Atomics.add(numbers, 1, due - refused);
  }
  socket.close();
}

flood(workerData as FloodOptions);
