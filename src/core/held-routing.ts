/**
 * The virtual routes and rules of a Master, beside its addresses. No advert renews them: what
 * the kernel refuses, and what goes more often than may be put back at once, is asked for again
 * after a while, until it is there.
 */
import { after, sooner, type Instant } from '../base/units.ts';
import type { EffectSettled } from '../model/core-event.ts';
import type { Route, Rule } from '../model/route.ts';
import { retryInterval, routingKey, type Routing } from './holding.ts';
import type { Outbox } from './outbox.ts';

type Thing =
  | { readonly what: 'route'; readonly value: Route }
  | { readonly what: 'rule'; readonly value: Rule };

interface Owner {
  /** The instance's name, for the log. */
  readonly name: string;
  /** The ids of all its effects that are not answered yet. */
  readonly inFlight: Set<number>;
}

export class HeldRouting {
  private readonly owner: Owner;
  /** By the effect that asked for it, and whose answer has not come. */
  private readonly asked = new Map<number, Thing>();
  /** By key: what is to be asked for again. */
  private readonly due = new Map<string, { readonly thing: Thing; readonly at: Instant }>();
  /** The keys of what could not be set, and has not been set since: the log has said so. */
  private readonly refused = new Set<string>();

  constructor(owner: Owner) {
    this.owner = owner;
  }

  /** Puts them in place: routes, then rules; the addresses that they need are there. */
  ask(routing: Routing, outbox: Outbox): void {
    for (const thing of thingsOf(routing)) this.askFor(thing, outbox);
  }

  /** As `ask`, but in a while; what is to be asked for already has its time. */
  askLater(at: Instant, routing: Routing): void {
    for (const thing of thingsOf(routing)) this.delay(at, thing);
  }

  askForWhatIsDue(at: Instant, outbox: Outbox): void {
    const things = [...this.due.values()].filter((one) => one.at <= at);
    for (const { thing } of things) this.askFor(thing, outbox);
  }

  /** They are not to be there any more. */
  forget(routing: Routing): void {
    const keys = new Set(thingsOf(routing).map(keyOf));
    for (const key of keys) {
      this.due.delete(key);
      this.refused.delete(key);
    }
    for (const [id, thing] of this.asked) if (keys.has(keyOf(thing))) this.asked.delete(id);
  }

  /** Whether the answer was for something that is to be there. */
  effectSettled(at: Instant, { id, error }: EffectSettled, outbox: Outbox): boolean {
    const thing = this.asked.get(id);
    if (thing === undefined) return false;
    this.asked.delete(id);
    const key = keyOf(thing);
    if (error === null) {
      this.refused.delete(key);
      return true;
    }
    this.delay(at, thing);
    if (!this.refused.has(key)) {
      const { what, value } = thing;
      outbox.log('error', `(${this.owner.name}) ${what} ${value.text} can't be set: ${error}`);
    }
    this.refused.add(key);
    return true;
  }

  nextDeadline(): Instant | null {
    let first: Instant | null = null;
    for (const { at } of this.due.values()) first = sooner(first, at);
    return first;
  }

  /** One effect each: what the kernel refuses says nothing of the others. */
  private askFor(thing: Thing, outbox: Outbox): void {
    const id = outbox.nextId();
    this.due.delete(keyOf(thing));
    this.asked.set(id, thing);
    this.owner.inFlight.add(id);
    outbox.push(
      thing.what === 'route'
        ? { type: 'install-routes', id, routes: [thing.value] }
        : { type: 'install-rules', id, rules: [thing.value] },
    );
  }

  private delay(at: Instant, thing: Thing): void {
    const key = keyOf(thing);
    if (!this.due.has(key)) this.due.set(key, { thing, at: after(at, retryInterval) });
  }
}

function thingsOf({ routes, rules }: Routing): readonly Thing[] {
  return [
    ...routes.map((value) => ({ what: 'route', value }) as const),
    ...rules.map((value) => ({ what: 'rule', value }) as const),
  ];
}

function keyOf({ what, value }: Thing): string {
  return `${what} ${routingKey(value)}`;
}
