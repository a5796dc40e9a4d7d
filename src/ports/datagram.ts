/** Datagrams to a socket of this machine: how syslog and the service manager are told things. */
import type { KernelError } from './network.ts';

export interface DatagramSender {
  /**
   * Sends without blocking. `path` is that of a unix socket, or "@" and the name
   * of an abstract one. A receiver whose queue is full is EAGAIN, one that is not
   * there ENOENT or ECONNREFUSED.
   */
  send(path: string, octets: Uint8Array): KernelError | null;
}
