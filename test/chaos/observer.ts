/**
 * The observer: a thread at the client's end of the switch. Each millisecond it asks both
 * routers, each by its own MAC address, for the virtual address, and writes down who answered
 * when by the kernel's own time of arrival.
 */
import { workerData } from 'node:worker_threads';
import koffi from 'koffi';
import { assert } from '../../src/base/assert.ts';
import { microseconds } from '../../src/base/units.ts';
import type { AddressFamily } from '../../src/model/address.ts';
import { bind } from '../../src/linux/libc.ts';
import { ReceiveBatch, SendBatch } from '../../src/linux/message-batch.ts';
import { MonotonicClock } from '../../src/linux/monotonic-clock.ts';
import { enterNetwork } from '../../src/linux/namespace.ts';
import { allocate } from '../../src/linux/native-memory.ts';
import { PollSet } from '../../src/linux/poll-set.ts';
import { openSocket, setBuffer, setNumberOption } from '../../src/linux/socket.ts';
import { ObservationLog, type SharedLog } from './observation-log.ts';
import { probeFrames, sightingReader } from './probe-frames.ts';
import { routerLetters, routers } from './stations.ts';

export interface ObserverOptions {
  readonly network: string;
  readonly interfaceIndex: number;
  readonly family: AddressFamily;
  readonly log: SharedLog;
}

const packetFamily = 17; // AF_PACKET
const packetLevel = 263; // SOL_PACKET
const ignoreOutgoing = 23; // PACKET_IGNORE_OUTGOING
const allProtocols = 0x0300; // ETH_P_ALL, in network order
const socketLevel = 1; // SOL_SOCKET
const timestamps = 35; // SO_TIMESTAMPNS, and the type of its control message
const realTime = 0; // CLOCK_REALTIME
const periodUs = 1_000;
const bufferOctets = 1 << 24;

const clock = new MonotonicClock();
const clockGetTime = koffi.load(null).func('int clock_gettime(int clock, uintptr_t time)') as (
  clock: number,
  time: number,
) => number;
const time = allocate(16);

function readSeconds(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}

/** Microseconds from the monotonic clock to the real one, which may be set meanwhile. */
function realTimeAheadUs(): number {
  clockGetTime(realTime, time.address);
  const nowUs = clock.now();
  return readSeconds(time.view, 0) * 1e6 + time.view.getUint32(8, true) / 1e3 - nowUs;
}

function openPacketSocket(protocol: number, interfaceIndex: number): number {
  const opened = openSocket(packetFamily, 'raw', protocol, 'observe');
  assert(opened.ok, 'no packet socket');
  const address = allocate(20);
  address.view.setUint16(0, packetFamily, true);
  address.view.setUint16(2, protocol, true);
  address.view.setInt32(4, interfaceIndex, true);
  assert(bind(opened.value, address.address, 20) === 0, 'bind');
  return opened.value;
}

function setOption(descriptor: number, level: number, name: number): void {
  const error = setNumberOption(descriptor, { level, name, call: 'observe' }, 1);
  assert(error === null, `setsockopt: ${error?.code ?? ''}`);
}

/** Takes in what came; frames of anybody but the routers are passed over. */
function reader(descriptor: number, family: AddressFamily, log: ObservationLog): () => void {
  const batch = new ReceiveBatch({ capacity: 64, datagramOctets: 128, controlOctets: 64 });
  const sightingOf = sightingReader(family);
  // Their MAC addresses differ in the last octet alone.
  const places = new Map(
    routerLetters.map((letter, place) => [parseInt(routers[letter].mac.slice(-2), 16), place]),
  );
  return () => {
    const aheadUs = realTimeAheadUs();
    for (;;) {
      const count = batch.receive(descriptor);
      if (count <= 0) return;
      for (let index = 0; index < count; index += 1) {
        const frame = batch.datagram(index);
        const router = places.get(frame[11] ?? 0);
        const sighting = router === undefined ? null : sightingOf(frame);
        const stamp = batch.control(index, socketLevel, timestamps);
        if (router === undefined || sighting === null || stamp === null) continue;
        const view = new DataView(stamp.buffer, stamp.byteOffset, stamp.byteLength);
        const arrivedUs = readSeconds(view, 0) * 1e6 + view.getUint32(8, true) / 1e3;
        log.addSighting(arrivedUs - aheadUs, router, sighting);
      }
    }
  };
}

function observe(options: ObserverOptions): void {
  const error = enterNetwork(options.network);
  assert(error === null, `setns: ${error?.code ?? ''}`);
  const log = new ObservationLog(options.log);
  const receiver = openPacketSocket(allProtocols, options.interfaceIndex);
  setBuffer(receiver, 'receive', bufferOctets);
  setOption(receiver, packetLevel, ignoreOutgoing);
  setOption(receiver, socketLevel, timestamps);
  const sender = openPacketSocket(0, options.interfaceIndex);
  const read = reader(receiver, options.family, log);
  const frames = routerLetters.flatMap((letter) => [
    ...probeFrames(options.family, routers[letter].mac),
  ]);
  const destination = new Uint8Array(20);
  new DataView(destination.buffer).setUint16(0, packetFamily, true);
  new DataView(destination.buffer).setInt32(4, options.interfaceIndex, true);
  const batch = new SendBatch({ capacity: 16, payloadOctets: 4_096, destinationOctets: 20 });
  const pause = new PollSet();
  pause.watch([]);
  let dueUs: number = clock.now();
  while (!log.stopped) {
    const leftUs = dueUs - clock.now();
    if (leftUs > 0) pause.poll(microseconds(Math.ceil(leftUs)));
    read();
    for (const frame of frames) batch.append(frame, destination);
    const sentUs = clock.now();
    batch.send(sender, () => undefined);
    log.addRound(sentUs);
    // What was missed is not made up for: those milliseconds were not looked at.
    dueUs = Math.max(dueUs + periodUs, sentUs);
  }
  read();
}

observe(workerData as ObserverOptions);
