/** A reload as a difference: which virtual routers go on, which are new, which end. */
import type { InstanceConfig } from '../model/config.ts';

export interface ReloadPlan<Router> {
  /** In the order of the configuration; a router is null where a new one has to be made. */
  readonly routers: readonly {
    readonly router: Router | null;
    readonly instance: InstanceConfig;
  }[];
  readonly removed: readonly Router[];
}

/**
 * A virtual router is the same one if the other routers know it as such: by VRID,
 * family, interface and how its adverts travel (as in keepalived, its name may change).
 * Where several are alike but for the source of their adverts, that tells them apart; and
 * where not even that differs (unicast to different peers) their names do.
 */
export function planReload<Router extends { readonly config: InstanceConfig }>(
  current: readonly Router[],
  wanted: readonly InstanceConfig[],
): ReloadPlan<Router> {
  const rest = new Set(current);
  const kept = new Map<InstanceConfig, Router>();
  const named = (key: typeof identity) => (config: InstanceConfig) =>
    `${config.name} ${key(config)}`;
  for (const key of [named(exactIdentity), exactIdentity, named(identity), identity]) {
    const byKey = new Map([...rest].map((router) => [key(router.config), router]));
    for (const instance of wanted) {
      const router = byKey.get(key(instance));
      if (kept.has(instance) || router === undefined || !rest.delete(router)) continue;
      kept.set(instance, router);
    }
  }
  return {
    routers: wanted.map((instance) => ({ instance, router: kept.get(instance) ?? null })),
    removed: [...rest],
  };
}

function identity(config: InstanceConfig): string {
  const { virtualRouterId, family, interface: name, transport } = config;
  const way = transport.type === 'multicast' ? transport.group : transport.type;
  return JSON.stringify([virtualRouterId, family, name, way]);
}

/** By what other routers know it, and tell it from others. */
export function exactIdentity(config: InstanceConfig): string {
  return `${identity(config)} ${config.sourceAddress ?? ''}`;
}

/** Whether two values of plain data are the same; the order of a record's fields counts. */
export function sameValue(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
