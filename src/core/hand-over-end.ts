/** Passing on, at once or once a hand-over to another Baton is over, and what else that means. */
import { passOn } from './master.ts';
import type { Router, Surroundings } from './router.ts';

/** Passes on; `later`: when the hand-over that has begun is over, whatever its outcome. */
export function pass(
  router: Router,
  surroundings: Surroundings,
  { later }: { readonly later: boolean },
): void {
  const { config, state } = router;
  if (state.name !== 'Master') return;
  if (later) state.handOver?.passing.add(config.name);
  else passOn(router, surroundings);
}

/** Lets go if another Baton has taken over, or has not and this one was to be passed on. */
export function concludeHandOver(router: Router, surroundings: Surroundings): void {
  const { config, state } = router;
  if (state.name !== 'Master' || state.handOver === null) return;
  const { outcome, passing } = state.handOver;
  if (outcome === 'pending') return;
  if (outcome === 'taken' || passing.has(config.name)) passOn(router, surroundings);
  else state.handOver = null;
}
