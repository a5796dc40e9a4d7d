/**
 * The keys of all virtual routers, by where their adverts arrive: what the codec checks them by.
 */
import type { AdvertChannel } from '../model/channel.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import { readHex } from '../wire/octets.ts';
import { noKeys, type AdvertKeys } from '../wire/vrrp-packet.ts';

/** A password counts with its first 8 octets, and is filled up with zeros to as many. */
const passwordLength = 8;

const encoder = new TextEncoder();

export class KeyRing {
  private readonly keys = new Map<string, AdvertKeys>();

  constructor(config: Config) {
    for (const instance of config.instances) this.add(instance);
  }

  /** The keys of the virtual router whose advert arrived on this channel. */
  of(channel: AdvertChannel, virtualRouterId: number): AdvertKeys {
    return this.keys.get(placeOf(channel, virtualRouterId)) ?? noKeys;
  }

  private add(instance: InstanceConfig): void {
    const own = keysOf(instance);
    if (own === noKeys) return;
    const { family, virtualRouterId } = instance;
    for (const name of interfacesOf(instance)) {
      const place = placeOf({ interface: name, family }, virtualRouterId);
      const known = this.keys.get(place) ?? noKeys;
      this.keys.set(place, {
        authenticationHeader: known.authenticationHeader ?? own.authenticationHeader,
        hmac: [...known.hmac, ...own.hmac],
      });
    }
  }
}

function keysOf({ authentication, hmac }: InstanceConfig): AdvertKeys {
  if (authentication.type !== 'header' && hmac === null) return noKeys;
  return {
    authenticationHeader:
      authentication.type === 'header' ? passwordDigits(authentication.password) : null,
    hmac: hmac?.keys ?? [],
  };
}

/** Adverts may arrive on the virtual interface or on the one below. */
function interfacesOf({ interface: name, virtualMac }: InstanceConfig): Set<string | null> {
  const { virtual } = virtualMac ?? {};
  return new Set([name, ...(virtual === undefined ? [] : [virtual.name, virtual.base])]);
}

function placeOf(
  channel: Pick<AdvertChannel, 'family'> & { readonly interface: string | null },
  virtualRouterId: number,
): string {
  return `${channel.interface ?? '*'} ${channel.family} ${String(virtualRouterId)}`;
}

function passwordDigits(password: string): string {
  const octets = new Uint8Array(passwordLength);
  octets.set(encoder.encode(password).subarray(0, passwordLength));
  return readHex(octets, 0, octets.length);
}
