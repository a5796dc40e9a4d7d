/**
 * The ways in which routers speak, as fast-check makes them: how an instance is configured to,
 * and how an advert looks that comes in that way.
 */
import fc from 'fast-check';
import { milliseconds, seconds, type Duration } from '../../src/base/units.ts';
import type {
  AddressFamily,
  InterfaceName,
  IpAddress,
  Ipv4Address,
} from '../../src/model/address.ts';
import type {
  Advert,
  ChecksumForm,
  ReceivedAuthenticationHeader,
  ReceivedHmacTrailer,
} from '../../src/model/advert.ts';
import type { HmacConfig, InstanceConfig, TransportConfig } from '../../src/model/config.ts';
import type { AdvertReceived } from '../../src/model/core-event.ts';
import { multicastTransport } from '../../src/model/defaults.ts';
import { hmacKeyOf } from './instance-notation.ts';

export const password = 'hush-hush';

export const virtualRouterIds = [51, 52, 53];

/** What of an instance's configuration others can see in its adverts, but for priority and list. */
export type Protocol = Pick<
  InstanceConfig,
  'version' | 'family' | 'authentication' | 'hmac' | 'transport' | 'checksum'
>;

const checksums: readonly ChecksumForm[] = ['pseudo-header', 'message', 'group-pseudo-header'];

const plain: Protocol = {
  version: 2,
  family: 'IPv4',
  authentication: { type: 'none' },
  hmac: null,
  transport: multicastTransport('IPv4'),
  checksum: { send: 'pseudo-header', accept: checksums.slice(0, 2) },
};

const third: Protocol = { ...plain, version: 3 };

const sixth: Protocol = { ...third, family: 'IPv6', transport: multicastTransport('IPv6') };

const keys = [1, 2].map((id) => ({ id, key: hmacKeyOf(id) }));

const signed = (given: Partial<HmacConfig> = {}): HmacConfig => ({
  ...{ keys, activeKey: 1, timeWindow: seconds(5), antiReplay: 'time', mode: 'enforce' },
  ...given,
});

/** Peers of each family; the first has a bound on the TTL where `checked`. */
function unicast(family: AddressFamily, checked: boolean): TransportConfig {
  const peers = peersOf[family].map((address, place) => ({
    address,
    minimumTimeToLive: checked && place === 0 ? 255 : 0,
    maximumTimeToLive: 255,
  }));
  return { type: 'unicast', peers, timeToLive: 64, checkSource: checked };
}

const peersOf: Readonly<Record<AddressFamily, readonly IpAddress[]>> = {
  IPv4: ['192.0.2.2', '192.0.2.254'].map((one) => one as IpAddress),
  IPv6: ['2001:db8::2', '2001:db8::fe'].map((one) => one as IpAddress),
};

const noPeer: TransportConfig = { ...unicast('IPv4', false), peers: [] } as TransportConfig;

/** What routers of a VRID mostly speak, so that many adverts fit; and what they may speak. */
const usual: Readonly<Record<number, readonly Protocol[]>> = {
  51: [plain, { ...plain, authentication: { type: 'simple', password } }],
  52: [third, { ...third, hmac: signed() }, { ...third, transport: unicast('IPv4', true) }],
  53: [sixth, { ...plain, authentication: { type: 'header', password } }],
};

const unusual: readonly Protocol[] = [
  { ...plain, transport: unicast('IPv4', false) },
  { ...plain, transport: noPeer },
  { ...plain, authentication: { type: 'header', password }, transport: unicast('IPv4', true) },
  { ...third, checksum: { send: 'message', accept: ['message'] } },
  { ...third, hmac: signed({ mode: 'permissive', antiReplay: 'monotonic', activeKey: 2 }) },
  { ...sixth, hmac: signed({ mode: 'receive-only' }) },
  { ...sixth, transport: unicast('IPv6', false) },
];

export const protocolOf = (virtualRouterId: number): fc.Arbitrary<Protocol> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...(usual[virtualRouterId] ?? [plain])) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.values(usual).flat(), ...unusual) },
  );

/** Whole seconds in version 2, and less than one in version 3, too. */
export const intervalOf = ({ version }: Pick<Protocol, 'version'>): fc.Arbitrary<Duration> =>
  version === 2
    ? fc.constantFrom(seconds(1), seconds(3))
    : fc.constantFrom(seconds(1), milliseconds(300), milliseconds(2_500));

