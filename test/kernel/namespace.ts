/**
 * Networks for the kernel tests: each host is a network namespace without a
 * name, which is gone when the test is. The test's own thread moves between
 * them, so everything runs in one process.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { assert } from '../../src/base/assert.ts';
import { enterNetwork, unshareNetwork } from '../../src/linux/namespace.ts';

const ownNamespace = '/proc/thread-self/ns/net';

/** A host of its own: what `run` runs opens its sockets and starts its programs there. */
export class Host {
  readonly #descriptor: number;

  /** Makes a namespace with its loopback interface up. */
  constructor() {
    const home = openSync(ownNamespace, 'r');
    const error = unshareNetwork();
    assert(error === null, `unshare: ${error?.code ?? ''}`);
    this.#descriptor = openSync(ownNamespace, 'r');
    ip('link set lo up');
    enter(home);
    closeSync(home);
  }

  run<Value>(action: () => Value): Value {
    const home = openSync(ownNamespace, 'r');
    enter(this.#descriptor);
    try {
      return action();
    } finally {
      enter(home);
      closeSync(home);
    }
  }

  /** Runs `ip` with these words, there; returns what it printed. */
  ip(words: string): string {
    return this.run(() => ip(words));
  }

  /** Lets go of the namespace; with the last socket in it, it is gone. */
  close(): void {
    closeSync(this.#descriptor);
  }

  get path(): string {
    return `/proc/${process.pid}/fd/${this.#descriptor}`;
  }
}

/** An end of a cable. */
interface Port {
  readonly host: Host;
  readonly name: string;
  readonly address: string;
}

/**
 * Lays a cable (a veth pair) between two hosts; both ends are up and bear these addresses,
 * and no others: the kernel makes none of its own for IPv6.
 * Their indexes differ, since the kernel tells of a carrier at once only then: it takes an
 * interface whose peer has its own index for one without a peer, and waits up to a second.
 */
export function connect(near: Port, far: Port, firstIndex = 10): void {
  const farEnd = `${far.name} index ${firstIndex + 1} netns ${far.host.path}`;
  near.host.ip(`link add ${near.name} index ${firstIndex} type veth peer name ${farEnd}`);
  for (const { host, name, address } of [near, far]) {
    host.ip(`link set ${name} addrgenmode none`);
    host.ip(`address add ${address} dev ${name}`);
    host.ip(`link set ${name} up`);
  }
}

function ip(words: string): string {
  return execFileSync('ip', words.split(' '), { encoding: 'utf8' });
}

function enter(descriptor: number): void {
  const error = enterNetwork(`/proc/self/fd/${descriptor}`);
  assert(error === null, `setns: ${error?.code ?? ''}`);
}

/** The network that this thread began in: the machine's own, as far as the tests are told. */
const machineNetwork = openSync(ownNamespace, 'r');

/** Runs something that changes no network where the tests were started. */
export function inMachineNetwork<Value>(action: () => Value): Value {
  const home = openSync(ownNamespace, 'r');
  enter(machineNetwork);
  try {
    return action();
  } finally {
    enter(home);
    closeSync(home);
  }
}

/**
 * Why kernel tests can't run here; null where they can. To find out, this thread leaves the
 * machine's own network for good: a test that forgets to say where it works harms nothing, and
 * who is root in a user namespace only could not come back either.
 */
export const whyNot: string | null = leaveMachineNetwork();

function leaveMachineNetwork(): string | null {
  const error = unshareNetwork();
  return error === null ? null : `network namespaces are not to be had here: ${error.code}`;
}
