/** The socket that asks the kernel about routes and rules, and is answered at once. */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { AddressFamily, InterfaceName } from '../model/address.ts';
import type { KernelError } from '../ports/network.ts';
import { concatenated } from '../wire/netlink-octets.ts';
import type { Acknowledgement } from '../wire/rtnetlink.ts';
import { listRoutesMessage } from '../wire/rtnetlink-route.ts';
import {
  describeLinkMessage,
  parseRouting,
  vrfTableIn,
  type RouteMessage,
  type RuleMessage,
} from '../wire/rtnetlink-routing.ts';
import { listRulesMessage } from '../wire/rtnetlink-rule.ts';
import { allocate } from './native-memory.ts';
import type { NetlinkSocket } from './netlink-socket.ts';

/** What is sent together: the kernel refuses more than the send buffer holds. */
export const requestOctetsAtOnce = 1 << 16;

/** A list that changes while it is read is read again, but not for ever. */
const listAttempts = 3;
const sequenceLimit = 0x7fff_ffff;

/** What a list holds: the routes that a protocol made, or all rules. */
export type ListName =
  | { readonly type: 'route'; readonly family: AddressFamily; readonly protocol: number }
  | { readonly type: 'rule'; readonly family: AddressFamily };

export type Listed = readonly (RouteMessage | RuleMessage)[];

interface ListBeingRead {
  readonly listed: (RouteMessage | RuleMessage)[];
  /** It changed while it was read, or the kernel refused it. */
  spoilt: boolean;
  ended: boolean;
}

export class RoutingSocket {
  readonly #socket: NetlinkSocket;
  readonly #memory = allocate(requestOctetsAtOnce);
  #sequence = 0;

  constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  get portId(): number {
    return this.#socket.portId;
  }

  /** Marks a request and its answers; fits into 32 bits. */
  takeSequence(): number {
    this.#sequence = this.#sequence >= sequenceLimit ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  /** Has requests carried out in their order; the answers by the requests' numbers. */
  carryOut(
    requests: readonly Uint8Array[],
  ): Result<ReadonlyMap<number, Acknowledgement>, KernelError> {
    const error = this.#send(concatenated(requests));
    if (error !== null) return failure(error);
    const answers = new Map<number, Acknowledgement>();
    while (answers.size < requests.length) {
      const received = this.#socket.receiveDatagrams((datagram) => {
        for (const message of parseRouting(datagram)) {
          if (message.type === 'acknowledgement') answers.set(message.sequence, message);
        }
      });
      if (received <= 0) break;
    }
    return success(answers);
  }

  /** Null where the list cannot be had now. */
  list(name: ListName): Listed | null {
    for (let attempt = 1; attempt <= listAttempts; attempt += 1) {
      const sequence = this.takeSequence();
      const request =
        name.type === 'route'
          ? listRoutesMessage({ sequence, family: name.family, protocol: name.protocol })
          : listRulesMessage({ sequence, family: name.family });
      if (this.#send(request) !== null) return null;
      const list = this.#readList(sequence);
      if (list !== null) return list;
    }
    return null;
  }

  /** The routing table of a VRF; null where there is no VRF of that name. */
  tableOfVrf(name: InterfaceName): number | null {
    if (this.#send(describeLinkMessage({ sequence: this.takeSequence(), name })) !== null) {
      return null;
    }
    const tables: (number | null)[] = [];
    this.#socket.receiveDatagrams((datagram) => {
      tables.push(vrfTableIn(datagram));
    });
    return tables.find((table) => table !== null) ?? null;
  }

  close(): void {
    this.#socket.close();
  }

  #send(octets: Uint8Array): KernelError | null {
    this.#memory.octets.set(octets);
    return this.#socket.send(this.#memory, octets.length);
  }

  #readList(sequence: number): Listed | null {
    const list: ListBeingRead = { listed: [], spoilt: false, ended: false };
    while (!list.ended) {
      const received = this.#socket.receiveDatagrams((datagram) => {
        takeListed(list, datagram, sequence);
      });
      if (received <= 0) return null;
    }
    return list.spoilt ? null : list.listed;
  }
}

function takeListed(list: ListBeingRead, datagram: Uint8Array, sequence: number): void {
  for (const message of parseRouting(datagram)) {
    if (message.sequence !== sequence) continue;
    if (message.interrupted) list.spoilt = true;
    if (message.type === 'new-route' || message.type === 'new-rule') list.listed.push(message);
    if (message.type !== 'end-of-list' && message.type !== 'acknowledgement') continue;
    if (message.errorNumber !== 0) list.spoilt = true;
    list.ended = true;
  }
}
