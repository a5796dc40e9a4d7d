/**
 * Routes and rules in the kernel: the part of the Network port that is about them, over
 * two sockets as in rtnetlink-client.ts. One asks, the other listens.
 *
 * The kernel does not always say when a route goes. IPv4 routes end in silence with
 * their link, with the last address of their interface, and with the address that they
 * prefer as a source; another route can take a route's place. So what is heard is only
 * a reason to look: after each such word of somebody else's doing, what is installed is
 * compared with a list of what is there, and what is missing is told. The list is
 * filtered by protocol in the kernel, so that a full table of other routes costs little.
 */
import { constants } from 'node:os';
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { InterfaceName } from '../model/address.ts';
import type { RouteVanished, RuleVanished } from '../model/core-event.ts';
import type { Route } from '../model/route.ts';
import type { KernelError, RoutingOutcome, RoutingRequest } from '../ports/network.ts';
import type { Acknowledgement } from '../wire/rtnetlink.ts';
import { installRouteMessage, withdrawRouteMessage } from '../wire/rtnetlink-route.ts';
import { parseRouting, type RouteMessage, type RoutingMessage } from '../wire/rtnetlink-routing.ts';
import { installRuleMessage, withdrawRuleMessage } from '../wire/rtnetlink-rule.ts';
import {
  familyOfInstalled,
  isRoute,
  isRule,
  keyOf,
  sharesPlace,
  vanished,
  type Installed,
} from './installed-routing.ts';
import { kernelError } from './libc.ts';
import type { LinkLookup } from './link-lookup.ts';
import type { NetlinkSocket } from './netlink-socket.ts';
import { filterLists, openNetlinkPair } from './netlink-socket.ts';
import type { Listed, ListName } from './routing-socket.ts';
import { requestOctetsAtOnce, RoutingSocket } from './routing-socket.ts';

const { errno } = constants;

export type RoutingReport = (event: RouteVanished | RuleVanished) => void;

export interface RoutingClient {
  /** What to poll; one that is readable means that there is something to `drain`. */
  readonly descriptors: readonly number[];
  /** Carries out all requests in order and tells each one's outcome; other news is reported. */
  change(requests: readonly RoutingRequest[], report: RoutingReport): readonly RoutingOutcome[];
  /** Takes in what the kernel told since the last time, and reports what is news. */
  drain(report: RoutingReport): void;
  close(): void;
}

export interface RoutingOptions {
  readonly links: LinkLookup;
  readonly monitorBufferOctets: number;
  readonly commandBufferOctets?: number;
}

/** As many answers as fit into the receive buffer that an unprivileged user gets. */
const requestsAtOnce = 256;
const usualCommandBufferOctets = 1 << 20;

/** Datagrams read in a row before others get their turn. */
const drainLimit = 1 << 12;

/**
 * Bits of the groups to listen to: RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE,
 * RTMGRP_IPV4_RULE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE and RTNLGRP_IPV6_RULE.
 */
const monitoredGroups = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 0x4_0000;

/** A request ready to be sent, and what is installed once it is done. */
interface Prepared {
  readonly request: RoutingRequest;
  readonly sequence: number;
  readonly octets: Uint8Array;
  readonly installed: Installed;
}

/** The list that a route or a rule is in if it is there; null: it can't be had now. */
type Lister = (installed: Installed) => Listed | null;

class KernelRouting implements RoutingClient {
  readonly #links: LinkLookup;
  readonly #request: RoutingSocket;
  readonly #monitor: NetlinkSocket;
  /** What is in the kernel by our doing, by its key. */
  readonly #installed = new Map<string, Installed>();
  /** The links that each route was installed on: they may have other names by now. */
  readonly #linksOf = new Map<string, ReadonlyMap<InterfaceName, number>>();
  /** Something may have gone that was not told, so what is installed has to be looked for. */
  #suspect = false;

  constructor(options: {
    readonly links: LinkLookup;
    readonly request: RoutingSocket;
    readonly monitor: NetlinkSocket;
  }) {
    this.#links = options.links;
    this.#request = options.request;
    this.#monitor = options.monitor;
  }

