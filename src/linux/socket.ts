/** What all of Baton's sockets have in common: opening one, its options and its buffers. */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { KernelError } from '../ports/network.ts';
import { lastError, setsockopt, socket } from './libc.ts';
import { allocate } from './native-memory.ts';

const closeOnExec = 0x8_0000; // SOCK_CLOEXEC
const nonBlocking = 0x800; // SOCK_NONBLOCK
const socketLevel = 1; // SOL_SOCKET
const receiveBuffer = { within: 8, force: 33 }; // SO_RCVBUF, SO_RCVBUFFORCE
const sendBuffer = { within: 7, force: 32 }; // SO_SNDBUF, SO_SNDBUFFORCE
const priority = 12; // SO_PRIORITY
const boundInterface = 62; // SO_BINDTOIFINDEX

export type SocketType = 'raw' | 'datagram';

/** Opens a socket that never blocks; `call` names it in the error. */
export function openSocket(
  family: number,
  type: SocketType,
  protocol: number,
  call: string,
): Result<number, KernelError> {
  const number = type === 'raw' ? 3 : 2; // SOCK_RAW, SOCK_DGRAM
  const descriptor = socket(family, number | closeOnExec | nonBlocking, protocol);
  return descriptor < 0 ? failure(lastError(call)) : success(descriptor);
}

/** Sets an option whose value is a C int. */
export function setNumberOption(
  descriptor: number,
  option: { readonly level: number; readonly name: number; readonly call: string },
  value: number,
): KernelError | null {
  const memory = allocate(4);
  memory.view.setInt32(0, value, true);
  const result = setsockopt(descriptor, option.level, option.name, memory.address, 4);
  return result < 0 ? lastError(option.call) : null;
}

/** Sees and sends packets of this interface only; told by index, which a rename does not change. */
export function bindToInterface(descriptor: number, index: number): KernelError | null {
  const option = { level: socketLevel, name: boundInterface, call: 'bind to interface' };
  return setNumberOption(descriptor, option, index);
}

/** What the socket sends leaves before all other traffic (TC_PRIO_CONTROL). */
export function setHighestPriority(descriptor: number): KernelError | null {
  const option = { level: socketLevel, name: priority, call: 'set priority' };
  return setNumberOption(descriptor, option, 7);
}

/**
 * Makes room for `octets` in a buffer; the kernel doubles this for its own
 * book-keeping. Without the right to force it, at most net.core.rmem_max or
 * wmem_max is granted, which is no error.
 */
export function setBuffer(
  descriptor: number,
  direction: 'receive' | 'send',
  octets: number,
): KernelError | null {
  const { within, force } = direction === 'receive' ? receiveBuffer : sendBuffer;
  const forced = { level: socketLevel, name: force, call: `force ${direction} buffer` };
  if (setNumberOption(descriptor, forced, octets) === null) return null;
  const granted = { level: socketLevel, name: within, call: `set ${direction} buffer` };
  return setNumberOption(descriptor, granted, octets);
}
