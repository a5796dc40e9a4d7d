/** The adverts of scenarios' steps; what may stand there is at the head of steps.ts. */
import { seconds, toSeconds } from '../../src/base/units.ts';
import {
  familyOf,
  vrrpGroupIpv4,
  vrrpGroupIpv6,
  type AddressFamily,
  type InterfaceName,
  type IpAddress,
  type Ipv4Address,
} from '../../src/model/address.ts';
import type {
  Advert,
  ChecksumForm,
  ReceivedHmacTrailer,
  VrrpVersion,
} from '../../src/model/advert.ts';
import type { AdvertReceived } from '../../src/model/core-event.ts';
import { eth0 } from './configuration.ts';
import type { Words } from './words.ts';

const zeros = '0'.repeat(16);

/** An advert as a router with the default configuration would send it, but for what is said. */
export function parseAdvert(words: Words): AdvertReceived {
  let name: InterfaceName | null = eth0;
  let source = '192.0.2.2' as IpAddress;
  let destination: IpAddress | null = null;
  let timeToLive = 255;
  let version: VrrpVersion = 2;
  let interval = seconds(1);
  let checksum: ChecksumForm = 'pseudo-header';
  let authentication = { type: 0, data: zeros };
  let header: AdvertReceived['authenticationHeader'] = null;
  let hmac: AdvertReceived['hmac'] = null;
  let addresses: readonly IpAddress[] | null = null;
  const common = { virtualRouterId: 51, priority: 100 };
  for (;;) {
    if (words.accept('anywhere')) name = null;
    else if (words.accept('on')) name = words.next() as InterfaceName;
    else if (words.accept('from')) source = words.address();
    else if (words.accept('to')) destination = words.address();
    else if (words.accept('ttl')) timeToLive = words.number();
    else if (words.accept('priority')) common.priority = words.number();
    else if (words.accept('vrid')) common.virtualRouterId = words.number();
    else if (words.accept('version')) version = words.number() === 3 ? 3 : 2;
    else if (words.accept('every')) interval = words.duration();
    else if (words.accept('checksum')) checksum = words.next() as ChecksumForm;
    else if (words.accept('addresses')) {
      addresses = words.next().split(',').map(readAddress);
    } else if (words.accept('authentication')) {
      authentication = { type: words.number(), data: zeros };
    } else if (words.accept('password')) {
      const data = Buffer.from(words.next()).toString('hex').padEnd(16, '0');
      authentication = { type: 1, data };
    } else if (words.accept('AH')) {
      const intact = !words.accept('forged');
      const securityParametersIndex = source as Ipv4Address;
      header = { securityParametersIndex, sequenceNumber: words.number(), intact };
      authentication = { type: 2, data: zeros };
    } else if (words.accept('HMAC')) hmac = parseTrailer(words);
    else break;
  }
  const family = familyOf(source);
  const group = family === 'IPv4' ? vrrpGroupIpv4 : vrrpGroupIpv6;
  addresses ??= usualAddresses[family];
  const advert: Advert =
    version === 3 || family === 'IPv6'
      ? {
          ...common,
          version: 3,
          advertisementIntervalCentiseconds: interval / 10_000,
          checksum,
          addresses,
        }
      : {
          ...common,
          version: 2,
          advertisementIntervalSeconds: interval / 1_000_000,
          authentication,
          addresses: addresses as readonly Ipv4Address[],
        };
  return {
    type: 'advert-received',
    channel: {
      interface: name,
      family,
      protocol: header === null ? 'vrrp' : 'authentication-header',
    },
    source,
    destination: destination ?? group,
    timeToLive,
    advert,
    authenticationHeader: header,
    hmac,
  };
}

/** The verdict is intact where nothing else is said, and the sender's clock is ours. */
function parseTrailer(words: Words): ReceivedHmacTrailer {
  const keyId = words.number();
  if (!words.accept('at')) words.unknown();
  const time = words.duration();
  if (!words.accept('counter')) words.unknown();
  const counter = words.number();
  const age = words.accept('age') ? toSeconds(words.duration()) : 0;
  const ahead = words.accept('ahead') ? toSeconds(words.duration()) : 0;
  const verdicts = ['forged', 'malformed', 'unknown-key'] as const;
  return {
    keyId,
    seconds: Math.floor(toSeconds(time)),
    fraction: Math.round((toSeconds(time) % 1) * 65_536),
    counter,
    age: age - ahead,
    verdict: verdicts.find((one) => words.accept(one)) ?? 'intact',
  };
}

/** What the instances of scenarios have where nothing is said. */
const usualAddresses: Readonly<Record<AddressFamily, readonly IpAddress[]>> = {
  IPv4: ['192.0.2.10'].map(readAddress),
  IPv6: ['fe80::10', '2001:db8::10'].map(readAddress),
};

function readAddress(text: string): IpAddress {
  return text as IpAddress;
}
