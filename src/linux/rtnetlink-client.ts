/**
 * Talks to the kernel about links and addresses, over two sockets. One asks:
 * its requests are carried out while they are sent, so their outcomes can be
 * read at once. The other listens, and is told of every change, ours included.
 *
 * What we asked for is no news. A notification is taken for ours when it bears
 * the asking socket's port id *and* names an address of the batch that has just
 * been carried out: the kernel marks side effects with our port id too (a
 * primary address that goes takes its secondaries with it), and those are news.
 *
 * Of IPv6 addresses the kernel never tells who asked, and of a new one only some
 * time after the acknowledgement. So there the acknowledgements say what we have
 * done, and of the notifications in a batch's wake those are news that contradict.
 */
import { constants } from 'node:os';
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import { toSeconds } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import { isIpv6 } from '../model/address.ts';
import type { VirtualAddress } from '../model/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { AddressOutcome, AddressRequest, KernelError } from '../ports/network.ts';
import type {
  Acknowledgement,
  AddressMessage,
  LinkMessage,
  RtnetlinkMessage,
} from '../wire/rtnetlink.ts';
import { addressOrigin } from '../wire/rtnetlink.ts';
import {
  emitHoldAddress,
  emitList,
  emitReleaseAddress,
  requestLimit,
} from '../wire/rtnetlink-request.ts';
import type { AddressPlace, Report } from './interface-table.ts';
import { addressKey, InterfaceTable } from './interface-table.ts';
import { kernelError } from './libc.ts';
import { allocate } from './native-memory.ts';
import type { NetlinkSocket } from './netlink-socket.ts';
import { monitoredGroups, openNetlinkPair } from './netlink-socket.ts';
import { findTickOrigin } from './tick-origin.ts';

const { errno } = constants;

/**
 * Requests in one sendmsg: 32 KiB, and as many acknowledgements as fit into the
 * receive buffer that an unprivileged user gets (each is charged 768 octets).
 */
const requestsAtOnce = 256;
const requestBufferOctets = 1 << 20;

/** Datagrams read in a row before others get their turn; what is left stays readable. */
const drainLimit = 1 << 12;

/** A list that changes while it is read is read again, but not for ever. */
const listAttempts = 3;

const sequenceLimit = 0x7fff_ffff;

type Listed = LinkMessage | AddressMessage;

/** What a request for a list was answered. */
interface List {
  readonly listed: Listed[];
  interrupted: boolean;
  errorNumber: number;
}

/** What a batch asks for one address. */
interface OwnChange {
  readonly place: AddressPlace;
  released: boolean;
}

type OwnAddresses = ReadonlyMap<string, OwnChange>;

const nothingOwn: OwnAddresses = new Map();
const unreported: Report = () => undefined;

export class RtnetlinkClient {
  readonly #table = new InterfaceTable();
  readonly #requests = allocate(requestsAtOnce * requestLimit);
  readonly #request: NetlinkSocket;
  readonly #monitor: NetlinkSocket;
  /** The link on which each address was held last: it may have another name by now. */
  readonly #heldOn = new Map<string, number>();
  #sequence = 1;
  /** Notifications were lost, and the lists have not yet made up for it. */
  #lost = false;

  constructor(sockets: { readonly request: NetlinkSocket; readonly monitor: NetlinkSocket }) {
    this.#request = sockets.request;
    this.#monitor = sockets.monitor;
  }

  /** Readable when there is something to `drain`. */
  get monitorDescriptor(): number {
    return this.#monitor.descriptor;
  }

  link(name: InterfaceName): ReturnType<InterfaceTable['link']> {
    return this.#table.link(name);
  }

  nameOf(index: number): InterfaceName | null {
    return this.#table.nameOf(index);
  }

