/**
 * The side channel: what this host and other Batons tell each other beside VRRP.
 *
 * Each second, and whenever something changes, a hello goes to each peer that says how our
 * virtual routers are and what has to be alike. What a peer's hello says of a virtual router
 * that we have too is compared with ours, and a difference is told once, when it comes and
 * when it goes. Which messages count is the business of SidePeer; what comes of those that
 * ask for mastership, of HandOvers. Without a peer that answers nothing here changes what
 * virtual routers do.
 */
import { after, earliest, seconds, type Instant } from '../base/units.ts';
import type { IpAddress } from '../model/address.ts';
import type { Config, SideChannelConfig } from '../model/config.ts';
import type { SideChannelOpened, SideMessageReceived } from '../model/core-event.ts';
import type { RouterReport, SideBody, SideSession } from '../model/side-channel.ts';
import type { InstanceSecrets } from '../model/side-effect.ts';
import type { Difference, SideChannelSnapshot } from '../model/snapshot.ts';
import { counterpartOf, differencesBetween } from './agreement.ts';
import { observePeer } from './conflict-watch.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';
import { reportOf, secretsOf } from './router-report.ts';
import type { Router } from './router.ts';
import { SidePeer } from './side-peer.ts';

/** Between two hellos where nothing changes. */
const helloInterval = seconds(1);

/** How soon it is tried again to open what could not be opened. */
const openInterval = seconds(5);

/** About so many octets of reports go into one hello, so that it is one packet. */
const helloOctets = 1_200;

/** What is looked at, and where it is told, while one event is handled. */
interface Around {
  readonly at: Instant;
  readonly outbox: Outbox;
  readonly network: NetworkView;
}

interface Opened {
  readonly session: SideSession;
  readonly fingerprints: Readonly<Record<string, string>>;
  counter: number;
  helloAt: Instant;
}

export class SideChannel {
  private config: SideChannelConfig | null = null;
  private secrets: readonly InstanceSecrets[] = [];
  private opened: Opened | null = null;
  private failure: string | null = null;
  private retryAt: Instant | null = null;
  private peers: readonly SidePeer[] = [];
  /** The virtual routers, as the configuration has them now. */
  private routers: readonly Router[] = [];
  /** Whether nothing has changed here since the last comparison. */
  private compared = false;
  /** What was told of differences last, by peer and instance. */
  private readonly told = new Map<string, readonly Difference[]>();

  /** Opens, changes or closes it, as the configuration has it. */
  adopt(config: Config, routers: readonly Router[], { at, outbox }: Around): void {
    this.routers = routers;
    const { sideChannel } = config;
    const secrets = sideChannel === null ? [] : config.instances.map(secretsOf);
    if (sameValue([this.config, this.secrets], [sideChannel, secrets])) {
      // What our virtual routers are like may have changed all the same.
      this.compared = false;
      if (this.opened !== null) this.opened.helloAt = at;
      return;
    }
    const wasSet = this.config !== null;
    this.config = sideChannel;
    this.secrets = secrets;
    this.opened = null;
    this.failure = null;
    this.retryAt = null;
    this.peers = sideChannel?.peers.map((peer) => new SidePeer(peer)) ?? [];
    this.told.clear();
    if (sideChannel !== null) this.open(sideChannel, outbox);
    else if (wasSet) outbox.push({ type: 'close-side-channel' });
  }

  channelOpened({ session, fingerprints }: SideChannelOpened, { at }: Around): void {
    this.failure = null;
    this.retryAt = null;
    this.opened = { session, fingerprints, counter: 0, helloAt: at };
  }

  channelFailed(error: string, { at, outbox }: Around): void {
    if (this.failure !== error) outbox.log('error', `side channel: ${error}`);
    this.failure = error;
    this.retryAt = after(at, openInterval);
  }

  nextDeadline(): Instant | null {
    if (this.config === null) return null;
    const silent = this.peers.map(({ silentAt }) => silentAt);
    return earliest([this.retryAt, this.opened?.helloAt ?? null, ...silent]);
  }

  timePassed(around: Around): void {
    const { at, outbox } = around;
    if (this.retryAt !== null && this.retryAt <= at && this.config !== null) {
      this.retryAt = null;
      this.open(this.config, outbox);
    }
    for (const peer of this.peers) {
      if (peer.silentAt !== null && peer.silentAt <= at) this.lose(peer, outbox);
    }
    if (this.opened !== null && this.opened.helloAt <= at) this.sayHello(around);
  }

  /** Tells all peers at once how our virtual routers are. */
  sayHello(around: Around): void {
    if (this.opened === null) return;
    this.opened.helloAt = after(around.at, helloInterval);
    const hellos = this.hellos(around);
    for (const peer of this.peers) {
      for (const body of hellos) this.send(peer, body, around.outbox);
    }
  }

  /**
   * Takes a message; what it asks for, with who asks, where it counts and is no hello.
   * `replayed` is called for one that was heard before.
   */
  receive(
    event: SideMessageReceived,
    around: Around,
    replayed: () => void,
  ): { readonly peer: SidePeer; readonly body: Exclude<SideBody, { type: 'hello' }> } | null {
    const { at, outbox } = around;
    const { source, message } = event;
    const peer = this.peer(source);
    if (this.opened === null || peer === null) return null;
    const verdict = peer.judge(at, message, this.opened.session);
    if (verdict === 'own') return null;
    if (verdict === 'replayed') {
      replayed();
      return null;
    }
    if (verdict === 'asks' || verdict === 'introduces') {
      if (peer.mayIntroduce(at)) this.introduce(peer, message.sender, around);
      if (verdict === 'asks') return null;
    }
    if (!peer.alive) this.find(peer, outbox);
    const { body } = message;
    if (body.type !== 'hello') return { peer, body };
    const changed = peer.takeHello(at, body);
    this.lookForMasters(body.reports, source, around);
    if (changed || !this.compared) this.compare(around);
    return null;
  }

