/**
 * Others that claim the addresses of a virtual router: asked for before it takes them up at a
 * start, heard while it is Master, told of where nothing explains them, and answered.
 *
 * Before a host takes an address up it has to ask whether another has it (RFC 5227 section 2.1).
 * A virtual router asks while it waits for a master to be heard, so that it takes over no later for
 * it. There an answer is the rule: the master has the addresses. So a claim is judged a while after
 * it came: it is explained by adverts of whoever made it, or of somebody whose hardware address
 * is not known. Hardware addresses of those who speak VRRP are asked for as claims come.
 */
import { after, milliseconds, seconds, times, type Duration } from '../base/units.ts';
import type { Instant } from '../base/units.ts';
import { isIpv6, type InterfaceName, type IpAddress, type MacAddress } from '../model/address.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { AddressClaimed } from '../model/core-event.ts';
import type { AddressProbe } from '../model/effect.ts';
import type { Claim } from './address-claims.ts';
import { knowConflict } from './conflict-watch.ts';
import type { NetworkView } from './network-view.ts';
import { masterDownIntervalOf, type Router, type Surroundings } from './router.ts';
import { causeOf } from './split-brain.ts';
import { virtualInterfacesOf } from './virtual-interfaces.ts';

/** PROBE_NUM and DEFEND_INTERVAL of RFC 5227 section 1.1. */
const probeRounds = 3;
const defendInterval = seconds(10);

/** Of the time until a takeover: so far apart are the rounds, and so long is listened after. */
const pauseOfWait = 0.25;

/** What comes late (adverts, answers) has come by then, however short the interval is. */
const shortestWait = milliseconds(100);

/** How often an address is asked for that another is known to have, by a Master and by others. */
const shortestRecheck = seconds(1);
const idleRecheck = seconds(5);
/** So many times nobody has to answer for it to be over. */
const quietRechecks = 3;

/** What is known of who has which hardware address. */
export interface Neighbours {
  macOf(address: IpAddress): MacAddress | null;
  addressesOf(macAddress: MacAddress): readonly IpAddress[];
}

/** Has the addresses asked for; it begins with the next thing that is due, which is at once. */
export function planProbes(router: Router, at: Instant): void {
  const { config, claims } = router;
  if (config.addressConflict === 'off') return;
  const pause = times(masterDownIntervalOf(router), pauseOfWait);
  claims.plan = { rounds: probeRounds, nextAt: at, pause };
}

/** Whether claims of its addresses are of interest now. */
export function isWatching({ config, state, claims }: Router): boolean {
  return config.addressConflict !== 'off' && (state.name === 'Master' || claims.active);
}

/** Where somebody else's claim of one of its addresses would be heard. */
export function watchedPlaces(router: Router): readonly AddressProbe[] {
  return isWatching(router) ? placesOf(router.config) : [];
}

/** Takes a claim in, of whatever address and by whomever. */
export function takeClaim(
  router: Router,
  surroundings: Surroundings,
  { address, interface: name, macAddress, toAll }: AddressClaimed,
  neighbours: Neighbours,
): void {
  const { claims, conflicts, state, statistics } = router;
  const { at, network } = surroundings;
  const claimed = watchedPlaces(router).find(
    (one) => one.address === address && one.interface === name,
  );
  if (claimed === undefined || isOurs(macAddress, network) || isHandingOver(router, at)) return;
  statistics.count('addressClaims');
  const known = claims.knownBy(macAddress, address);
  const explained = isExplained(router, macAddress, at, neighbours);
  if (known !== undefined) conflicts.know(at, known.sign, patience(router));
  else if (!claims.isPending(macAddress, address)) {
    if (claims.pending.length === 0) askWhoSpeaks(router, surroundings, claimed.interface);
    claims.add({ macAddress, address, judgeAt: judgementAt(router, at) });
  }
  if (state.name === 'Master' && toAll && !explained) {
    defend(router, surroundings, { macAddress, address });
  }
}

/** Asks, judges and asks again, where it is time to. */
export function tendClaims(
  router: Router,
  surroundings: Surroundings,
  neighbours: Neighbours,
): void {
  const { claims, conflicts, state } = router;
  const { at } = surroundings;
  if (!claims.active) {
    claims.recheckAt = null;
    return;
  }
  const before = claims.known.length;
  claims.known = claims.known.filter(({ sign }) => conflicts.isKnown(sign));
  if (before > 0 && claims.known.length === 0) {
    // What it was kept from by them is judged anew at once.
    claims.recheckAt = at;
    return;
  }
  if (state.name === 'Initialize' || (state.name === 'Fault' && claims.known.length === 0)) {
    claims.forgetAll();
    return;
  }
  carryOutPlan(router, surroundings);
  recheck(router, surroundings);
  const due = claims.pending.filter(({ judgeAt }) => judgeAt <= at);
  claims.pending = claims.pending.filter(({ judgeAt }) => judgeAt > at);
  for (const claim of due) judge(router, surroundings, claim, neighbours);
}

/** What keeps it from taking the addresses up (`address_conflict refuse`). */
export function claimFaults({ config, claims, state }: Router): readonly string[] {
  if (config.addressConflict !== 'refuse' || state.name === 'Master') return [];
  return claims.known.map(({ address, sign }) => `address ${address} is claimed by ${sign.with}`);
}

function carryOutPlan(router: Router, surroundings: Surroundings): void {
  const { claims, config } = router;
  const { plan } = claims;
  if (plan === null || plan.nextAt > surroundings.at) return;
  const { rounds, pause } = plan;
  if (rounds > 0) ask(surroundings, placesOf(config));
  const nextAt = after(surroundings.at, pause);
  claims.plan = rounds > 0 ? { rounds: rounds - 1, nextAt, pause } : null;
}

