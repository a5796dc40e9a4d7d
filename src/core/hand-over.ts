/**
 * Hand-over from Baton to Baton: make before break.
 *
 * Theory of operation. Who is Master and wants to be it no more asks a peer that is Backup of
 * the same virtual routers, and agrees in all that has to be alike, to take over. Until that
 * one has answered that it is done, adverts sent, addresses held and announced, nothing changes
 * here: this host goes on to serve and to advertise. Then it lets go without resigning by an
 * advert of priority 0, which would let others take over as well. Where no answer comes in time,
 * or none that it is done, it gives up as VRRP has it.
 *
 * So two hosts serve for the time of an answer, at most `patience`. Both know of it: the old
 * master passes over the adverts of the new one, and the new one those of the old one, whatever
 * their priorities. Members of a sync group go together, to one peer, in one hand-over.
 */
import { after, between, earliest, milliseconds, toMilliseconds } from '../base/units.ts';
import type { Instant } from '../base/units.ts';
import { compareAddresses, type IpAddress } from '../model/address.ts';
import type { Declined, DeclineReason, Take, Taken } from '../model/side-channel.ts';
import { advertiseUncontested, becomeMaster } from './master.ts';
import { reportedName } from './router-report.ts';
import type { HandOver, Router, Surroundings } from './router.ts';
import { sourceAddress } from './router.ts';
import type { SideChannel } from './side-channel.ts';
import type { SidePeer } from './side-peer.ts';

/** How long an answer is waited for: the longest that two hosts serve. */
const patience = milliseconds(100);

/** After so long without an answer the request is repeated. */
const repetition = milliseconds(20);

/** How much longer than its patience the adverts of the former master may be under way. */
const lateAdverts = milliseconds(50);

/** Octets of the names of a sync group that one request has room for. */
const longestNames = 8_000;

/** Hand-overs to this host that are remembered, for requests that are repeated. */
const rememberedTakes = 256;

/** A request of a peer's that was granted. */
interface Granted {
  readonly peer: SidePeer;
  readonly handOver: number;
  readonly routers: readonly Router[];
  answered: boolean;
}

export class HandOvers {
  private readonly channel: SideChannel;
  private offered: HandOver[] = [];
  private granted: Granted[] = [];
  private lastNumber = 0;
  private concluded = false;

  constructor(channel: SideChannel) {
    this.channel = channel;
  }

  /** Whether an answer is waited for. */
  get pending(): boolean {
    return this.offered.length > 0;
  }

  /** Whether one has come to its end since this was asked last. */
  takeConcluded(): boolean {
    const { concluded } = this;
    this.concluded = false;
    return concluded;
  }

  nextDeadline(): Instant | null {
    return earliest(this.offered.map(({ repeatAt }) => repeatAt));
  }

  /**
   * Whether mastership of these, a virtual router or a whole sync group, is on its way to
   * another host; where it can be and was not yet, it now is. Until it has come there, or has
   * not, they go on as they are.
   */
  postpones(routers: readonly Router[], surroundings: Surroundings): boolean {
    const known = routers.some(({ state }) => state.name === 'Master' && state.handOver !== null);
    return known ? this.isPending(routers) : this.offer(routers, surroundings);
  }

  isPending(routers: readonly Router[]): boolean {
    return routers.some(
      ({ state }) => state.name === 'Master' && state.handOver?.outcome === 'pending',
    );
  }

  /** Repeats what is not answered, and gives up what has not been for too long. */
  timePassed({ at, outbox }: Surroundings): void {
    for (const handOver of this.offered) {
      if (handOver.repeatAt > at) continue;
      if (handOver.endsAt <= at) {
        this.conclude(handOver, 'not-taken', { text: 'no answer', at, outbox });
        continue;
      }
      this.ask(handOver, outbox);
      const next = after(at, repetition);
      handOver.repeatAt = next < handOver.endsAt ? next : handOver.endsAt;
    }
  }

