/** A Config as lines that a person can read: what differs from the defaults, one value a line. */
import type { Config } from '../../src/model/config.ts';
import { instanceConfig, scriptConfig, serviceConfig } from '../scenario/configuration.ts';

export function configText(config: Config): string {
  const { global, scripts, services, instances } = config;
  const plainInstance = instanceConfig({ virtualAddresses: [] });
  return [
    ...differences('global', global, { routerId: 'host-a.example.org', mail: null }),
    ...scripts.flatMap((one) => named('script', one, scriptConfig())),
    ...services.flatMap((one) => named('service', one, serviceConfig())),
    ...instances.flatMap((one) => named('instance', one, plainInstance)),
  ].join('\n');
}

function named(kind: string, one: { readonly name: string }, plain: object): readonly string[] {
  return [`${kind} ${one.name}`, ...differences(`  ${kind}`, { ...one, name: '' }, plain)];
}

function differences(kind: string, given: object, plain: object): readonly string[] {
  const usual = new Map(leaves(plain, ''));
  const indent = kind.startsWith(' ') ? '  ' : kind;
  return leaves(given, '')
    .filter(([path, value]) => path !== '.name' && usual.get(path) !== value)
    .map(([path, value]) => `${indent}${indent === '  ' ? path.slice(1) : path} = ${value}`);
}

function leaves(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[path, JSON.stringify(value)]];
  if (isCommand(value)) {
    const { program, arguments: given, user, group } = value;
    const who = user === null ? '' : ` as ${user}${group === null ? '' : `:${group}`}`;
    return [[path, JSON.stringify([program, ...given]) + who]];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    return leaves(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  });
}

interface CommandShape {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly user: string | null;
  readonly group: string | null;
}

function isCommand(value: object): value is CommandShape {
  return 'program' in value && 'arguments' in value;
}
