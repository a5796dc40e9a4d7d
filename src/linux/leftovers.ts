/**
 * Finds what bears Baton's mark in this network namespace, and takes it away: addresses
 * (IFA_PROTO), routes and rules (their protocol), interfaces (their alias) and nftables tables
 * (their comment). The kernel keeps the marks, so that they hold whatever configuration and
 * whatever version has made the things. What bears none is somebody else's.
 */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { AddressFamily, InterfaceName } from '../model/address.ts';
import { routingProtocol } from '../model/defaults.ts';
import type { Prefix } from '../model/route.ts';
import type { Kept, SweptThing } from '../ports/leftovers.ts';
import type { KernelError } from '../ports/network.ts';
import { deletionOf, messagesIn } from '../wire/netlink-messages.ts';
import { emitReplaceTable } from '../wire/nftables.ts';
import { emitListTables, parseTable } from '../wire/nftables-list.ts';
import { addressOrigin, parseRtnetlink } from '../wire/rtnetlink.ts';
import { emitDeleteLink, parseLinkProperties } from '../wire/rtnetlink-link.ts';
import { emitList, emitReleaseAddress, requestLimit } from '../wire/rtnetlink-request.ts';
import { listRoutesMessage } from '../wire/rtnetlink-route.ts';
import { parseRouting, type RouteMessage, type RuleMessage } from '../wire/rtnetlink-routing.ts';
import { listRulesMessage } from '../wire/rtnetlink-rule.ts';
import { isRoute, isRule } from './installed-routing.ts';
import type { LinkLookup } from './link-lookup.ts';
import type { NetlinkExchange } from './netlink-exchange.ts';
import { openNetlinkExchange } from './netlink-exchange.ts';
import type { SysctlLedger } from './sysctl-ledger.ts';

/** One thing that is left. */
interface Leftover {
  /** For people: "route 198.51.100.0/24". */
  readonly what: string;
  readonly remove: () => KernelError | null;
}

interface Link {
  readonly index: number;
  readonly name: InterfaceName;
  readonly own: boolean;
}

const families: readonly AddressFamily[] = ['IPv4', 'IPv6'];

class Leftovers {
  readonly #route: NetlinkExchange;
  readonly #netfilter: NetlinkExchange;

  constructor(exchanges: { readonly route: NetlinkExchange; readonly netfilter: NetlinkExchange }) {
    this.#route = exchanges.route;
    this.#netfilter = exchanges.netfilter;
  }