  /** The answer to an offer of ours. */
  answer(peer: SidePeer, body: Taken | Declined, { at, outbox }: Surroundings): void {
    const handOver = this.offered.find(
      (one) => one.number === body.handOver && one.peer === peer.endpoint.address,
    );
    if (handOver === undefined) return;
    if (body.type === 'declined') {
      this.conclude(handOver, 'not-taken', { text: body.reason, at, outbox });
      return;
    }
    const elapsed = toMilliseconds(between(handOver.startedAt, at)).toFixed(1);
    this.conclude(handOver, 'taken', { text: `in ${elapsed} ms`, at, outbox });
  }

  /**
   * A peer asks us to take over. Who has read it too late, since it stood still, passes it over:
   * the peer may have given up, and asks again if it has not.
   */
  take(
    peer: SidePeer,
    { handOver, before, instances }: Take,
    around: {
      readonly surroundings: Surroundings;
      readonly routers: readonly Router[];
      readonly stopping: boolean;
    },
  ): void {
    const { surroundings } = around;
    const { at, outbox } = surroundings;
    if (at >= before) return;
    const known = this.granted.find((one) => one.peer === peer && one.handOver === handOver);
    if (known !== undefined) {
      if (known.answered && known.routers.every(holdsAll)) this.confirm(known, surroundings);
      return;
    }
    const routers = around.routers.filter(({ config }) => instances.includes(reportedName(config)));
    const reason =
      routers.length === new Set(instances).size && routers.length > 0
        ? this.refusal(peer, routers, around)
        : 'unknown-instance';
    if (reason !== null) {
      this.channel.send(peer, { type: 'declined', handOver, reason }, outbox);
      return;
    }
    for (const router of routers)
      takeOver(router, peer, surroundings, this.sourceAt(peer, router, surroundings));
    this.granted.push({ peer, handOver, routers, answered: false });
    if (this.granted.length > rememberedTakes) this.granted.shift();
  }

  /** Answers what was asked for once it is done: all is held, and announced before. */
  answerWhenDone(surroundings: Surroundings): void {
    for (const one of this.granted) {
      if (one.answered || !one.routers.every(holdsAll)) continue;
      one.answered = true;
      this.confirm(one, surroundings);
    }
  }

  private offer(routers: readonly Router[], surroundings: Surroundings): boolean {
    const { at, outbox, network } = surroundings;
    const able = routers.every(
      (router) =>
        holdsAll(router) &&
        sourceAddress(router, network) !== null &&
        (router.config.interface === null ||
          network.linkObstacle(router.config.interface) === null),
    );
    if (!able) return false;
    const [best] = this.channel
      .counterparts(routers, network)
      .filter(({ reports }) => reports.every(({ state }) => state === 'Backup'))
      .sort(byPreference);
    const names = best?.reports.reduce((sum, { name }) => sum + 1 + 4 * name.length, 0) ?? 0;
    if (best === undefined || names > longestNames) return false;
    this.lastNumber += 1;
    const handOver: HandOver = {
      number: this.lastNumber,
      peer: best.peer.endpoint.address,
      instances: routers.map(({ config }) => config.name),
      theirs: best.reports.map(({ name }) => name),
      sources: best.reports.flatMap(({ source }) => source ?? []),
      startedAt: at,
      endsAt: after(at, patience),
      repeatAt: after(at, repetition),
      outcome: 'pending',
      passing: new Set(),
    };
    for (const { state } of routers) if (state.name === 'Master') state.handOver = handOver;
    this.offered.push(handOver);
    for (const instance of handOver.instances) {
      outbox.log('info', `(${instance}) handing over to ${handOver.peer}`);
    }
    routers.forEach((router, index) => {
      const theirs = best.reports[index]?.priority ?? 0;
      if (theirs > router.effectivePriority) advertiseUncontested(router, surroundings);
    });
    this.ask(handOver, outbox);
    return true;
  }

