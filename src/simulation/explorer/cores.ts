/** The production cores of all hosts as the explorer needs them: told something, or left alone. */
import { assert } from '../../base/assert.ts';
import { zero, type Duration, type Instant } from '../../base/units.ts';
import type { Core } from '../../core/core.ts';
import type { CoreEvent } from '../../model/core-event.ts';
import type { Effect } from '../../model/effect.ts';
import type { StateName } from '../../model/snapshot.ts';
import type { Occurrences } from './site.ts';

/** What a core does to its kernel and the network, in order. */
export type Output =
  /** An advert leaves; `occurrence` is its arrival elsewhere. */
  | { readonly type: 'send'; readonly occurrence: number; readonly resigns: boolean }
  | { readonly type: 'hold'; readonly lifetime: Duration }
  | { readonly type: 'release' }
  | { readonly type: 'announce' }
  | { readonly type: 'watch-health' }
  | { readonly type: 'finish' };

export interface Step {
  /** The number of the core's state after it. */
  readonly core: number;
  readonly outputs: readonly Output[];
}

/** States of cores by number: equal numbers behave alike. */
export interface Cores {
  start(host: number, beginning: (now: Instant) => readonly CoreEvent[]): Step;
  tell(core: number, occurrence: number): Step;
  /** The same core a tick later, untold. */
  elapse(core: number): number;
  /** In how many ticks it wants to be woken, negative when it should have been; null: never. */
  dueIn(core: number): number | null;
  stateName(core: number): StateName;
}

/** Answers to answers; more would be a loop in the core. */
const roundLimit = 100;

/**
 * Tells a core something at one moment and does what is to be done as the pulse does it: each
 * effect that is answered succeeds at once, and the rest comes out.
 */
export function tellCore(
  core: Core,
  { at, events }: { readonly at: Instant; readonly events: readonly CoreEvent[] },
  occurrences: Occurrences,
): readonly Output[] {
  const outputs: Output[] = [];
  let waiting = events;
  for (let round = 0; waiting.length > 0; round += 1) {
    assert(round < roundLimit, 'effects answer each other without end');
    const effects = waiting.flatMap((event) => core.handle({ at, event }));
    outputs.push(...effects.flatMap((effect) => outputOf(effect, occurrences) ?? []));
    waiting = effects.flatMap((effect) => answerTo(effect) ?? []);
  }
  return outputs;
}

function answerTo(effect: Effect): CoreEvent | null {
  if (!('id' in effect) || isReport(effect)) return null;
  return { type: 'effect-settled', id: effect.id, error: null };
}

function outputOf(effect: Effect, occurrences: Occurrences): Output | null {
  switch (effect.type) {
    case 'send-advert':
      return {
        type: 'send',
        occurrence: occurrences.advert(effect),
        resigns: effect.advert.priority === 0,
      };
    case 'hold-addresses':
      return { type: 'hold', lifetime: effect.lifetime ?? zero };
    case 'release-addresses':
      return { type: 'release' };
    case 'announce-addresses':
      return { type: 'announce' };
    case 'watch-files':
      return { type: 'watch-health' };
    case 'finish':
      return { type: 'finish' };
    // They change nothing that the hosts of the explorer have in common. The lease is modelled
    // by the adverts that leave (moves.ts).
    case 'join-interface':
    case 'leave-interface':
    case 'watch-addresses':
    case 'probe-addresses':
    case 'install-routes':
    case 'withdraw-routes':
    case 'install-rules':
    case 'withdraw-rules':
    case 'create-interface':
    case 'delete-interface':
    case 'promote-secondaries':
    case 'suppress-local-reports':
    case 'set-firewall':
    case 'set-guard':
    case 'prepare-lease':
    case 'take-lease':
    case 'end-lease':
    case 'confirm-leases':
    case 'open-side-channel':
    case 'close-side-channel':
    case 'send-side-message':
    case 'count-processes':
    case 'watch-process':
    case 'unwatch-process':
    case 'run-script':
    case 'run-notify':
    case 'send-mail':
    case 'open-fifos':
    case 'write-fifos':
    case 'find-service':
    case 'start-service':
    case 'stop-service':
    case 'reload-service':
    case 'test-service':
    case 'probe-service':
    case 'write-log':
    case 'write-journal':
    case 'report-snapshot':
    case 'report-succession':
      return null;
  }
}

/** Its number is the question's. */
function isReport({ type }: Effect): boolean {
  return type === 'report-snapshot' || type === 'report-succession';
}
