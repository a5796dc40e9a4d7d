/** A line of `static_routes` or `virtual_routes` to a Route; the words are those of `ip route`. */
import type { Mutable } from '../base/mutable.ts';
import { seconds } from '../base/units.ts';
import { familyOf, parseIp, type AddressFamily } from '../model/address.ts';
import type { IpAddress, Ipv4Address, Ipv6Address } from '../model/address.ts';
import type {
  NextHop,
  Prefix,
  Route,
  RouteMetric,
  RouteMetricName,
  RouteType,
} from '../model/route.ts';
import { plainRoute } from '../model/defaults.ts';
import { checkGateway, readEncapsulation, readGateway, readNextHop } from './build-next-hop.ts';
import { EntryReader, withoutHostBits } from './entry-reader.ts';
import { findKeyword, spellingsOf } from './keywords/keyword.ts';
import { routeTypes, virtualRoutes } from './keywords/route.ts';
import { isMetric, readMetric } from './route-metrics.ts';
import type { RoutingContext } from './routing-context.ts';
import type { Statement } from './tree.ts';
import type { Word } from './words.ts';

const mainTable = 254;
const localTable = 255;
const thirtyTwoBits = { maximum: 0xffff_ffff };

const everything = { IPv4: '0.0.0.0' as Ipv4Address, IPv6: '::' as Ipv6Address };

/** What the words have said so far. */
interface Draft extends Mutable<Pick<Route, keyof typeof plainRoute>> {
  family: AddressFamily | null;
  /** 'default': everything, of the family that turns out. */
  destination: Prefix | 'default' | null;
  secondGateway: IpAddress | null;
  table: number | null;
  readonly metrics: Map<RouteMetricName, RouteMetric>;
  readonly nextHops: NextHop[];
}

/** Null, and a report of each reason, where the line is no route. */
export function buildRoute(entry: Statement, context: RoutingContext): Route | null {
  return new RouteBuilder(entry, context).build();
}