  /**
   * Lists all links and addresses, and reports what is news; `clock`: of what moment it is. Null:
   * when what an earlier run has left was renewed is nothing to anybody.
   */
  list(report: Report, clock: Clock | null): KernelError | null {
    return this.#relist(report, nothingOwn, (addresses) => {
      const origin = clock && findTickOrigin(clock, addresses);
      if (origin !== null) this.#table.countTicksFrom(origin);
    });
  }

  /** Takes in what the kernel told since the last time, and reports what is news. */
  drain(report: Report): KernelError | null {
    return this.#drain(report, nothingOwn);
  }

  /** Carries out all requests and tells each one's outcome; other news is reported. */
  change(requests: readonly AddressRequest[], report: Report): readonly AddressOutcome[] {
    // So that an interface which has just come is known, and old news is told as such.
    this.#drain(report, nothingOwn);
    const outcomes: AddressOutcome[] = [];
    for (let start = 0; start < requests.length; start += requestsAtOnce) {
      outcomes.push(...this.#changeAtOnce(requests.slice(start, start + requestsAtOnce), report));
    }
    return outcomes;
  }

  close(): void {
    this.#request.close();
    this.#monitor.close();
  }

  #changeAtOnce(requests: readonly AddressRequest[], report: Report): readonly AddressOutcome[] {
    const firstSequence = this.#takeSequences(requests.length);
    const own = new Map<string, OwnChange>();
    const missing = new Set<number>();
    let length = 0;
    requests.forEach((request, number) => {
      const index = this.#linkFor(request);
      if (index === null) {
        missing.add(number);
        return;
      }
      length += this.#emitChange(length, request, index, firstSequence + number);
      const place = placeOf(request.address, index);
      const key = addressKey(place);
      const released = own.get(key)?.released === true || request.type === 'release';
      own.set(key, { place, released });
    });
    const sendError = length === 0 ? null : this.#request.send(this.#requests, length);
    const answers = this.#acknowledgements(firstSequence, requests.length - missing.size);
    requests.forEach((request, number) => {
      if (answers.get(firstSequence + number)?.errorNumber === 0) this.#noteIpv6(request);
    });
    this.#drain(report, own);
    return requests.map((request, place) => ({
      id: request.id,
      address: request.address,
      error: missing.has(place)
        ? outcomeOf(request, errno.ENODEV, 'no such interface')
        : (sendError ?? outcomeOfAnswer(request, answers.get(firstSequence + place))),
    }));
  }

  /** Null where there is none. A link that was renamed does not keep what was put on it. */
  #linkFor({ type, address }: AddressRequest): number | null {
    const key = `${address.interface} ${address.address}/${address.prefixLength}`;
    const named = this.#table.link(address.interface)?.index ?? null;
    if (type === 'release') {
      const held = this.#heldOn.get(key) ?? named;
      this.#heldOn.delete(key);
      return held;
    }
    if (named !== null) this.#heldOn.set(key, named);
    return named;
  }

  #emitChange(start: number, request: AddressRequest, index: number, sequence: number): number {
    const { view } = this.#requests;
    const { peer, scope, label, broadcast, flags, detectDuplicates } = request.address;
    const common = { ...placeOf(request.address, index), sequence, peer: peer?.address ?? null };
    if (request.type === 'release') return emitReleaseAddress(view, start, common);
    const { preferredLifetime } = request.address;
    return emitHoldAddress(view, start, {
      ...common,
      scope,
      label,
      broadcast,
      flags,
      detectDuplicates,
      // Rounded down, so that the kernel is never later than asked; 0 would be refused.
      lifetimeSeconds: request.lifetime && Math.max(1, Math.floor(toSeconds(request.lifetime))),
      preferredSeconds:
        preferredLifetime === null ? null : Math.floor(toSeconds(preferredLifetime)),
    });
  }

  /** Takes an IPv6 address that was just changed for what it is now. */
  #noteIpv6({ type, address }: AddressRequest): void {
    const link = this.#table.link(address.interface);
    if (link === null || !isIpv6(address.address)) return;
    const place = placeOf(address, link.index);
    if (type === 'hold' && this.#table.has(place)) return;
    this.#table.apply(
      {
        ...place,
        type: type === 'hold' ? 'new-address' : 'deleted-address',
        secondary: false,
        tentative: address.detectDuplicates,
        duplicate: false,
        origin: addressOrigin,
        lifetime: null,
      },
      unreported,
    );
  }

  /** The first of `count` numbers that mark requests and their answers; they fit into 32 bits. */
  #takeSequences(count: number): number {
    const first = this.#sequence > sequenceLimit ? 1 : this.#sequence;
    this.#sequence = first + count;
    return first;
  }

  /** The answers to the requests from this sequence number on. */
  #acknowledgements(firstSequence: number, count: number): ReadonlyMap<number, Acknowledgement> {
    const answers = new Map<number, Acknowledgement>();
    this.#readAnswers((message) => {
      if (message.type === 'acknowledgement' && message.sequence >= firstSequence) {
        answers.set(message.sequence, message);
      }
      return answers.size === count;
    });
    return answers;
  }

  /** Reads what the asking socket was answered, until `last` says so or nothing is left. */
  #readAnswers(last: (message: RtnetlinkMessage) => boolean): KernelError | null {
    for (;;) {
      const messages: RtnetlinkMessage[] = [];
      const received = this.#request.receive(messages);
      if (received < 0) return kernelError(-received, 'read netlink answer');
      if (received === 0) return kernelError(errno.ENODATA, 'read netlink answer');
      for (const message of messages) if (last(message)) return null;
    }
  }

  #drain(report: Report, own: OwnAddresses): KernelError | null {
    if (this.#lost) return this.#recover(report, own);
    for (let datagrams = 0; datagrams < drainLimit;) {
      const messages: RtnetlinkMessage[] = [];
      const received = this.#monitor.receive(messages);
      if (received === 0) return null;
      if (received === -errno.ENOBUFS) return this.#recover(report, own);
      if (received < 0) return kernelError(-received, 'read netlink notifications');
      for (const message of messages) this.#take(message, report, own);
      datagrams += received;
    }
    return null;
  }

  #take(message: RtnetlinkMessage, report: Report, own: OwnAddresses): void {
    if (message.type === 'acknowledgement' || message.type === 'end-of-list') return;
    if (!('address' in message)) {
      this.#table.apply(message, report);
      return;
    }
    const change = own.get(addressKey(message));
    if (change === undefined) {
      this.#table.apply(message, report);
    } else if (!isIpv6(message.address)) {
      const ours = message.portId === this.#request.portId;
      this.#table.apply(message, ours ? unreported : report);
    } else if (message.type === 'new-address') {
      this.#table.apply(message, unreported);
    } else if (!change.released) {
      this.#table.apply(message, report);
    }
  }

  /**
   * Notifications were lost. What is queued is older than the loss and is thrown
   * away; only with the queue empty does the kernel go on telling. Then the lists
   * say what has become of everything; where they can't be had, `drain` tries again.
   */
  #recover(report: Report, own: OwnAddresses): KernelError | null {
    this.#lost = true;
    for (let datagrams = 0; datagrams < drainLimit;) {
      const received = this.#monitor.receive([]);
      if (received === 0) break;
      datagrams += Math.max(received, 1);
    }
    const error = this.#relist(report, own);
    this.#lost = error !== null;
    return error;
  }

  #relist(
    report: Report,
    own: OwnAddresses,
    prepare: (addresses: readonly AddressMessage[]) => void = () => undefined,
  ): KernelError | null {
    const links = this.#list('links');
    if (!links.ok) return links.error;
    const addresses = this.#list('addresses');
    if (!addresses.ok) return addresses.error;
    for (const { place } of own.values()) {
      const unmarked = { secondary: false, tentative: false, duplicate: false, origin: null };
      const gone = { ...place, ...unmarked, lifetime: null, type: 'deleted-address' } as const;
      this.#table.apply(gone, unreported);
    }
    for (const address of addresses.value) {
      if (address.type === 'new-address' && own.has(addressKey(address))) {
        this.#table.apply(address, unreported);
      }
    }
    prepare(addresses.value.filter((one) => 'address' in one));
    this.#table.replace([...links.value, ...addresses.value], report);
    return null;
  }

  #list(what: 'links' | 'addresses'): Result<readonly Listed[], KernelError> {
    for (let attempt = 1; ; attempt += 1) {
      const list = this.#listOnce(what);
      if (!list.ok) return list;
      // What changed since will be told by notifications too, so the last list will do.
      const { listed, interrupted } = list.value;
      if (!interrupted || attempt === listAttempts) return success(listed);
    }
  }

  #listOnce(what: 'links' | 'addresses'): Result<List, KernelError> {
    const sequence = this.#takeSequences(1);
    const length = emitList(this.#requests.view, 0, { sequence, what });
    const sendError = this.#request.send(this.#requests, length);
    if (sendError !== null) return failure(sendError);
    const list: List = { listed: [], interrupted: false, errorNumber: 0 };
    const readError = this.#readAnswers((message) => {
      if (message.sequence !== sequence) return false;
      if (message.interrupted) list.interrupted = true;
      if (message.type === 'new-link' || message.type === 'new-address') list.listed.push(message);
      if (message.type !== 'end-of-list' && message.type !== 'acknowledgement') return false;
      list.errorNumber = message.errorNumber;
      return true;
    });
    if (readError !== null) return failure(readError);
    if (list.errorNumber !== 0) return failure(kernelError(list.errorNumber, `list ${what}`));
    return success(list);
  }
}

