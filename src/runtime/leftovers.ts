/** Of what an earlier run has left, what the configuration still wants, and what is said of it. */
import type { Config } from '../model/config.ts';
import type { LogLevel } from '../model/effect.ts';
import type { Kept, SweptThing } from '../ports/leftovers.ts';

export function keptBy({ instances, fixed }: Config): Omit<Kept, 'tables'> {
  const own = instances.flatMap(({ virtualMac }) => virtualMac?.virtual ?? []);
  const others = instances.flatMap(({ addressInterfaces }) => addressInterfaces);
  return {
    addresses: [
      ...instances.flatMap(({ virtualAddresses, excludedAddresses }) => [
        ...virtualAddresses,
        ...excludedAddresses,
      ]),
      ...fixed.addresses,
    ],
    interfaces: [...own, ...others].map(({ name }) => name),
    routes: [...instances.flatMap(({ virtualRoutes }) => virtualRoutes), ...fixed.routes],
    rules: [...instances.flatMap(({ virtualRules }) => virtualRules), ...fixed.rules],
  };
}

/** A line for the log. */
export function sweptText({ what, error }: SweptThing): {
  readonly level: LogLevel;
  readonly text: string;
} {
  return error === null
    ? { level: 'notice', text: `removed what an earlier run has left: ${what}` }
    : { level: 'error', text: `an earlier run has left ${what}, which can't be removed: ${error}` };
}