/** The virtual addresses of a VRID; no two virtual routers share one. */
export function addressesOf(
  virtualRouterId: number,
  family: AddressFamily,
  count: number,
): IpAddress[] {
  return Array.from({ length: count }, (_, place) => {
    const number = (virtualRouterId - 50) * 10 + place;
    if (family === 'IPv4') return `192.0.2.${number}` as IpAddress;
    return `${place === 0 ? 'fe80' : '2001:db8'}::${number}` as IpAddress;
  });
}

/** Our own address first; what comes from there is dropped, so others are more. */
const sourcesOf: Readonly<Record<AddressFamily, readonly IpAddress[]>> = {
  IPv4: ['192.0.2.1', '192.0.2.2', '192.0.2.2', '192.0.2.254', '192.0.2.254'].map(
    (one) => one as IpAddress,
  ),
  IPv6: ['fe80::1', 'fe80::2', 'fe80::2', 'fe80::fe', '2001:db8::2'].map((one) => one as IpAddress),
};

const headerOf = (source: IpAddress): fc.Arbitrary<ReceivedAuthenticationHeader> =>
  fc.record({
    securityParametersIndex: fc.constant(source as Ipv4Address),
    sequenceNumber: fc.oneof(fc.nat({ max: 100 }), fc.constantFrom(0xffff_fffe, 0xffff_ffff)),
    intact: fc.constantFrom(true, true, true, false),
  });

const trailer: fc.Arbitrary<ReceivedHmacTrailer> = fc.record({
  keyId: fc.constantFrom(1, 2, 3),
  seconds: fc.nat({ max: 100 }),
  fraction: fc.constantFrom(0, 0x8000),
  counter: fc.nat({ max: 100 }),
  verdict: fc.constantFrom('intact', 'intact', 'intact', 'forged', 'malformed', 'unknown-key'),
  age: fc.constantFrom(0, 0, 4, -4, 6, -6),
});

/** What every version has in its adverts. */
export type Common = Pick<Advert, 'virtualRouterId' | 'priority' | 'addresses'>;

/** An advert with this content as a router sends it that speaks so, or that nearly does. */
export const advertBy = (
  protocol: Protocol,
  content: Common,
  name: InterfaceName,
): fc.Arbitrary<AdvertReceived> =>
  fc.constantFrom(...sourcesOf[protocol.family]).chain((source) =>
    fc
      .record({
        timeToLive: fc.constantFrom(255, 255, 255, 254),
        interval: intervalOf(protocol),
        checksum: fc.constantFrom(...checksums),
        header: headerOf(source),
        hmac: trailer,
      })
      .map(({ timeToLive, interval, checksum, header, hmac }) => {
        const { authentication, transport, family } = protocol;
        const behindHeader = authentication.type === 'header';
        const own = sourcesOf[family][0] ?? source;
        return {
          type: 'advert-received',
          channel: {
            interface: name,
            family,
            protocol: behindHeader ? 'authentication-header' : 'vrrp',
          },
          source,
          destination: transport.type === 'multicast' ? transport.group : own,
          timeToLive,
          advert: advertOf(protocol, content, interval, checksum),
          authenticationHeader: behindHeader ? header : null,
          hmac: protocol.hmac === null ? null : hmac,
        };
      }),
  );

function advertOf(
  { version, family, authentication }: Protocol,
  content: Common,
  interval: Duration,
  checksum: ChecksumForm,
): Advert {
  if (version === 3) {
    return {
      ...content,
      version,
      advertisementIntervalCentiseconds: interval / milliseconds(10),
      checksum: family === 'IPv6' ? 'pseudo-header' : checksum,
    };
  }
  const types = { none: 0, simple: 1, header: 2 } as const;
  const data =
    authentication.type === 'simple' ? Buffer.from(password).toString('hex').slice(0, 16) : '';
  return {
    ...content,
    version,
    advertisementIntervalSeconds: interval / seconds(1),
    authentication: { type: types[authentication.type], data: data.padEnd(16, '0') },
    addresses: content.addresses as readonly Ipv4Address[],
  };
}
