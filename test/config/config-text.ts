/** A Config as lines that a person can read: what differs from the defaults, one value a line. */
import type { Config, VirtualAddress } from '../../src/model/config.ts';
import { emptyConfig, instanceDefaults, virtualAddress } from '../../src/model/defaults.ts';
import { eth0, scriptConfig, serviceConfig } from '../scenario/configuration.ts';

const plainInstance = { ...instanceDefaults, interface: eth0, virtualRouterId: 51 };

export function configText(config: Config): string {
  const { global, scripts, services, instances, ...others } = config;
  const { global: plainGlobal, ...plainOthers } = emptyConfig('host-a.example.org');
  return [
    ...differences('global', global, plainGlobal),
    ...scripts.flatMap((one) => named('script', one, scriptConfig())),
    ...services.flatMap((one) => named('service', one, serviceConfig())),
    ...instances.flatMap((one) => named('instance', one, plainInstance)),
    ...differences('', others, plainOthers).map((line) => line.replace(/^\./, '')),
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
  if (!isNested(value)) return [[path, JSON.stringify(value)]];
  if (isCommand(value)) {
    const { program, arguments: given, user, group } = value;
    const who = user === null ? '' : ` as ${user}${group === null ? '' : `:${group}`}`;
    return [[path, JSON.stringify([program, ...given]) + who]];
  }
  if (isAddress(value)) return [[path, addressText(value)]];
  return Object.entries(value).flatMap(([key, inner]) => {
    return leaves(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  });
}

function isAddress(value: object): value is VirtualAddress {
  return 'detectDuplicates' in value;
}

/** The address, and what is not as usual about it. */
function addressText(given: VirtualAddress): string {
  const { address, prefixLength, interface: name } = given;
  const plain = Object.entries(virtualAddress(address, name, prefixLength));
  const usual = new Map(plain.map(([key, value]) => [key, JSON.stringify(value)]));
  const options = Object.entries(given)
    .map(([key, value]) => [key, JSON.stringify(value)] as const)
    .filter(([key, value]) => usual.get(key) !== value);
  const words = options.map(([key, value]) => `${key} ${value}`);
  return [`${address}/${prefixLength} on ${name}`, ...words].join(', ');
}

/** What is shown a line for each part, and not as a whole. */
function isNested(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return !isTrack(value) && (!Array.isArray(value) || value.some((one) => typeof one === 'object'));
}

function isTrack(value: object): boolean {
  return 'kind' in value && 'reverse' in value;
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
