/** Makes a plan that fails smaller, for as long as what is left fails in the same way. */
import { keepFaults, type FaultPlan } from './fault-plan.ts';

/** Whether a plan fails in the way that is looked for. */
export type Fails = (plan: FaultPlan) => Promise<boolean>;

/** The plan without any fault that could be left out alone: each of the rest is needed. */
export async function shrinkPlan(plan: FaultPlan, fails: Fails): Promise<FaultPlan> {
  let smallest = plan;
  let size = Math.ceil(plan.kept.length / 2);
  while (size >= 1) {
    const smaller = await withoutSome(smallest, size, fails);
    if (smaller !== null) smallest = smaller;
    else size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return smallest;
}

/** Null where no `size` neighbouring faults can be left out. */
async function withoutSome(plan: FaultPlan, size: number, fails: Fails): Promise<FaultPlan | null> {
  for (let start = 0; start < plan.kept.length; start += size) {
    const places = [...plan.kept.slice(0, start), ...plan.kept.slice(start + size)];
    const smaller = keepFaults(plan, places);
    if (await fails(smaller)) return smaller;
  }
  return null;
}
