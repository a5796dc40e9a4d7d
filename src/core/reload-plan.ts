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

/** A virtual router goes on if the other routers can't tell it from the former one. */
export function planReload<Router extends { isSameAs(config: InstanceConfig): boolean }>(
  current: readonly Router[],
  wanted: readonly InstanceConfig[],
): ReloadPlan<Router> {
  const routers = wanted.map((instance) => ({
    instance,
    router: current.find((one) => one.isSameAs(instance)) ?? null,
  }));
  const kept = new Set(routers.map((one) => one.router));
  return { routers, removed: current.filter((router) => !kept.has(router)) };
}

/** Whether two values of plain data are the same; the order of a record's fields counts. */
export function sameValue(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
