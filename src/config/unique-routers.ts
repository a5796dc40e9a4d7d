/**
 * A virtual router is known by its VRID, on its interface, in its family, by the way its adverts
 * travel.
 */
import type { InstanceConfig } from '../model/config.ts';
import type { BuiltInstance } from './build-instance.ts';
import type { DiagnosticCollector } from './diagnostic.ts';

/** Without those that could not be told from one above. */
export function withoutDuplicateRouters(
  instances: readonly BuiltInstance[],
  collector: DiagnosticCollector,
): readonly BuiltInstance[] {
  const kept: InstanceConfig[] = [];
  return instances.filter(({ config, span }) => {
    if (config === null) return true;
    const other = kept.find((one) => isAlike(one, config));
    if (other === undefined) return kept.push(config);
    const { name, virtualRouterId, interface: place } = config;
    const where = place === null ? '' : ` on ${place}`;
    const message = `${name}: virtual_router_id ${virtualRouterId}${where} belongs to ${other.name} already`;
    collector.report({ code: 'duplicate-router', span, message });
    return false;
  });
}

function isAlike(one: InstanceConfig, other: InstanceConfig): boolean {
  if (one.virtualRouterId !== other.virtualRouterId) return false;
  if (one.family !== other.family || one.interface !== other.interface) return false;
  const [first, second] = [one.transport, other.transport];
  if (first.type === 'multicast') {
    return second.type === 'multicast' && first.group === second.group;
  }
  if (second.type === 'multicast') return false;
  const peers = new Set(first.peers.map(({ address }) => address));
  return second.peers.some(({ address }) => peers.has(address));
}