  /** The peer with this address; null where none is configured any more. */
  peer(address: IpAddress): SidePeer | null {
    return this.peers.find(({ endpoint }) => endpoint.address === address) ?? null;
  }

  send(peer: SidePeer, body: SideBody, outbox: Outbox, receiver = peer.addressee): void {
    const { opened } = this;
    if (opened === null) return;
    opened.counter += 1;
    const { session: sender, counter } = opened;
    const message = { sender, receiver, counter, body };
    outbox.push({ type: 'send-side-message', to: peer.endpoint, message });
  }

  /** The peers that are there and have all of these, alike, with their part of each. */
  counterparts(
    routers: readonly Router[],
    network: NetworkView,
  ): readonly { readonly peer: SidePeer; readonly reports: readonly RouterReport[] }[] {
    return this.peers.flatMap((peer) => {
      if (!peer.alive) return [];
      const reports = routers.flatMap((router) => {
        const own = this.reportOf(router, network);
        const their = counterpartOf(own, theirs(peer));
        return their === null || differencesBetween(own, their).length > 0 ? [] : [their];
      });
      return reports.length === routers.length ? [{ peer, reports }] : [];
    });
  }

  snapshot(network: NetworkView): SideChannelSnapshot | null {
    if (this.config === null) return null;
    return {
      ...this.config.own,
      failure: this.failure,
      peers: this.peers.map((peer) => ({
        ...peer.endpoint,
        alive: peer.alive,
        counterparts: this.routers.flatMap((router) => {
          const own = this.reportOf(router, network);
          const their = counterpartOf(own, theirs(peer));
          if (their === null) return [];
          const { name, state, priority } = their;
          const differences = differencesBetween(own, their);
          return [{ instance: router.config.name, name, state, priority, differences }];
        }),
      })),
    };
  }

  private open(channel: SideChannelConfig, outbox: Outbox): void {
    outbox.push({ type: 'open-side-channel', channel, secrets: this.secrets });
  }

  /** Lets a peer learn our session, in the words that it can verify. */
  private introduce(peer: SidePeer, sender: SideSession, around: Around): void {
    for (const body of this.hellos(around)) this.send(peer, body, around.outbox, sender);
  }

  private find(peer: SidePeer, outbox: Outbox): void {
    const { address } = peer.endpoint;
    peer.alive = true;
    outbox.log('notice', `side channel: Baton on ${address} is there`);
    outbox.journal({ kind: 'side-peer', peer: address, alive: true });
  }

  private lose(peer: SidePeer, outbox: Outbox): void {
    const { address } = peer.endpoint;
    peer.alive = false;
    peer.reports.clear();
    outbox.log('warning', `side channel: Baton on ${address} is silent`);
    outbox.journal({ kind: 'side-peer', peer: address, alive: false });
  }

  /** All reports, in as many hellos as they need; at least one, which says that we are there. */
  private hellos({ at, network }: Around): readonly SideBody[] {
    const chunks: RouterReport[][] = [[]];
    let octets = 0;
    for (const router of this.routers) {
      const report = this.reportOf(router, network);
      octets += 48 + 4 * report.name.length + 16 * report.addresses.length;
      if (octets > helloOctets && chunks.at(-1)?.length !== 0) {
        chunks.push([]);
        octets = 0;
      }
      chunks.at(-1)?.push(report);
    }
    return chunks.map((reports) => ({ type: 'hello', sentAt: at, reports }));
  }

  private reportOf(router: Router, network: NetworkView): RouterReport {
    const fingerprint = this.opened?.fingerprints[router.config.name] ?? noFingerprint;
    return reportOf(router, network, fingerprint);
  }

  /** Two that are Master at a time need not hear each other's adverts to know it. */
  private lookForMasters(
    reports: readonly RouterReport[],
    address: IpAddress,
    around: Around,
  ): void {
    for (const router of this.routers) {
      const report = counterpartOf(this.reportOf(router, around.network), reports);
      if (report !== null) observePeer(router, around, { report, address });
    }
  }

  /** Tells of each virtual router for which something begins to differ, or no longer does. */
  private compare(around: Around): void {
    this.compared = true;
    for (const peer of this.peers) this.compareWith(peer, around);
  }

  private compareWith(peer: SidePeer, { network, outbox }: Around): void {
    for (const router of this.routers) {
      const own = this.reportOf(router, network);
      const their = counterpartOf(own, theirs(peer));
      if (their === null) continue;
      const differences = differencesBetween(own, their);
      const { address } = peer.endpoint;
      const place = `${address} ${router.config.name}`;
      const former = this.told.get(place) ?? [];
      if (sameValue(former, differences)) continue;
      this.told.set(place, differences);
      this.tellOf({ instance: router.config.name, peer: address }, differences, outbox);
    }
  }

  private tellOf(
    place: { readonly instance: string; readonly peer: IpAddress },
    differences: readonly Difference[],
    outbox: Outbox,
  ): void {
    const { instance, peer } = place;
    if (differences.length === 0) outbox.log('notice', `(${instance}) agrees with ${peer} again`);
    for (const { field, ours, theirs: other } of differences) {
      const text = `${field} here: ${ours}; there: ${other}`;
      outbox.log('warning', `(${instance}) is configured otherwise on ${peer}: ${text}`);
    }
    outbox.journal({ kind: 'differences', ...place, differences });
  }
}

const noFingerprint = '0'.repeat(16);

function theirs(peer: SidePeer): readonly RouterReport[] {
  return [...peer.reports.values()].map(({ report }) => report);
}
