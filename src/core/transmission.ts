/** The adverts that a virtual router sends. */
import { milliseconds, toSeconds } from '../base/units.ts';
import { isIpv4, type IpAddress } from '../model/address.ts';
import { multicastTimeToLive, type Advert, type Priority } from '../model/advert.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { AdvertTrailer, SendAdvert } from '../model/effect.ts';
import { ownAuthentication, passwordOctets } from './authentication.ts';
import { channelOf, sourceAddress, type Router, type Surroundings } from './router.ts';

/** One advert to the group, or to each peer. */
export function sendAdvert(router: Router, surroundings: Surroundings, priority: Priority): void {
  const { config } = router;
  const { transport } = config;
  const source = sourceAddress(router, surroundings.network);
  if (source === null) return;
  const destinations =
    transport.type === 'multicast' ? [transport.group] : transport.peers.map((one) => one.address);
  const channel = channelOf(config);
  const timeToLive = transport.type === 'multicast' ? multicastTimeToLive : transport.timeToLive;
  const advert = advertOf(config, priority);
  for (const destination of destinations) {
    router.statistics.advertSent(priority);
    surroundings.outbox.push({
      type: 'send-advert',
      channel,
      source,
      destination,
      timeToLive,
      advert,
      authenticationHeader: authenticationHeader(router, source),
      hmac: hmacTrailer(router),
    });
  }
}

/** What it advertises with this priority. */
export function advertOf(config: InstanceConfig, priority: Priority): Advert {
  const { virtualRouterId, advertisementInterval, virtualAddresses } = config;
  const addresses = virtualAddresses.map((one) => one.address);
  if (config.version === 3) {
    return {
      version: 3,
      virtualRouterId,
      priority,
      advertisementIntervalCentiseconds: advertisementInterval / milliseconds(10),
      checksum: config.family === 'IPv6' ? 'pseudo-header' : config.checksum.send,
      addresses,
    };
  }
  return {
    version: 2,
    virtualRouterId,
    priority,
    advertisementIntervalSeconds: toSeconds(advertisementInterval),
    authentication: ownAuthentication(config.authentication),
    addresses: addresses.filter(isIpv4),
  };
}

function authenticationHeader(
  { config, signatures }: Router,
  source: IpAddress,
): SendAdvert['authenticationHeader'] {
  if (config.authentication.type !== 'header' || !isIpv4(source)) return null;
  return {
    securityParametersIndex: source,
    sequenceNumber: signatures.nextSequence(),
    key: passwordOctets(config.authentication.password),
  };
}

function hmacTrailer({ config: { hmac }, signatures }: Router): AdvertTrailer | null {
  if (hmac === null || hmac.mode === 'receive-only') return null;
  const active = hmac.keys.find(({ id }) => id === hmac.activeKey);
  if (active === undefined) return null;
  return {
    keyId: active.id,
    counter: signatures.nextCounter(),
    key: active.key,
    timeWindow: hmac.antiReplay === 'time' ? hmac.timeWindow : null,
  };
}