  /** What is left and not kept, in the order in which it can be taken away. */
  find(kept: Kept): Result<readonly Leftover[], KernelError> {
    const links = this.#links();
    if (!links.ok) return links;
    const lookup: LinkLookup = {
      indexOf: (name) => links.value.find((link) => link.name === name)?.index ?? null,
      nameOf: (index) => links.value.find((link) => link.index === index)?.name ?? null,
    };
    const unwanted = links.value.filter(({ own, name }) => own && !kept.interfaces.includes(name));
    const found: Leftover[] = [];
    for (const part of [
      this.#rules(kept),
      this.#routes(kept, lookup),
      this.#addresses(kept, links.value, unwanted),
    ]) {
      if (!part.ok) return part;
      found.push(...part.value);
    }
    found.push(...unwanted.map((link) => this.#interface(link)));
    const tables = this.#tables(kept);
    return success(tables.ok ? [...found, ...tables.value] : found);
  }

  close(): void {
    this.#route.close();
    this.#netfilter.close();
  }

  #links(): Result<readonly Link[], KernelError> {
    const datagrams = this.#list('links');
    if (!datagrams.ok) return datagrams;
    const messages = datagrams.value.flatMap(messagesIn);
    return success(messages.flatMap((message) => parseLinkProperties(message) ?? []));
  }

  #addresses(
    kept: Kept,
    links: readonly Link[],
    unwanted: readonly Link[],
  ): Result<readonly Leftover[], KernelError> {
    const datagrams = this.#list('addresses');
    if (!datagrams.ok) return datagrams;
    const found: Leftover[] = [];
    for (const message of datagrams.value.flatMap((one) => parseRtnetlink(one))) {
      if (message.type !== 'new-address' || message.origin !== addressOrigin) continue;
      const { index, address, prefixLength, peer, lifetime } = message;
      const link = links.find((one) => one.index === index);
      // What stands on an interface of Baton's own for good goes and stays with that.
      if (link === undefined || unwanted.includes(link)) continue;
      if (link.own && lifetime === null) continue;
      const wanted = kept.addresses.some(
        (one) =>
          one.interface === link.name &&
          one.address === address &&
          (one.peer?.prefixLength ?? one.prefixLength) === prefixLength,
      );
      if (wanted) continue;
      const place = { index, address, prefixLength, peer };
      const what = `address ${address}/${prefixLength} on ${link.name}`;
      found.push({ what, remove: () => this.#release(place, what) });
    }
    return success(found);
  }

  #release(
    place: Omit<Parameters<typeof emitReleaseAddress>[2], 'sequence'>,
    what: string,
  ): KernelError | null {
    const octets = new Uint8Array(requestLimit);
    const request = { ...place, sequence: this.#route.takeSequence() };
    const length = emitReleaseAddress(new DataView(octets.buffer), 0, request);
    return this.#remove(octets.subarray(0, length), what);
  }

  #routes(kept: Kept, links: LinkLookup): Result<readonly Leftover[], KernelError> {
    const found: Leftover[] = [];
    for (const family of families) {
      const listed = this.#listRouting((sequence) => {
        return listRoutesMessage({ sequence, family, protocol: routingProtocol });
      });
      if (!listed.ok) return listed;
      for (const { message, octets } of listed.value) {
        if (message.type !== 'new-route' || message.protocol !== routingProtocol) continue;
        const wanted = kept.routes.some((route) => {
          const table = route.vrf === null ? route.table : message.table;
          return isRoute({ type: 'route', route, table }, message, links);
        });
        if (!wanted) found.push(this.#listed(routeText(message), octets));
      }
    }
    return success(found);
  }

  #rules(kept: Kept): Result<readonly Leftover[], KernelError> {
    const found: Leftover[] = [];
    for (const family of families) {
      const listed = this.#listRouting((sequence) => listRulesMessage({ sequence, family }));
      if (!listed.ok) return listed;
      for (const { message, octets } of listed.value) {
        if (message.type !== 'new-rule' || message.protocol !== routingProtocol) continue;
        const wanted = kept.rules.some((rule) => isRule({ type: 'rule', rule }, message));
        if (!wanted) found.push(this.#listed(ruleText(message), octets));
      }
    }
    return success(found);
  }

  #listed(what: string, octets: Uint8Array): Leftover {
    const remove = (): KernelError | null => {
      return this.#remove(deletionOf(octets, this.#route.takeSequence()), what);
    };
    return { what, remove };
  }

  #interface({ index, name }: Link): Leftover {
    const what = `interface ${name}`;
    const remove = (): KernelError | null => {
      return this.#remove(emitDeleteLink(this.#route.takeSequence(), index), what);
    };
    return { what, remove };
  }

  /** An error where the kernel has no nftables: then none is left either. */
  #tables(kept: Kept): Result<readonly Leftover[], KernelError> {
    const answer = this.#netfilter.send(
      emitListTables(this.#netfilter.takeSequence()),
      'list nftables tables',
    );
    if (!answer.ok) return answer;
    const tables = answer.value.flatMap(messagesIn).flatMap((one) => parseTable(one) ?? []);
    return success(
      tables
        .filter(({ own, name }) => own && !kept.tables.includes(name))
        .map((table) => {
          const what = `nftables table ${table.family} ${table.name}`;
          const remove = (): KernelError | null => {
            const first = this.#netfilter.takeSequence();
            const batch = emitReplaceTable(first, table, null);
            this.#netfilter.takeSequence(batch.messages);
            const removed = this.#netfilter.send(batch.octets, `remove ${what}`);
            return removed.ok ? null : removed.error;
          };
          return { what, remove };
        }),
    );
  }

  #list(what: 'links' | 'addresses'): Result<readonly Uint8Array[], KernelError> {
    const octets = new Uint8Array(requestLimit);
    const sequence = this.#route.takeSequence();
    const length = emitList(new DataView(octets.buffer), 0, { sequence, what });
    return this.#route.send(octets.subarray(0, length), `list ${what}`);
  }

  /** Routes or rules, each with the octets that it was told by. */
  #listRouting(emit: (sequence: number) => Uint8Array): Result<
    readonly {
      readonly message: RouteMessage | RuleMessage;
      readonly octets: Uint8Array;
    }[],
    KernelError
  > {
    const answer = this.#route.send(emit(this.#route.takeSequence()), 'list routes and rules');
    if (!answer.ok) {
      // A kernel without IPv6 has no routes of it.
      return answer.error.code === 'EOPNOTSUPP' ? success([]) : failure(answer.error);
    }
    return success(
      answer.value.flatMap(messagesIn).flatMap((octets) => {
        const [message] = parseRouting(octets);
        if (message === undefined || !('table' in message)) return [];
        return [{ message, octets }];
      }),
    );
  }

  #remove(request: Uint8Array, what: string): KernelError | null {
    const answer = this.#route.send(request, `remove ${what}`);
    return answer.ok || gone.has(answer.error.code) ? null : answer.error;
  }
}

