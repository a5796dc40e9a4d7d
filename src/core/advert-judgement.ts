/**
 * Judges a decoded advert by the configuration (RFC 3768 and RFC 9568, section 7.1),
 * cheapest check first. Some differences drop an advert, others are only remarked.
 */
import { milliseconds, toSeconds, type Duration } from '../base/units.ts';
import { isIpv6, isLinkLocal, isMulticast, type IpAddress } from '../model/address.ts';
import { multicastTimeToLive, ownerPriority, type Advert } from '../model/advert.ts';
import type { InstanceConfig, TransportConfig } from '../model/config.ts';
import type { AdvertReceived } from '../model/core-event.ts';
import type { DropReason } from '../model/drop-reason.ts';
import type { SignatureMemory } from './authentication.ts';

/** What the judge knows beside the advert and the configuration. */
export interface JudgementContext {
  readonly localAddress: IpAddress | null;
  readonly signatures: SignatureMemory;
  /** The address list of this sender need not be compared again (`skip_check_adv_addr`). */
  readonly listKnown: boolean;
}

export type Verdict =
  | { readonly dropped: DropReason }
  /** Taken; `remarks` is what differs all the same. */
  | { readonly dropped: null; readonly remarks: readonly DropReason[] };

export function judgeAdvert(
  event: AdvertReceived,
  config: InstanceConfig,
  context: JudgementContext,
): Verdict {
  const { advert } = event;
  const dropped =
    judgeJourney(event, config.transport) ??
    (event.source === context.localAddress ? 'own-packet' : null) ??
    (advert.version === config.version ? null : 'version') ??
    judgeChecksum(advert, config, event.channel.family === 'IPv4') ??
    (config.priority === ownerPriority && config.ownerIgnoresAdverts ? 'second-owner' : null) ??
    context.signatures.judge(event, config) ??
    judgeContent(advert, config, context.listKnown);
  return dropped === null
    ? { dropped, remarks: remarksOn(advert, config, context.listKnown) }
    : { dropped };
}

/** The interval that an advert tells. */
export function advertInterval(advert: Advert): Duration {
  return advert.version === 2
    ? milliseconds(advert.advertisementIntervalSeconds * 1_000)
    : milliseconds(advert.advertisementIntervalCentiseconds * 10);
}

function judgeJourney(
  { source, destination, timeToLive: received }: AdvertReceived,
  transport: TransportConfig,
): DropReason | null {
  if (transport.type === 'multicast') {
    if (received !== multicastTimeToLive) return 'ip-ttl';
    return destination === transport.group ? null : 'destination';
  }
  if (isMulticast(destination)) return 'destination';
  const peer = transport.peers.find(({ address }) => address === source);
  if (peer === undefined) return transport.checkSource ? 'unicast-source' : null;
  const { minimumTimeToLive, maximumTimeToLive } = peer;
  return received < minimumTimeToLive || received > maximumTimeToLive ? 'ip-ttl' : null;
}

/** IPv6 has one form only, which the parser has judged. */
function judgeChecksum(
  advert: Advert,
  { checksum }: InstanceConfig,
  ipv4: boolean,
): DropReason | null {
  if (advert.version === 2 || !ipv4) return null;
  return checksum.accept.includes(advert.checksum) ? null : 'checksum';
}

function judgeContent(
  advert: Advert,
  config: InstanceConfig,
  listKnown: boolean,
): DropReason | null {
  if (advert.version === 3) return null;
  if (advert.advertisementIntervalSeconds !== toSeconds(config.advertisementInterval)) {
    return 'advertisement-interval';
  }
  const differs = !listKnown && !sameAddresses(advert, config);
  return differs && advert.priority !== ownerPriority ? 'address-list' : null;
}

function remarksOn(
  advert: Advert,
  config: InstanceConfig,
  listKnown: boolean,
): readonly DropReason[] {
  if (advert.version === 2) return [];
  const remarks: DropReason[] = [];
  if (advertInterval(advert) !== config.advertisementInterval)
    remarks.push('advertisement-interval');
  if (!listKnown && !sameAddresses(advert, config)) remarks.push('address-list');
  const [first] = advert.addresses;
  if (first !== undefined && isIpv6(first) && !isLinkLocal(first)) remarks.push('first-address');
  return remarks;
}

/** The same addresses; their order is the sender's own affair. */
function sameAddresses({ addresses }: Advert, { virtualAddresses }: InstanceConfig): boolean {
  const expected = new Set<IpAddress>(virtualAddresses.map((one) => one.address));
  return (
    addresses.length === virtualAddresses.length &&
    new Set<IpAddress>(addresses).size === expected.size &&
    addresses.every((address) => expected.has(address))
  );
}
