/** Names another master beside this one, and says when it is gone. */
import { between, type Duration } from '../base/units.ts';
import type { IpAddress } from '../model/address.ts';
import {
  causesOfClaims,
  conflictName,
  conflictTable,
  type ConflictCause,
} from '../model/conflict.ts';
import type { RouterReport } from '../model/side-channel.ts';
import { announce } from './announcement.ts';
import type { Sign } from './conflicts.ts';
import { masterDownIntervalOf, type Router, type Surroundings } from './router.ts';
import { causeOf, type Evidence } from './split-brain.ts';

/** What is heard by adverts and the side channel names its source. */
type AdvertEvidence = Exclude<Evidence, { readonly type: 'claim' }>;

type Around = Pick<Surroundings, 'at' | 'outbox'>;

/** They end with its being Master. */
const causesOfMasters: ReadonlySet<ConflictCause> = new Set<ConflictCause>([
  'not-heard',
  'not-hearing',
  'virtual-router-ids-differ',
  ...causesOfClaims,
]);

/** Takes in what was heard of another host, and tells once of what it means. */
export function observe(router: Router, around: Around, evidence: AdvertEvidence): void {
  const { config, conflicts } = router;
  const own = config.virtualAddresses.map(({ address }) => address);
  const cause = causeOf(evidence, own);
  if (cause === null) return;
  const sign = { cause, with: evidence.source };
  const pace = {
    advertisementInterval: config.advertisementInterval,
    masterDownInterval: masterDownIntervalOf(router),
  };
  if (!conflicts.see(around.at, sign, pace)) return;
  const { meaning, mending } = conflictTable[cause];
  tell(router, around, sign, 'seen', `${meaning}; ${mending} (${cause})`);
}

/** Another claims an address, and that is certain: told at once, and seen for as long as this. */
export function knowConflict(
  router: Router,
  around: Around,
  claim: { readonly sign: Sign; readonly address: IpAddress; readonly patience: Duration },
): void {
  const { sign, address, patience } = claim;
  if (!router.conflicts.know(around.at, sign, patience)) return;
  const { meaning, mending } = conflictTable[sign.cause];
  tell(router, around, sign, 'seen', `${meaning} (${address}); ${mending} (${sign.cause})`);
}

/**
 * Another Baton has told by the side channel how its part of this virtual router is. Where its
 * adverts are heard they say better what is the matter.
 */
export function observePeer(
  router: Router,
  around: Around,
  { report, address }: { readonly report: RouterReport; readonly address: IpAddress },
): void {
  const { config, state, conflicts, lastAdvert } = router;
  if (state.name !== 'Master' || report.state !== 'Master') return;
  const source = report.source ?? address;
  const shared = config.virtualAddresses.some((one) => report.addresses.includes(one.address));
  const heard =
    lastAdvert?.from.address === source &&
    between(lastAdvert.at, around.at) < masterDownIntervalOf(router);
  const sameId = report.virtualRouterId === config.virtualRouterId;
  if (!shared || heard || (sameId && conflicts.isWatched(source, 'not-hearing'))) return;
  observe(router, around, { type: 'peer-says-master', source, sameId });
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
  router.claims.forgetAll();
  for (const sign of router.conflicts.endOf(causesOfMasters)) {
    tell(router, surroundings, sign, 'ended', `this host is Master no more (${sign.cause})`);
  }
}

function tell(
  { config, state }: Router,
  { outbox }: Around,
  sign: Sign,
  news: 'seen' | 'ended',
  text: string,
): void {
  const whileMaster = state.name === 'Master';
  const what = `${conflictName(sign.cause, { whileMaster })}, with ${sign.with}`;
  const level = news === 'seen' ? 'warning' : 'notice';
  outbox.log(level, `(${config.name}) ${what}: ${text}`);
  const { cause } = sign;
  const { name: instance } = config;
  const entry = { kind: 'conflict', instance, state: news, cause, whileMaster } as const;
  outbox.journal({ ...entry, with: sign.with });
}
