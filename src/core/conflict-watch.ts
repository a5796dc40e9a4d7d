/** Names another master beside this one, and says when it is gone. */
import { conflictTable, type ConflictCause } from '../model/conflict.ts';
import { announce } from './announcement.ts';
import type { Sign } from './conflicts.ts';
import { masterDownIntervalOf, type Router, type Surroundings } from './router.ts';
import { causeOf, partyOf, type Evidence } from './split-brain.ts';

/** Only a Master can see these. */
const causesOfMasters: ReadonlySet<ConflictCause> = new Set<ConflictCause>([
  'not-heard',
  'not-hearing',
]);

/** Takes in what was heard of another host, and tells once of what it means. */
export function observe(router: Router, surroundings: Surroundings, evidence: Evidence): void {
  const { config, conflicts } = router;
  const own = config.virtualAddresses.map(({ address }) => address);
  const cause = causeOf(evidence, own);
  if (cause === null) return;
  const sign = {
    cause,
    with: partyOf(evidence),
    conclusive: evidence.type === 'address-claimed' || evidence.type === 'peer-says-master',
  };
  const pace = {
    advertisementInterval: config.advertisementInterval,
    masterDownInterval: masterDownIntervalOf(router),
  };
  if (!conflicts.see(surroundings.at, sign, pace)) return;
  const { meaning, mending } = conflictTable[cause];
  tell(router, surroundings, sign, 'seen', `${meaning}; ${mending} (${cause})`);
}

/** Ends what was not seen any more for long; the survivor announces its addresses again. */
export function endConflicts(router: Router, surroundings: Surroundings): void {
  const ended = router.conflicts.end(surroundings.at);
  for (const sign of ended) {
    tell(router, surroundings, sign, 'ended', `not seen any more (${sign.cause})`);
  }
  // The other one's announcements may have been the last that the link has heard.
  if (ended.length > 0 && router.state.name === 'Master') {
    announce(router, surroundings, router.config.announcement.repeat);
  }
}

/** This router is Master no more: there are no two of them. */
export function endConflictsOfMaster(router: Router, surroundings: Surroundings): void {
  for (const sign of router.conflicts.endOf(causesOfMasters)) {
    tell(router, surroundings, sign, 'ended', `this host is Master no more (${sign.cause})`);
  }
}

function tell(
  { config, state }: Router,
  { outbox }: Surroundings,
  sign: Sign,
  news: 'seen' | 'ended',
  text: string,
): void {
  const whileMaster = state.name === 'Master';
  const what = `${whileMaster ? 'two masters' : 'conflict'}, with ${sign.with}`;
  const level = news === 'seen' ? 'warning' : 'notice';
  outbox.log(level, `(${config.name}) ${what}: ${text}`);
  const { cause } = sign;
  const { name: instance } = config;
  const entry = { kind: 'conflict', instance, state: news, cause, whileMaster } as const;
  outbox.journal({ ...entry, with: sign.with });
}
