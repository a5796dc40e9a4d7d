/**
 * Network namespaces (network_namespaces(7)) of the calling thread: what it
 * opens and what it starts from then on belongs to the namespace. Other threads
 * of the process stay where they are.
 */
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { KernelError } from '../ports/network.ts';
import { kernelError, lastError, setns, unshare } from './libc.ts';

const networkNamespace = 0x4000_0000; // CLONE_NEWNET

/** Moves the thread into a new network namespace, in which only a loopback interface exists. */
export function unshareNetwork(): KernelError | null {
  return unshare(networkNamespace) < 0 ? lastError('unshare network namespace') : null;
}

/** Moves the thread into the namespace of this path, such as /run/netns/blue or /proc/1/ns/net. */
export function enterNetwork(path: string): KernelError | null {
  const call = `enter network namespace ${path}`;
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return kernelError(errorNumberOf(error), call);
  }
  const result = setns(descriptor, networkNamespace);
  const error = result < 0 ? lastError(call) : null;
  closeSync(descriptor);
  return error;
}

/** Enters a network namespace that `ip netns` knows by this name; an error is a sentence. */
export function enterNamedNetwork(name: string | null): string | null {
  if (name === null) return null;
  const path = `/run/netns/${name}`;
  const error = enterNetwork(path);
  return error === null ? null : `can't enter the network namespace ${path}: ${error.code}`;
}

function errorNumberOf(error: unknown): number {
  const hasNumber = error instanceof Error && 'errno' in error && typeof error.errno === 'number';
  return hasNumber ? -(error.errno as number) : constants.errno.EIO;
}
