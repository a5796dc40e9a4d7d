/**
 * Runs the core beside the network: the pulse of the system.
 *
 * One turn takes all that has arrived, hands it to the core, lets the core act
 * on the deadlines that have come, and executes what it asks for. Between turns
 * the caller waits, for the network or for `nextDeadline`: on a real host by
 * blocking in the kernel, in the simulator by moving a virtual clock.
 */
import { assert } from '../base/assert.ts';
import type { Instant } from '../base/units.ts';
import type { Core } from '../core/core.ts';
import type { Config } from '../model/config.ts';
import type { HmacTrailer } from '../model/advert.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect, ErrandEffect, PulseEffect } from '../model/effect.ts';
import type { Succession } from '../model/succession.ts';
import type { Clock } from '../ports/clock.ts';
import type { Errands } from '../ports/errands.ts';
import type {
  KernelError,
  Network,
  NetworkSink,
  ReceivedClaim,
  ReceivedPacket,
} from '../ports/network.ts';
import { parseClaim } from '../wire/address-claim.ts';
import { parsePacket } from '../wire/vrrp-packet.ts';
import { KeyRing } from './key-ring.ts';
import { PulseExecutor } from './pulse-executor.ts';
import type { Recorder } from './recorder.ts';

export interface PulsePorts {
  readonly clock: Clock;
  readonly network: Network;
  readonly errands: Errands;
  /** Writes down what the core is told (`--record`). */
  readonly recorder?: Recorder | null;
}

/** Answers to answers within one turn; more would be a loop in the core. */
const roundsPerTurn = 100;

/** Events that are taken from the other thread in one turn. */
const errandEventsPerTurn = 256;

/** How often what has arrived is taken before a deadline is acted on all the same. */
const receivesBeforeDeadline = 64;

export class Pulse {
  private readonly ports: PulsePorts;
  private readonly core: Core;
  private readonly executor: PulseExecutor;
  private keys: KeyRing;
  private pending: Effect[] = [];
  private done = false;
  private left = false;
  /** More may have come back from the errands than one turn takes: the next is due at once. */
  private backlog = false;
  /** What the core said of its next deadline: it holds until the next event. */
  private deadline: { readonly at: Instant | null } | null = null;
  /** What the network has handed over so far. */
  private arrivals = 0;
  private readonly sink: NetworkSink = {
    packet: (received) => {
      this.arrivals += 1;
      this.handle(this.decode(received));
    },
    event: (event) => {
      this.arrivals += 1;
      this.handle(event);
    },
    sideDatagram: (received) => {
      this.arrivals += 1;
      this.handle(this.executor.readSideDatagram(received));
    },
    claim: (received) => {
      this.arrivals += 1;
      this.handle(claimOf(received));
    },
  };

  /** Until the core has begun: adverts are still another Baton's business, if anybody's. */
  private readonly listing: NetworkSink = {
    ...this.sink,
    packet: () => undefined,
    sideDatagram: () => undefined,
    claim: () => undefined,
  };

  /** `config` is what the core was made with. */
  constructor(ports: PulsePorts, core: Core, config: Config) {
    this.ports = ports;
    this.core = core;
    this.keys = new KeyRing(config);
    this.executor = new PulseExecutor(ports.network, ports.clock);
  }

  /** True once the core has asked to finish; no further turn is needed. */
  get finished(): boolean {
    return this.done;
  }

  /** True once all was left as it is to another Baton. */
  get gaveWay(): boolean {
    return this.left;
  }

  /** Begins to listen and tells the core what links and addresses there are. */
  start(): KernelError | null {
    const error = this.open();
    if (error === null) this.begin(null);
    return error;
  }

  /** Begins to listen, and no more: the core has not begun. */
  open(): KernelError | null {
    const error = this.ports.network.start();
    if (error === null) this.ports.network.receive(this.listing);
    return error;
  }

  /** Passes over what has arrived so far: it is another Baton's, which still has its place. */
  passOver(): void {
    for (let count = 0; count < receivesBeforeDeadline; count += 1) {
      const before = this.arrivals;
      const packet = (): void => {
        this.arrivals += 1;
      };
      this.ports.network.receive({ ...this.listing, packet });
      if (this.arrivals === before) return;
    }
  }

  /** Lets the core begin, by itself or where another Baton has ended; it has to be open. */
  begin(succession: Succession | null): void {
    const heard = succession === null ? this.listLinks() : this.hear();
    if (succession !== null) this.handle({ type: 'succession-received', succession });
    this.handle({ type: 'network-listed' });
    for (const event of heard) this.handle(event);
    this.execute();
  }

  private listLinks(): readonly CoreEvent[] {
    this.ports.network.receive(this.listing);
    return [];
  }

  /**
   * The adverts that have arrived since another Baton ended are for this one: nobody else hears of
   * them. What that one has heard as well, in the moment since it was asked, is heard twice.
   */
  private hear(): readonly CoreEvent[] {
    const heard: CoreEvent[] = [];
    const packet = (received: ReceivedPacket): void => {
      heard.push(this.decode(received));
    };
    this.ports.network.receive({ ...this.listing, packet });
    return heard;
  }

