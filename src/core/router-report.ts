/** What other Batons are told of a virtual router. */
import { milliseconds } from '../base/units.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { InstanceSecrets } from '../model/side-effect.ts';
import type { AuthenticationKind, RouterReport } from '../model/side-channel.ts';
import type { NetworkView } from './network-view.ts';
import { sourceAddress, type Router } from './router.ts';

/** A name has at most 255 octets on the wire, and a character at most 4. */
const longestName = 63;

/** The name by which others know an instance. */
export function reportedName({ name }: Pick<InstanceConfig, 'name'>): string {
  return Array.from(name).slice(0, longestName).join('');
}

export function reportOf(router: Router, network: NetworkView, fingerprint: string): RouterReport {
  const { config, state, effectivePriority } = router;
  return {
    name: reportedName(config),
    state: state.name,
    priority: effectivePriority,
    source: sourceAddress(router, network),
    family: config.family,
    virtualRouterId: config.virtualRouterId,
    version: config.version,
    transport: config.transport.type,
    intervalCentiseconds: Math.round(config.advertisementInterval / milliseconds(10)),
    authentication: authenticationKind(config),
    fingerprint,
    addresses: config.virtualAddresses
      .map(({ address }) => address)
      .filter((address) => address.includes(':') === (config.family === 'IPv6')),
  };
}

export function secretsOf({ name, authentication, hmac }: InstanceConfig): InstanceSecrets {
  return { instance: name, authentication, hmacKeys: hmac?.keys ?? [] };
}

function authenticationKind({ authentication, hmac }: InstanceConfig): AuthenticationKind {
  return hmac === null ? authentication.type : 'hmac';
}