function judge(
  router: Router,
  surroundings: Surroundings,
  { macAddress, address }: Claim,
  neighbours: Neighbours,
): void {
  const { claims, state } = router;
  const { at } = surroundings;
  if (isExplained(router, macAddress, at, neighbours)) {
    if (state.name !== 'Master') return;
    // Whoever it was may have yielded since; if not, adverts don't explain the next claim.
    const pause = masterDownIntervalOf(router);
    claims.plan ??= { rounds: 1, nextAt: after(at, pause), pause: shortestWait };
    return;
  }
  const [peer = null] = neighbours.addressesOf(macAddress);
  const cause = causeOf({ type: 'claim', peer }, []);
  if (cause === null) return;
  const sign = { cause, with: peer ?? macAddress };
  claims.makeKnown({ macAddress, address, sign });
  knowConflict(router, surroundings, { sign, address, patience: patience(router) });
  // What follows from it is judged at once, too.
  claims.recheckAt = at;
}

function recheck(router: Router, surroundings: Surroundings): void {
  const { claims, config } = router;
  const { at } = surroundings;
  if (claims.known.length === 0) claims.recheckAt = null;
  if (claims.recheckAt === null) return;
  const interval = recheckInterval(router);
  if (claims.recheckAt > at) {
    // It may have become Master, which asks more often.
    claims.recheckAt = earlier(claims.recheckAt, after(at, interval));
    return;
  }
  const claimed = new Set(claims.known.map(({ address }) => address));
  const places = placesOf(config).filter(({ address }) => claimed.has(address));
  ask(surroundings, places);
  claims.recheckAt = after(at, interval);
}

/** RFC 5227 section 2.4 (c): once in a while, so that two that do so don't fill the link. */
function defend(
  { config, claims, statistics }: Router,
  { at, outbox, announcer }: Surroundings,
  { macAddress, address }: Pick<Claim, 'macAddress' | 'address'>,
): void {
  if (!claims.mayDefend(address, at, defendInterval)) return;
  const addresses = [...config.virtualAddresses, ...config.excludedAddresses].filter(
    (one) => one.address === address,
  );
  statistics.count('addressDefences');
  outbox.log(
    'notice',
    `(${config.name}) ${macAddress} announces ${address} as its own: announcing it again`,
  );
  announcer.announce(at, addresses, 1, outbox);
}

/** Adverts of whoever made the claim, or of somebody who may have made it. */
function isExplained(
  router: Router,
  macAddress: MacAddress,
  at: Instant,
  neighbours: Neighbours,
): boolean {
  const heard = router.claims.voicesSince(at, masterDownIntervalOf(router));
  const addresses = neighbours.addressesOf(macAddress);
  if (addresses.length > 0) return heard.some((source) => addresses.includes(source));
  return heard.some((source) => neighbours.macOf(source) === null);
}

function judgementAt({ config, claims, state }: Router, at: Instant): Instant {
  const { plan } = claims;
  // By the end of the plan the adverts of a master have come.
  if (state.name !== 'Master' && plan !== null) {
    return after(plan.nextAt, times(plan.pause, plan.rounds));
  }
  const { advertisementInterval } = config;
  if (state.name !== 'Master') return after(at, shortestWait);
  return after(at, longer(advertisementInterval, shortestWait));
}

function recheckInterval({ config, state }: Router): Duration {
  const { advertisementInterval } = config;
  return state.name === 'Master' ? longer(advertisementInterval, shortestRecheck) : idleRecheck;
}

/** For how long a claim counts. */
function patience(router: Router): Duration {
  return times(recheckInterval(router), quietRechecks);
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}

function longer(one: Duration, other: Duration): Duration {
  return one > other ? one : other;
}

/** It moves from one host to another, and both may say that they have it. */
function isHandingOver({ state }: Router, at: Instant): boolean {
  if (state.name !== 'Master') return false;
  return state.handOver !== null || (state.predecessor !== null && at < state.predecessor.until);
}

/** Our own interfaces', and those of virtual routers, which speak for themselves by adverts. */
function isOurs(macAddress: MacAddress, network: NetworkView): boolean {
  // RFC 9568 section 7.3: 00-00-5E-00-01-{VRID}, for IPv6 00-00-5E-00-02-{VRID}.
  return /^00:00:5e:00:0[12]:/.test(macAddress) || network.isOwnMac(macAddress);
}

function askWhoSpeaks(
  { claims }: Router,
  surroundings: Surroundings,
  interfaceName: InterfaceName,
): void {
  const speakers = claims.speakers();
  ask(
    surroundings,
    speakers.map((address) => ({ interface: interfaceName, address, source: null })),
  );
}

function ask({ network, outbox }: Surroundings, places: readonly AddressProbe[]): void {
  const probes = places
    .filter((one) => network.carries(one.interface))
    .flatMap((one) => {
      if (!isIpv6(one.address)) return [one];
      const wanted = { family: 'IPv6', scope: 'link', excluded: new Set<IpAddress>() } as const;
      const source = network.primaryAddress(one.interface, wanted);
      return source === null ? [] : [{ ...one, source }];
    });
  if (probes.length > 0) outbox.push({ type: 'probe-addresses', probes });
}

/**
 * Where the addresses are to be looked for: below an interface of our own, for its hardware
 * address is the master's alone, and what is for all arrives below it too.
 */
function placesOf(config: InstanceConfig): readonly AddressProbe[] {
  const virtual = virtualInterfacesOf(config);
  return [...config.virtualAddresses, ...config.excludedAddresses].map((one) => {
    const below = virtual.find(({ name }) => name === one.interface)?.base ?? one.interface;
    return { interface: below, address: one.address, source: null };
  });
}