function outcomeOfAnswer(
  request: AddressRequest,
  answer: Acknowledgement | undefined,
): KernelError | null {
  if (answer === undefined) return outcomeOf(request, errno.ENOBUFS, 'answer lost');
  if (answer.errorNumber === 0) return null;
  return outcomeOf(request, answer.errorNumber, answer.explanation);
}

/** An address that is to go, and is not there, is no error. */
function outcomeOf(
  request: AddressRequest,
  errorNumber: number,
  explanation: string | null,
): KernelError | null {
  // ENXIO: an interface without IPv6.
  const gone = [errno.EADDRNOTAVAIL, errno.ENODEV, errno.ENXIO].includes(errorNumber);
  if (request.type === 'release' && gone) return null;
  const { address, prefixLength, interface: name } = request.address;
  const what = `${request.type} ${address}/${prefixLength} on ${name}`;
  return kernelError(errorNumber, explanation === null ? what : `${what} (${explanation})`);
}

/** The kernel's prefix length is that of the peer's address, where there is one. */
function placeOf({ address, prefixLength, peer }: VirtualAddress, index: number): AddressPlace {
  return { index, address, prefixLength: peer?.prefixLength ?? prefixLength };
}

export function openRtnetlinkClient(options: {
  readonly monitorBufferOctets: number;
  readonly commandBufferOctets?: number;
}): Result<RtnetlinkClient, KernelError> {
  const pair = openNetlinkPair({
    groups: monitoredGroups,
    monitorBufferOctets: options.monitorBufferOctets,
    requestBufferOctets: options.commandBufferOctets ?? requestBufferOctets,
  });
  return pair.ok ? success(new RtnetlinkClient(pair.value)) : pair;
}
