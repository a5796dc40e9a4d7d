/**
 * The keys of all virtual routers, by whom a packet is for: what the codec checks adverts by.
 */
import { passwordOctets } from '../core/authentication.ts';
import { bestFit, type PacketLabel } from '../core/packet-fit.ts';
import { channelOf } from '../core/router.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import { noKeys, type AdvertKeys } from '../wire/vrrp-packet.ts';

interface Holder {
  readonly config: InstanceConfig;
  readonly keys: AdvertKeys;
}

export class KeyRing {
  private readonly holders = new Map<string, Holder[]>();

  constructor({ instances }: Config) {
    for (const config of instances) {
      const place = placeOf(channelOf(config), config.virtualRouterId);
      const others = this.holders.get(place) ?? [];
      this.holders.set(place, [...others, { config, keys: keysOf(config) }]);
    }
  }

  /** The keys of the virtual router that the core will hand this packet to. */
  of(label: PacketLabel): AdvertKeys {
    const holders = this.holders.get(placeOf(label.channel, label.virtualRouterId)) ?? [];
    return bestFit(holders, label, ({ config }) => config)?.keys ?? noKeys;
  }
}

function keysOf({ authentication, hmac }: InstanceConfig): AdvertKeys {
  if (authentication.type !== 'header' && hmac === null) return noKeys;
  return {
    authenticationHeader:
      authentication.type === 'header' ? passwordOctets(authentication.password) : null,
    hmac: hmac?.keys ?? [],
  };
}

function placeOf({ interface: name, family }: AdvertChannel, virtualRouterId: number): string {
  return `${name ?? '*'} ${family} ${String(virtualRouterId)}`;
}