  get descriptors(): readonly number[] {
    return [this.#monitor.descriptor];
  }

  change(requests: readonly RoutingRequest[], report: RoutingReport): readonly RoutingOutcome[] {
    this.drain(report);
    const outcomes: RoutingOutcome[] = [];
    let batch: Prepared[] = [];
    let octets = 0;
    const finish = (): void => {
      outcomes.push(...this.#changeAtOnce(batch));
      batch = [];
      octets = 0;
    };
    for (const request of requests) {
      const prepared = this.#prepare(request);
      if (!prepared.ok) {
        finish();
        outcomes.push(outcomeOf(request, prepared.error));
        continue;
      }
      const { length } = prepared.value.octets;
      if (length > requestOctetsAtOnce) {
        finish();
        outcomes.push(outcomeOf(request, errorOf(request, errno.EMSGSIZE, null)));
        continue;
      }
      const full = octets + length > requestOctetsAtOnce;
      if (full || batch.length === requestsAtOnce) finish();
      batch.push(prepared.value);
      octets += length;
    }
    finish();
    this.drain(report);
    return outcomes;
  }

  drain(report: RoutingReport): void {
    for (let datagrams = 0; datagrams < drainLimit;) {
      const received = this.#monitor.receiveDatagrams((datagram) => {
        if (this.#suspect || this.#installed.size === 0) return;
        this.#suspect = parseRouting(datagram).some((message) => this.#concernsUs(message));
      });
      if (received === 0) break;
      // Whatever was lost may have been about what is ours.
      if (received < 0) this.#suspect = true;
      datagrams += Math.max(received, 1);
    }
    if (this.#suspect) this.#lookForInstalled(report);
  }

  close(): void {
    this.#request.close();
    this.#monitor.close();
  }

  /** The error says why the request cannot be made. */
  #prepare(request: RoutingRequest): Result<Prepared, KernelError> {
    const sequence = this.#request.takeSequence();
    if ('rule' in request) {
      const { rule } = request;
      const emit = request.type === 'install-rule' ? installRuleMessage : withdrawRuleMessage;
      const octets = emit({ sequence, rule });
      return success({ request, sequence, octets, installed: { type: 'rule', rule } });
    }
    const { route } = request;
    const links = this.#linksFor(request, interfacesOf(route));
    const missing = interfacesOf(route).find((name) => !links.has(name));
    if (missing !== undefined) {
      return failure(errorOf(request, errno.ENODEV, `there is no ${missing}`));
    }
    const table = route.vrf === null ? route.table : this.#request.tableOfVrf(route.vrf);
    if (table === null) {
      const explanation = `${route.vrf ?? ''} is no VRF`;
      return failure(errorOf(request, errno.ENODEV, explanation));
    }
    const indexOf = (name: InterfaceName): number => links.get(name) ?? 0;
    const emit = request.type === 'install-route' ? installRouteMessage : withdrawRouteMessage;
    const octets = emit({ sequence, route, table, indexOf });
    return success({ request, sequence, octets, installed: { type: 'route', route, table } });
  }

  /** A link that was renamed does not keep the routes that were put on it. */
  #linksFor(
    request: RoutingRequest,
    names: readonly InterfaceName[],
  ): ReadonlyMap<InterfaceName, number> {
    const key = keyOf(request);
    const former = this.#linksOf.get(key);
    this.#linksOf.delete(key);
    if (former !== undefined && !isInstall(request)) return former;
    const links = new Map<InterfaceName, number>();
    for (const name of names) {
      const index = this.#links.indexOf(name);
      if (index !== null) links.set(name, index);
    }
    if (isInstall(request)) this.#linksOf.set(key, links);
    return links;
  }

