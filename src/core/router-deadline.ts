import { earliest, sooner, type Instant } from '../base/units.ts';
import type { Router } from './router.ts';

/** When a virtual router has something to do of itself; null: never. */
export function nextDeadlineOf(router: Router): Instant | null {
  const ofState = sooner(deadlineOfState(router), router.conflicts.nextDeadline());
  return sooner(ofState, router.claims.nextDeadline());
}

function deadlineOfState({ state, inheritedUntil }: Router): Instant | null {
  switch (state.name) {
    case 'Initialize':
      return inheritedUntil;
    case 'Fault':
      return null;
    case 'Backup':
      return state.masterDownAt;
    case 'Master':
      return earliest([
        state.advertAt,
        state.secondBurstAt,
        state.lowerPriorityBurstAt,
        state.misled ? state.quietUntil : null,
        state.refreshAt,
        state.extraAt,
        state.routing.nextDeadline(),
      ]);
  }
}