  nextDeadline(): Instant | null {
    return this.backlog ? this.ports.clock.now() : this.coreDeadline();
  }

  /** The moment at which a Backup takes over unless an advert comes before; null: none does. */
  nextTakeover(): Instant | null {
    return this.core.nextTakeover();
  }

  /** What the next take-over needs, and can have ahead, is done. */
  prepareTakeover(): void {
    this.handle({ type: 'takeover-nears' });
    this.execute();
  }

  turn(): void {
    this.ports.network.receive(this.sink);
    this.takeErrands();
    if (this.isDue()) this.receiveAll();
    if (this.isDue()) this.handle({ type: 'time-passed' });
    this.execute();
  }

  private takeErrands(): void {
    for (let count = 0; count < errandEventsPerTurn; count += 1) {
      const event = this.ports.errands.receive();
      this.backlog = event !== null;
      if (event === null) return;
      this.handle(event);
    }
  }

  private coreDeadline(): Instant | null {
    this.deadline ??= { at: this.core.nextDeadline() };
    return this.deadline.at;
  }

  private isDue(): boolean {
    const deadline = this.coreDeadline();
    return deadline !== null && deadline <= this.ports.clock.now();
  }

  /**
   * Takes in all that has arrived, not just one call's worth: after a stall the
   * advert that a deadline is about may be the last in the queue.
   */
  private receiveAll(): void {
    for (let count = 0; count < receivesBeforeDeadline; count += 1) {
      const before = this.arrivals;
      this.ports.network.receive(this.sink);
      if (this.arrivals === before) return;
    }
  }

  private handle(event: CoreEvent): void {
    if (event.type === 'config-replaced') this.keys = new KeyRing(event.config);
    this.deadline = null;
    const input = { at: this.ports.clock.now(), event };
    const recorder = this.ports.recorder ?? null;
    const effects =
      recorder === null ? this.core.handle(input) : recorder.observe(this.core, input);
    this.pending.push(...effects);
  }

  private decode({ channel, packet }: ReceivedPacket): CoreEvent {
    const parsed = parsePacket(packet, (sender) => this.keys.of({ channel, ...sender }));
    if (!parsed.ok) return { type: 'packet-dropped', channel, ...parsed.error };
    const { hmac } = parsed.value;
    const aged = hmac && { ...hmac, age: this.ageOf(hmac) };
    return { type: 'advert-received', channel, ...parsed.value, hmac: aged };
  }

  private ageOf({ seconds, fraction }: HmacTrailer): number {
    return this.ports.clock.wallClockMs() / 1_000 - (seconds + fraction / 0x1_0000);
  }

  private execute(): void {
    for (let round = 0; this.pending.length > 0; round += 1) {
      assert(round < roundsPerTurn, 'effects answer each other without end');
      const effects = this.pending;
      this.pending = [];
      const prompt: PulseEffect[] = [];
      const errands: ErrandEffect[] = [];
      for (const effect of effects) {
        if (isPulseEffect(effect)) prompt.push(effect);
        else errands.push(effect);
      }
      const events = this.executor.execute(prompt);
      if (errands.length > 0) this.ports.errands.send(errands);
      if (errands.some((effect) => effect.type === 'finish')) this.done = true;
      this.left ||= errands.some((one) => one.type === 'report-succession' && one.outcome.ok);
      for (const event of events) this.handle(event);
    }
    this.ports.recorder?.flush();
  }
}

function claimOf({ interface: name, family, packet, toAll }: ReceivedClaim): CoreEvent {
  const claim = parseClaim(family, packet);
  if (!claim.ok) return { type: 'claim-dropped', interface: name, reason: claim.error };
  return { type: 'address-claimed', interface: name, ...claim.value, toAll };
}

/** Every type is named here, or this does not compile. */
const pulseEffectTypes: Readonly<Record<PulseEffect['type'], true>> = {
  'join-interface': true,
  'leave-interface': true,
  'send-advert': true,
  'hold-addresses': true,
  'release-addresses': true,
  'announce-addresses': true,
  'watch-addresses': true,
  'probe-addresses': true,
  'install-routes': true,
  'withdraw-routes': true,
  'install-rules': true,
  'withdraw-rules': true,
  'create-interface': true,
  'delete-interface': true,
  'promote-secondaries': true,
  'suppress-local-reports': true,
  'set-firewall': true,
  'set-guard': true,
  'prepare-lease': true,
  'take-lease': true,
  'end-lease': true,
  'confirm-leases': true,
  'open-side-channel': true,
  'close-side-channel': true,
  'send-side-message': true,
  'count-processes': true,
  'watch-process': true,
  'unwatch-process': true,
};

function isPulseEffect(effect: Effect): effect is PulseEffect {
  return Object.hasOwn(pulseEffectTypes, effect.type);
}
