/**
 * A second core in the state of a first one, so that both may be told different things. It is made
 * as any core is, and then all data of the first is copied into it; what it shares with nobody (its
 * own functions, which look at its own parts) stays.
 */
import { assert } from '../../base/assert.ts';
import { Core } from '../../core/core.ts';
import type { Config } from '../../model/config.ts';

/** Objects that never change: a configuration and all that is in it. */
export type Constants = ReadonlyMap<object, number>;

/** Numbers the objects of a configuration. */
export function constantsOf(config: Config): Constants {
  const numbers = new Map<object, number>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || numbers.has(value)) return;
    numbers.set(value, numbers.size);
    Object.values(value).forEach(visit);
  };
  visit(config);
  return numbers;
}

export function copyCore(core: Core, config: Config, constants: Constants): Core {
  const copied = new Map<object, object>();
  const copy = (source: unknown, place: unknown): unknown => {
    if (typeof source === 'function') {
      assert(typeof place === 'function', 'a core has made a function that can not be copied');
      return place;
    }
    if (typeof source !== 'object' || source === null || constants.has(source)) return source;
    const known = copied.get(source);
    if (known !== undefined) return known;
    const target = targetFor(source, place);
    copied.set(source, target);
    if (source instanceof Map && target instanceof Map) {
      for (const [key, value] of source) target.set(copy(key, null), copy(value, null));
    } else if (source instanceof Set && target instanceof Set) {
      for (const value of source) target.add(copy(value, null));
    } else {
      const fields = target as Record<string, unknown>;
      for (const [key, value] of Object.entries(source)) fields[key] = copy(value, fields[key]);
    }
    return target;
  };
  return copy(core, new Core(config)) as Core;
}

/** The part that is there already where it is of the same kind; what it holds is made empty. */
function targetFor(source: object, place: unknown): object {
  if (Array.isArray(source)) return [];
  if (source instanceof Map) return emptied(place, Map) ?? new Map();
  if (source instanceof Set) return emptied(place, Set) ?? new Set();
  const prototype = Object.getPrototypeOf(source) as object | null;
  const fits =
    typeof place === 'object' && place !== null && Object.getPrototypeOf(place) === prototype;
  return fits ? place : (Object.create(prototype) as object);
}

function emptied(
  place: unknown,
  kind: typeof Map | typeof Set,
): Map<unknown, unknown> | Set<unknown> | null {
  if (!(place instanceof kind)) return null;
  place.clear();
  return place;
}