class RouteBuilder {
  readonly #first: Word;
  readonly #reader: EntryReader;
  readonly #context: RoutingContext;
  readonly #draft: Draft = {
    family: null,
    ...plainRoute,
    destination: null,
    secondGateway: null,
    table: null,
    metrics: new Map(),
    nextHops: [],
  };

  constructor(entry: Statement, context: RoutingContext) {
    this.#first = entry.words[0];
    this.#reader = new EntryReader(entry.words, context.collector);
    this.#context = context;
  }

  build(): Route | null {
    for (let word = this.#reader.next(); word !== null; word = this.#reader.next()) {
      this.#take(word);
    }
    return this.#finish();
  }

  #take(word: Word): void {
    const keyword = findKeyword(virtualRoutes, word.text);
    if (keyword === null) {
      this.#takeDestination(word);
      return;
    }
    const { name } = keyword;
    if (keyword.deprecated.includes(word.text)) {
      const message = `"${word.text}" is an old spelling of "${name}"`;
      this.#reader.remark(word, message, null, 'deprecated-keyword');
    }
    if (this.#takeTarget(name, word) || this.#takeMetric(name, word)) return;
    this.#takeProperty(name, word);
  }

  #takeDestination(word: Word): void {
    const prefix = isDefault(word.text) ? 'default' : this.#reader.prefixOf(word);
    if (prefix === null) {
      const words = virtualRoutes.keywords.flatMap(spellingsOf);
      if (/^[\d.:/a-f]*[.:/][\d.:/a-f]*$/i.test(word.text)) {
        this.#reader.refuse(word, `"${word.text}" is no prefix`, 'write ADDRESS/LENGTH');
      } else this.#reader.unknown(word, 'route', words);
    } else if (this.#draft.destination !== null) {
      this.#reader.refuse(word, 'a second destination', 'write one route on a line');
    } else this.#draft.destination = this.#withoutHostBits(word, prefix);
  }

  #withoutHostBits(word: Word, prefix: Prefix | 'default'): Prefix | 'default' {
    if (prefix === 'default') return prefix;
    const network = withoutHostBits(prefix);
    if (network.address === prefix.address) return prefix;
    const hint = `write ${network.address}/${network.length}`;
    const message = `"${word.text}" has bits set behind its length`;
    // The kernel refuses them for IPv4, and clears them for IPv6.
    if (familyOf(network.address) === 'IPv4') this.#reader.refuse(word, message, hint);
    else this.#reader.remark(word, `${message}: they are cleared`, hint, 'value-adjusted');
    return network;
  }

  /** What the route leads to, and over what; false where the word is none of that. */
  #takeTarget(name: string, word: Word): boolean {
    const draft = this.#draft;
    const reader = this.#reader;
    const { names } = this.#context;
    if (name === 'inet') draft.family = 'IPv4';
    else if (name === 'inet6') draft.family = 'IPv6';
    else if (name === 'to') {
      const type = reader.accept(...routeTypes);
      if (type !== null) this.#takeType(type);
      const argument = reader.argument(word, 'PREFIX');
      if (argument !== null) this.#takeDestination(argument);
    } else if (isRouteType(name)) this.#takeType(word);
    else if (name === 'src') draft.preferredSource = reader.address(word);
    else if (name === 'via') draft.gateway = readGateway(reader, word);
    else if (name === 'or') {
      const hint = 'write "nexthop via A nexthop via B"';
      reader.remark(
        word,
        '"or" is an old way to name a second gateway',
        hint,
        'deprecated-keyword',
      );
      draft.secondGateway = reader.address(word);
    } else if (name === 'from') draft.source = this.#prefix(word);
    else if (name === 'dev') draft.interface = reader.interface(word);
    else if (name === 'onlink') draft.onLink = true;
    else if (name === 'encap') draft.encapsulation = readEncapsulation(reader, word, names);
    else if (name === 'nexthop') draft.nextHops.push(readNextHop(reader, word, names));
    else return false;
    return true;
  }

  #takeType({ text, span }: Word): void {
    this.#draft.type = isRouteType(text) ? text : 'unicast';
    if (text !== 'nat') return;
    const message = 'Linux has no routes of type nat: it refuses them since version 2.6.9';
    this.#reader.refuse({ text, span }, message, 'translate addresses with nftables');
  }

  #prefix(of: Word): Prefix | null {
    const word = this.#reader.argument(of, 'PREFIX');
    if (word === null) return null;
    const prefix = this.#reader.prefixOf(word);
    if (prefix !== null) return withoutHostBits(prefix);
    this.#reader.refuse(word, `${of.text}: "${word.text}" is no prefix`, 'write ADDRESS/LENGTH');
    return null;
  }

  #takeMetric(name: string, word: Word): boolean {
    const reader = this.#reader;
    if (name === 'features') {
      // RTAX_FEATURE_ECN
      if (reader.choice(word, ['ecn']) !== null) {
        this.#draft.metrics.set('features', { name: 'features', value: 1, locked: false });
      }
      return true;
    }
    if (name === 'congctl') {
      const locked = reader.accept('lock') !== null;
      const argument = reader.argument(word, 'NAME');
      if (argument !== null) this.#draft.congestionControl = { name: argument.text, locked };
      return true;
    }
    const metric = readMetric(reader, name, word);
    if (metric === null) return isMetric(name);
    this.#draft.metrics.set(metric.name, metric);
    return true;
  }

  #takeProperty(name: string, word: Word): void {
    const draft = this.#draft;
    const reader = this.#reader;
    const { names } = this.#context;
    const named = { names, maximum: 255 };
    if (name === 'table') {
      draft.table = reader.named(word, { kind: 'table', names, ...thirtyTwoBits });
    } else if (name === 'vrf') draft.vrf = reader.interface(word);
    else if (name === 'scope') draft.scope = reader.named(word, { kind: 'scope', ...named });
    else if (name === 'protocol') {
      draft.protocol = reader.named(word, { kind: 'protocol', ...named }) ?? draft.protocol;
    } else if (name === 'metric') draft.metric = reader.number(word, thirtyTwoBits);
    else if (name === 'tos') {
      const typeOfService = reader.named(word, { kind: 'typeOfService', ...named });
      draft.typeOfService = typeOfService ?? draft.typeOfService;
    } else if (name === 'realms') draft.realms = reader.realms(word, names);
    else if (name === 'expires') {
      const number = reader.number(word, { minimum: 1, ...thirtyTwoBits });
      draft.expires = number === null ? null : seconds(number);
    } else if (name === 'pref') draft.preference = reader.choice(word, ['low', 'medium', 'high']);
    else if (name === 'ttl-propagate') {
      const choice = reader.choice(word, ['enabled', 'disabled']);
      draft.timeToLivePropagate = choice === null ? null : choice === 'enabled';
    } else this.#takeHandling(name, word);
  }

  /** What is said of the handling, not of the route itself. */
  #takeHandling(name: string, word: Word): void {
    const draft = this.#draft;
    if (name === 'add' || name === 'prepend' || name === 'append') draft.insertion = name;
    else if (name === 'no_track') draft.tracked = false;
    else if (name === 'track_group') {
      const group = this.#reader.argument(word, 'GROUP');
      draft.trackGroup = group?.text ?? null;
      if (this.#context.fixed) return;
      this.#reader.refuse(word, '"track_group" is for static routes: this one is an instance\'s');
    }
  }

  #finish(): Route | null {
    const draft = this.#draft;
    const family = this.#family();
    if (draft.destination === null && !this.#reader.failed) {
      this.#reader.refuse(
        this.#first,
        'the route has no destination',
        'write a prefix or "default"',
      );
    }
    this.#check(family);
    if (this.#reader.failed || draft.destination === null) return null;
    const { destination, secondGateway, gateway, table, metrics, nextHops, ...rest } = draft;
    const whole = { address: everything[family], length: 0 };
    const hops = secondGateway === null ? nextHops : this.#twoGateways(gateway, secondGateway);
    const single = hops.length === 0;
    return {
      ...rest,
      family,
      destination: destination === 'default' ? whole : destination,
      gateway: single ? gateway : null,
      interface: single ? draft.interface : null,
      onLink: single && draft.onLink,
      table: table ?? (isLocalType(draft.type) ? localTable : mainTable),
      metrics: [...metrics.values()],
      nextHops: hops,
      text: this.#reader.text,
    };
  }

  #twoGateways(gateway: IpAddress | null, second: IpAddress): readonly NextHop[] {
    const { interface: name, onLink } = this.#draft;
    const common = { interface: name, weight: 1, onLink, realms: null, encapsulation: null };
    return [gateway, second].map((one) => ({ gateway: one, ...common }));
  }

  /** That which is said; else the destination's; else that of any address. */
  #family(): AddressFamily {
    const { family, destination, source, preferredSource, gateway, nextHops } = this.#draft;
    const prefix = destination === 'default' ? null : destination;
    const addresses = [
      prefix?.address,
      source?.address,
      preferredSource,
      gateway,
      ...nextHops.map((hop) => hop.gateway),
    ];
    const first = addresses.find((address) => address !== null && address !== undefined);
    return family ?? (first === undefined ? 'IPv4' : familyOf(first));
  }

  /** Whether what is said fits together. */
  #check(family: AddressFamily): void {
    const draft = this.#draft;
    const { destination, source, preferredSource, nextHops } = draft;
    const prefix = destination === 'default' ? null : destination;
    for (const address of [prefix?.address, source?.address, preferredSource]) {
      if (address === null || address === undefined || familyOf(address) === family) continue;
      this.#refuse(`the route is of ${family}, and ${address} is not`);
    }
    for (const gateway of [draft.gateway, draft.secondGateway, ...nextHops.map((h) => h.gateway)]) {
      checkGateway(this.#reader, this.#first, { gateway, family });
    }
    if (draft.secondGateway !== null && draft.gateway === null) {
      this.#refuse('"or" names a second gateway, and "via" names no first one');
    }
    if (nextHops.length > 0 && (draft.gateway !== null || draft.interface !== null)) {
      this.#refuse('"via" and "dev" do not go with "nexthop": write them behind it');
    }
    if (family === 'IPv6') {
      if (draft.realms !== null) this.#refuse('"realms" are for IPv4');
      return;
    }
    if (source !== null) this.#refuse('"from" is for IPv6: use a rule');
    if (draft.expires !== null) this.#refuse('"expires" is for IPv6');
    if (draft.preference !== null) this.#refuse('"pref" is for IPv6');
  }

  #refuse(message: string): void {
    this.#reader.refuse(this.#first, message);
  }
}

function isDefault(text: string): boolean {
  return parseIp(text) === null && ['default', 'all', 'any'].includes(text);
}

function isRouteType(text: string): text is RouteType {
  return routeTypes.some((type) => type === text);
}

/** The types whose routes are put into table `local` where no other is named. */
function isLocalType(type: RouteType): boolean {
  return type === 'local' || type === 'broadcast' || type === 'anycast';
}
