import { constants } from 'node:os';
import type { DatagramSender } from '../ports/datagram.ts';
import type { KernelError } from '../ports/network.ts';
import { close, kernelError, lastError, sendto } from './libc.ts';
import { openSocket } from './socket.ts';

const unixFamily = 1; // AF_UNIX
/** struct sockaddr_un: the family in 2 octets, then the path in at most 108. */
const pathLimit = 108;

/** Sends to unix sockets (unix(7)), with a socket of its own for each datagram. */
export class UnixDatagramSender implements DatagramSender {
  send(path: string, octets: Uint8Array): KernelError | null {
    const call = `send to ${path}`;
    const address = socketAddress(path);
    if (address === null) return kernelError(constants.errno.ENAMETOOLONG, call);
    const opened = openSocket(unixFamily, 'datagram', 0, 'open unix socket');
    if (!opened.ok) return opened.error;
    const descriptor = opened.value;
    const sent = sendto(descriptor, octets, octets.length, 0, address, address.length);
    const error = sent < 0 ? lastError(call) : null;
    close(descriptor);
    return error;
  }
}

/** The address of a path, or of an abstract name that "@" stands before; null where it is too long. */
function socketAddress(path: string): Uint8Array | null {
  const text = new TextEncoder().encode(path);
  if (text.length >= pathLimit) return null;
  const abstract = path.startsWith('@');
  // A path ends with a NUL; an abstract name begins with one and ends where the address does.
  const address = new Uint8Array(2 + text.length + (abstract ? 0 : 1));
  address[0] = unixFamily;
  address.set(text, 2);
  if (abstract) address[2] = 0;
  return address;
}