  /** Sends what is prepared in one datagram; every outcome is known when this returns. */
  #changeAtOnce(batch: readonly Prepared[]): readonly RoutingOutcome[] {
    if (batch.length === 0) return [];
    const answers = this.#request.carryOut(batch.map(({ octets }) => octets));
    const listOf = this.#lister();
    return batch.map(({ request, sequence, installed }) => {
      const error = answers.ok
        ? this.#errorIn(answers.value.get(sequence), { request, installed, listOf })
        : answers.error;
      if (isInstall(request)) {
        if (error === null) this.#installed.set(keyOf(request), installed);
      } else this.#installed.delete(keyOf(request));
      return outcomeOf(request, error);
    });
  }

  #errorIn(
    answer: Acknowledgement | undefined,
    { request, installed, listOf }: Pick<Prepared, 'request' | 'installed'> & { listOf: Lister },
  ): KernelError | null {
    if (answer === undefined) return errorOf(request, errno.ENOBUFS, 'answer lost');
    const { errorNumber, explanation } = answer;
    if (errorNumber === 0) return null;
    if (isInstall(request)) {
      if (errorNumber === errno.EEXIST && this.#isIn(listOf(installed) ?? [], installed)) {
        return null;
      }
    } else if (notThere.has(errorNumber)) return null;
    return errorOf(request, errorNumber, explanation);
  }

  /** Whether what the kernel told may mean that something of ours is gone. */
  #concernsUs(message: RoutingMessage): boolean {
    switch (message.type) {
      case 'new-link':
      case 'deleted-link':
      case 'deleted-address':
        return true;
      case 'new-route':
        return message.replaces && this.#isNews(message);
      case 'deleted-route':
        return this.#isNews(message);
      case 'deleted-rule':
        return message.portId !== this.#request.portId;
      case 'new-rule':
      case 'new-address':
      case 'acknowledgement':
      case 'end-of-list':
        return false;
    }
  }

  #isNews(message: RouteMessage): boolean {
    if (message.portId === this.#request.portId) return false;
    return [...this.#installed.values()].some(
      (installed) => installed.type === 'route' && sharesPlace(installed, message),
    );
  }

  #lookForInstalled(report: RoutingReport): void {
    const listOf = this.#lister();
    let unsure = false;
    for (const [key, installed] of [...this.#installed]) {
      const list = listOf(installed);
      if (list === null) unsure = true;
      else if (!this.#isIn(list, installed)) {
        this.#installed.delete(key);
        report(vanished(installed));
      }
    }
    this.#suspect = unsure;
  }

  /** Each list is asked for once, however many look for something in it. */
  #lister(): Lister {
    const lists = new Map<string, Listed | null>();
    return (installed) => {
      const name = listNameOf(installed);
      const key = JSON.stringify(name);
      const known = lists.get(key);
      if (known !== undefined) return known;
      const list = this.#request.list(name);
      lists.set(key, list);
      return list;
    };
  }

  #isIn(list: Listed, installed: Installed): boolean {
    return list.some((message) =>
      installed.type === 'route'
        ? message.type === 'new-route' && isRoute(installed, message, this.#links)
        : message.type === 'new-rule' && isRule(installed, message),
    );
  }
}

/**
 * ESRCH: no such route; the others: no such rule, interface, table, gateway's network or
 * tunnel in this kernel.
 */
const notThere: ReadonlySet<number> = new Set([
  errno.ESRCH,
  errno.ENOENT,
  errno.ENODEV,
  errno.ENETUNREACH,
  errno.EOPNOTSUPP,
]);

function isInstall({ type }: RoutingRequest): boolean {
  return type === 'install-route' || type === 'install-rule';
}

function interfacesOf({ interface: name, vrf, nextHops }: Route): readonly InterfaceName[] {
  const names = [name, vrf, ...nextHops.map((hop) => hop.interface)];
  return names.filter((one) => one !== null);
}

/** The list of the kernel's that it must be in. */
function listNameOf(installed: Installed): ListName {
  const family = familyOfInstalled(installed);
  if (installed.type === 'rule') return { type: 'rule', family };
  return { type: 'route', family, protocol: installed.route.protocol };
}

function textOf(request: RoutingRequest): string {
  return 'route' in request ? request.route.text : request.rule.text;
}

/** What cannot be there any more needs no withdrawing. */
function outcomeOf(request: RoutingRequest, error: KernelError | null): RoutingOutcome {
  const needless = !isInstall(request) && error?.code === 'ENODEV';
  return { id: request.id, text: textOf(request), error: needless ? null : error };
}

function errorOf(
  request: RoutingRequest,
  errorNumber: number,
  explanation: string | null,
): KernelError {
  const what = `${request.type} ${textOf(request)}`;
  return kernelError(errorNumber, explanation === null ? what : `${what} (${explanation})`);
}

export function openRoutingClient(options: RoutingOptions): Result<RoutingClient, KernelError> {
  const pair = openNetlinkPair({
    groups: monitoredGroups,
    monitorBufferOctets: options.monitorBufferOctets,
    requestBufferOctets: options.commandBufferOctets ?? usualCommandBufferOctets,
  });
  if (!pair.ok) return pair;
  const { request, monitor } = pair.value;
  // A kernel before 4.20 lists everything; what is not ours is passed over then.
  filterLists(request);
  return success(
    new KernelRouting({ links: options.links, request: new RoutingSocket(request), monitor }),
  );
}