/** It went by itself meanwhile, with its interface or its address. */
const gone: ReadonlySet<string> = new Set(['ENODEV', 'EADDRNOTAVAIL', 'ESRCH', 'ENOENT']);

function openLeftovers(): Result<Leftovers, KernelError> {
  const route = openNetlinkExchange('route');
  if (!route.ok) return route;
  const netfilter = openNetlinkExchange('netfilter');
  if (netfilter.ok) {
    return success(new Leftovers({ route: route.value, netfilter: netfilter.value }));
  }
  route.value.close();
  return netfilter;
}

/** What is to be swept, and what must not be. */
export interface Sweep {
  readonly kept: Kept;
  /** Whether no other Baton lives in this network namespace: the marks don't tell whose it is. */
  readonly alone: boolean;
  readonly ledger: SysctlLedger;
}

/** Takes away what is left, and tells what became of each thing. */
export function sweepLeftovers(sweep: Sweep): readonly SweptThing[] {
  return withLeftovers(sweep, (leftovers) =>
    leftovers.map(({ what, remove }) => {
      const error = remove();
      return { what, error: error === null ? null : `${error.call}: ${error.code}` };
    }),
  );
}

/** What `sweepLeftovers` would take away. */
export function listLeftovers(sweep: Sweep): readonly SweptThing[] {
  return withLeftovers(sweep, (leftovers) => leftovers.map(({ what }) => ({ what, error: null })));
}

function withLeftovers(
  { kept, alone, ledger }: Sweep,
  use: (leftovers: readonly Leftover[]) => readonly SweptThing[],
): readonly SweptThing[] {
  const parameters = ledger.left.map((change) => ({
    what: `kernel parameter net/${change.path}, which was ${change.before}`,
    remove: () => ledger.restore(change),
  }));
  if (!alone) return use(parameters);
  const opened = openLeftovers();
  if (!opened.ok) return [unknown(opened.error), ...use(parameters)];
  try {
    const found = opened.value.find(kept);
    if (!found.ok) return [unknown(found.error), ...use(parameters)];
    return use([...found.value, ...parameters]);
  } finally {
    opened.value.close();
  }
}

function unknown({ call, code }: KernelError): SweptThing {
  return { what: 'what can not be listed', error: `${call}: ${code}` };
}

function routeText({ destination, table }: RouteMessage): string {
  return `route ${prefixText(destination)} in table ${table}`;
}

function ruleText({ priority, from, to, family }: RuleMessage): string {
  return `rule ${priority} of ${family}: from ${prefixText(from)} to ${prefixText(to)}`;
}

function prefixText({ address, length }: Prefix): string {
  return length === 0 ? 'all' : `${address}/${length}`;
}
