/** The guard as the configuration alone has it: what each virtual router's lease is about. */
import { times } from '../base/units.ts';
import type { Config } from '../model/config.ts';
import type { GuardRule } from './simulated-guard.ts';

/** Half an interval before a backup may take over at the soonest. */
const spareIntervals = 0.5;

export function guardRulesOf(config: Config): readonly GuardRule[] {
  return config.instances.map((one) => ({
    virtualRouterId: one.virtualRouterId,
    ipv6: one.family === 'IPv6',
    addresses: [...one.virtualAddresses, ...one.excludedAddresses].map(({ address }) => address),
    lease: times(one.advertisementInterval, one.downTimerAdverts - spareIntervals),
  }));
}
