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
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect, ErrandEffect, PulseEffect } from '../model/effect.ts';
import type { Clock } from '../ports/clock.ts';
import type { Errands } from '../ports/errands.ts';
import type { KernelError, Network, NetworkSink, ReceivedPacket } from '../ports/network.ts';
import { parsePacket } from '../wire/vrrp-packet.ts';
import { PulseExecutor } from './pulse-executor.ts';

export interface PulsePorts {
  readonly clock: Clock;
  readonly network: Network;
  readonly errands: Errands;
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
  private pending: Effect[] = [];
  private done = false;
  /** What the network has handed over so far. */
  private arrivals = 0;
  private readonly sink: NetworkSink = {
    packet: (received) => {
      this.arrivals += 1;
      this.handle(decode(received));
    },
    event: (event) => {
      this.arrivals += 1;
      this.handle(event);
    },
  };

  constructor(ports: PulsePorts, core: Core) {
    this.ports = ports;
    this.core = core;
    this.executor = new PulseExecutor(ports.network);
  }

  /** True once the core has asked to finish; no further turn is needed. */
  get finished(): boolean {
    return this.done;
  }

  /** Begins to listen and tells the core what links and addresses there are. */
  start(): KernelError | null {
    const error = this.ports.network.start();
    if (error !== null) return error;
    this.ports.network.receive(this.sink);
    this.handle({ type: 'network-listed' });
    this.execute();
    return null;
  }

  nextDeadline(): Instant | null {
    return this.core.nextDeadline();
  }

  /** The moment at which a Backup takes over unless an advert comes before; null: none does. */
  nextTakeover(): Instant | null {
    return this.core.nextTakeover();
  }

  turn(): void {
    this.ports.network.receive(this.sink);
    for (let count = 0; count < errandEventsPerTurn; count += 1) {
      const event = this.ports.errands.receive();
      if (event === null) break;
      this.handle(event);
    }
    if (this.isDue()) this.receiveAll();
    if (this.isDue()) this.handle({ type: 'time-passed' });
    this.execute();
  }

  private isDue(): boolean {
    const deadline = this.core.nextDeadline();
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
    this.pending.push(...this.core.handle({ at: this.ports.clock.now(), event }));
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
      for (const event of events) this.handle(event);
    }
  }
}

function decode({ interface: name, packet }: ReceivedPacket): CoreEvent {
  const parsed = parsePacket(packet);
  return parsed.ok
    ? { type: 'advert-received', interface: name, ...parsed.value }
    : { type: 'packet-dropped', interface: name, ...parsed.error };
}

const pulseEffectTypes: ReadonlySet<Effect['type']> = new Set<PulseEffect['type']>([
  'join-interface',
  'leave-interface',
  'send-advert',
  'hold-addresses',
  'release-addresses',
  'announce-addresses',
  'watch-process',
  'unwatch-process',
]);

function isPulseEffect(effect: Effect): effect is PulseEffect {
  return pulseEffectTypes.has(effect.type);
}
