/**
 * The kernel's process connector (linux/cn_proc.h): it tells of every process
 * that begins, becomes another program, is renamed or ends.
 *
 * A message is a netlink header of 16 octets, then
 *
 *     struct cn_msg { u32 index, value, sequence, acknowledgement; u16 length, flags; }
 *
 * and, from the kernel,
 *
 *     struct proc_event { u32 what, cpu; u64 timestamp; union of u32 ... }
 */

/** What became of a process; threads are left out, but for what they do to their process. */
export type ProcessConnectorEvent =
  /** The answer to our request to listen, or to somebody else's. */
  | { readonly type: 'acknowledged'; readonly errorNumber: number }
  | {
      readonly type: 'forked';
      readonly processId: number;
      readonly parentId: number;
      /** By its first thread, whose name is the process's and now the child's. */
      readonly byLeader: boolean;
    }
  /** It runs another program, or bears another name. */
  | { readonly type: 'changed'; readonly processId: number }
  | { readonly type: 'exited'; readonly processId: number };

const littleEndian = true;
const headerLength = 16;
const connectorHeaderLength = 20;
const eventHeaderLength = 16;
const body = headerLength + connectorHeaderLength;
const detail = body + eventHeaderLength;

const processIndex = 1; // CN_IDX_PROC
const processValue = 1; // CN_VAL_PROC
const done = 3; // NLMSG_DONE

/** The multicast group of the events, as a bit of the socket address. */
export const processEventGroup = 1 << (processIndex - 1);

const happened = {
  nothing: 0, // PROC_EVENT_NONE: an acknowledgement
  fork: 0x1,
  exec: 0x2,
  name: 0x200, // PROC_EVENT_COMM
  exit: 0x8000_0000,
} as const;

/** The request to begin to tell: PROC_CN_MCAST_LISTEN. */
export function emitListen(): Uint8Array {
  const octets = new Uint8Array(body + 4);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, littleEndian);
  view.setUint16(4, done, littleEndian);
  view.setUint32(headerLength, processIndex, littleEndian);
  view.setUint32(headerLength + 4, processValue, littleEndian);
  view.setUint16(headerLength + 16, 4, littleEndian);
  view.setUint32(body, 1, littleEndian);
  return octets;
}

/** What a datagram tells; null where that is nothing of concern. Total on any octets. */
export function parseProcessEvent(datagram: Uint8Array): ProcessConnectorEvent | null {
  if (datagram.length < detail + 4) return null;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const number = (place: number): number =>
    detail + 4 * place + 4 <= view.byteLength ? view.getUint32(detail + 4 * place, true) : 0;
  if (view.getUint32(headerLength, littleEndian) !== processIndex) return null;
  if (view.getUint32(headerLength + 4, littleEndian) !== processValue) return null;
  switch (view.getUint32(body, littleEndian)) {
    case happened.nothing:
      return { type: 'acknowledged', errorNumber: number(0) };
    case happened.fork: {
      const [thread, parentId, child, processId] = [number(0), number(1), number(2), number(3)];
      if (child !== processId) return null;
      return { type: 'forked', processId, parentId, byLeader: thread === parentId };
    }
    case happened.exec:
      return { type: 'changed', processId: number(1) };
    case happened.name:
      return number(0) === number(1) ? { type: 'changed', processId: number(1) } : null;
    case happened.exit:
      return number(0) === number(1) ? { type: 'exited', processId: number(1) } : null;
    default:
      return null;
  }
}
