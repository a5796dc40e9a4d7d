/**
 * The names that routes and rules may be written with instead of numbers: those that
 * everybody knows, and those in the files of iproute2 (`254 main` a line).
 */
import type { ConfigSource } from './config-source.ts';

export type RoutingNameKind = 'table' | 'protocol' | 'scope' | 'realm' | 'group' | 'typeOfService';

export type RoutingNames = Readonly<Record<RoutingNameKind, ReadonlyMap<string, number>>>;

/** Where iproute2 keeps its names: what the distribution gives, and what the host says. */
export interface RoutingNameDirectories {
  /** `iproute_usr_dir`; null: where distributions put it. */
  readonly distribution: string | null;
  /** `iproute_etc_dir`; null: /etc/iproute2. */
  readonly host: string | null;
}

const distributionDirectories = ['/usr/lib/iproute2', '/usr/share/iproute2'];
const hostDirectory = '/etc/iproute2';

const files: Readonly<Record<RoutingNameKind, string>> = {
  table: 'rt_tables',
  protocol: 'rt_protos',
  scope: 'rt_scopes',
  realm: 'rt_realms',
  group: 'group',
  typeOfService: 'rt_dsfield',
};

export const builtInRoutingNames: RoutingNames = {
  table: new Map([
    ['unspec', 0],
    ['default', 253],
    ['main', 254],
    ['local', 255],
  ]),
  protocol: new Map([
    ['unspec', 0],
    ['redirect', 1],
    ['kernel', 2],
    ['boot', 3],
    ['static', 4],
    ['gated', 8],
    ['ra', 9],
    ['mrt', 10],
    ['zebra', 11],
    ['bird', 12],
    ['dnrouted', 13],
    ['xorp', 14],
    ['ntk', 15],
    ['dhcp', 16],
    ['keepalived', 18],
    ['babel', 42],
    ['bgp', 186],
    ['isis', 187],
    ['ospf', 188],
    ['rip', 189],
    ['eigrp', 192],
  ]),
  scope: new Map([
    ['global', 0],
    ['site', 200],
    ['link', 253],
    ['host', 254],
    ['nowhere', 255],
  ]),
  realm: new Map([['unknown', 0]]),
  group: new Map([['default', 0]]),
  typeOfService: new Map([['default', 0]]),
};

/** Reads the files of iproute2; one that is not there adds nothing. What the host says counts. */
export function readRoutingNames(
  source: ConfigSource,
  { distribution, host }: RoutingNameDirectories,
): RoutingNames {
  const usual = distribution === null ? distributionDirectories : [distribution];
  const directories = [...usual, host ?? hostDirectory];
  const read = (kind: RoutingNameKind): ReadonlyMap<string, number> => {
    const names = new Map(builtInRoutingNames[kind]);
    for (const directory of directories) {
      const path = `${directory}/${files[kind]}`;
      for (const file of [path, ...source.glob(`${path}.d/*.conf`)]) {
        for (const [name, number] of namesIn(source, file)) names.set(name, number);
      }
    }
    return names;
  };
  return {
    table: read('table'),
    protocol: read('protocol'),
    scope: read('scope'),
    realm: read('realm'),
    group: read('group'),
    typeOfService: read('typeOfService'),
  };
}

function namesIn(source: ConfigSource, path: string): readonly (readonly [string, number])[] {
  const octets = source.read(path);
  if (!octets.ok) return [];
  const lines = new TextDecoder().decode(octets.value).split('\n');
  return lines.flatMap((line) => {
    const [, number, name] = /^\s*(0x[0-9a-f]+|\d+)\s+([^\s#]+)/i.exec(line) ?? [];
    return number === undefined || name === undefined ? [] : [[name, Number(number)] as const];
  });
}
