import { beforeEach, expect, it } from 'vitest';
import { instant } from '../base/units.ts';
import { route, rule } from '../../test/scenario/specimens.ts';
import { HeldRouting } from './held-routing.ts';
import { Outbox } from './outbox.ts';

const at = (second: number) => instant(second * 1_000_000);
const all = { routes: [route()], rules: [rule()] };

let outbox: Outbox;
let inFlight: Set<number>;
let routing: HeldRouting;

beforeEach(() => {
  outbox = new Outbox();
  inFlight = new Set();
  routing = new HeldRouting({ name: 'VI_1', inFlight });
});

/** The ids of what has been asked for since the last call. */
function asked(): readonly number[] {
  return outbox.drain().flatMap((effect) => ('id' in effect ? [effect.id] : []));
}

function settle(second: number, id: number | undefined, error: string | null): boolean {
  return routing.effectSettled(at(second), { type: 'effect-settled', id: id ?? 0, error }, outbox);
}

it('asks for each thing by itself, and for what is refused after a second, until it is there', () => {
  routing.ask(all, outbox);
  const [one, other] = asked();
  expect([...inFlight]).toEqual([one, other]);
  expect(settle(0, one, 'EPERM')).toBe(true);
  expect(settle(0, other, null)).toBe(true);
  expect(outbox.drain()).toEqual([
    {
      type: 'write-log',
      level: 'error',
      text: "(VI_1) route 198.51.100.0/24 via 192.0.2.9 can't be set: EPERM",
    },
  ]);
  expect(routing.nextDeadline()).toBe(at(1));
  routing.askForWhatIsDue(at(0.9), outbox);
  expect(asked()).toEqual([]);
  routing.askForWhatIsDue(at(1), outbox);
  const [again] = asked();
  // Told once, and not again before it has worked.
  settle(1, again, 'EPERM');
  expect(outbox.drain()).toEqual([]);
  routing.askForWhatIsDue(at(2), outbox);
  settle(2, asked()[0], null);
  expect(routing.nextDeadline()).toBeNull();
  routing.ask(all, outbox);
  settle(3, asked()[0], 'EPERM');
  expect(outbox.drain()).toHaveLength(1);
});

it('asks once for what is to be asked for later, and not at all for what is forgotten', () => {
  routing.askLater(at(0), all);
  routing.askLater(at(0.5), all);
  expect(routing.nextDeadline()).toBe(at(1));
  routing.forget({ routes: [], rules: [rule({ text: 'written otherwise' })] });
  routing.askForWhatIsDue(at(1), outbox);
  const [id, ...more] = asked();
  expect(more).toEqual([]);
  // Its answer is somebody else's business then.
  routing.forget(all);
  expect(settle(1, id, 'EPERM')).toBe(false);
  expect(routing.nextDeadline()).toBeNull();
});

it('takes an answer for the thing that it is about alone', () => {
  routing.ask(all, outbox);
  asked();
  expect(settle(0, 99, 'EPERM')).toBe(false);
  expect(outbox.drain()).toEqual([]);
});