  private ask(asked: HandOver, outbox: Surroundings['outbox']): void {
    const peer = this.channel.peer(asked.peer);
    const before = peer?.byItsClock(asked.endsAt) ?? null;
    if (peer === null || before === null) return;
    const { number: handOver, theirs: instances } = asked;
    this.channel.send(peer, { type: 'take', handOver, before, instances }, outbox);
  }

  private conclude(
    handOver: HandOver,
    outcome: 'taken' | 'not-taken',
    told: { readonly text: string } & Pick<Surroundings, 'at' | 'outbox'>,
  ): void {
    const { text, outbox } = told;
    handOver.outcome = outcome;
    this.concluded = true;
    this.offered = this.offered.filter((one) => one !== handOver);
    const { peer, instances } = handOver;
    for (const instance of instances) {
      const what = outcome === 'taken' ? 'handed over to' : 'not taken over by';
      const level = outcome === 'taken' ? 'notice' : 'warning';
      outbox.log(level, `(${instance}) ${what} ${peer}: ${text}`);
      outbox.journal({ kind: 'hand-over', instance, peer, outcome, detail: text });
    }
  }

  private confirm({ peer, handOver }: Granted, { outbox }: Surroundings): void {
    this.channel.send(peer, { type: 'taken', handOver }, outbox);
  }

  /** Why these are not taken over; null: they are. */
  private refusal(
    peer: SidePeer,
    routers: readonly Router[],
    around: { readonly surroundings: Surroundings; readonly stopping: boolean },
  ): DeclineReason | null {
    const { surroundings, stopping } = around;
    if (stopping) return 'stopping';
    if (routers.some(({ state }) => state.name !== 'Backup')) return 'not-backup';
    const names = new Set(routers.map(({ config }) => config.name));
    const divided = routers.some(({ group }) => group?.members.some((name) => !names.has(name)));
    if (divided) return 'divided-group';
    const found = this.channel
      .counterparts(routers, surroundings.network)
      .find((one) => one.peer === peer);
    if (found?.reports.every(({ state }) => state === 'Master') !== true) return 'not-master';
    // A master that is heard, and is not who hands over, has not been asked.
    const others = routers.some(({ state }, index) => {
      const source = found.reports[index]?.source ?? null;
      const heard = state.name === 'Backup' ? (state.master?.address ?? null) : null;
      return heard !== null && source !== null && heard !== source;
    });
    return others ? 'other-master' : null;
  }

  private sourceAt(peer: SidePeer, router: Router, { network }: Surroundings): IpAddress | null {
    const found = this.channel.counterparts([router], network).find((one) => one.peer === peer);
    return found?.reports[0]?.source ?? null;
  }
}

/** The best of several: who would be elected. */
function byPreference(
  left: { readonly peer: SidePeer; readonly reports: readonly { readonly priority: number }[] },
  right: { readonly peer: SidePeer; readonly reports: readonly { readonly priority: number }[] },
): number {
  const difference = (right.reports[0]?.priority ?? 0) - (left.reports[0]?.priority ?? 0);
  return difference !== 0
    ? difference
    : compareAddresses(right.peer.endpoint.address, left.peer.endpoint.address);
}

function holdsAll({ state }: Router): boolean {
  return state.name === 'Master' && state.hold.done;
}

function takeOver(
  router: Router,
  peer: SidePeer,
  surroundings: Surroundings,
  source: IpAddress | null,
): void {
  const by = peer.endpoint.address;
  surroundings.outbox.log('notice', `(${router.config.name}) handed over by ${by}`);
  const until = after(after(surroundings.at, patience), lateAdverts);
  const reason = { cause: { type: 'handed-over', by }, subjects: [] } as const;
  becomeMaster(router, surroundings, reason, { source, until });
  router.statistics.newMaster('priority');
}
