/** Configurations of the device under test, by what a case is about. */

export interface InstanceText {
  readonly name?: string;
  readonly virtualRouterId?: number;
  readonly version?: 2 | 3;
  readonly priority?: number;
  readonly state?: 'MASTER' | 'BACKUP';
  /** Seconds. */
  readonly interval?: number;
  readonly addresses?: readonly string[];
  readonly interface?: string | null;
  /** Further lines of the block. */
  readonly lines?: readonly string[];
}

/** A `vrrp_instance`; the defaults are those of the cases: VRID 51, priority 100, 1 s. */
export function instance(text: InstanceText = {}): string {
  const {
    name = 'VI_1',
    virtualRouterId = 51,
    version = 2,
    priority = 100,
    state = 'BACKUP',
    interval = 1,
    addresses = ['192.0.2.10/24', '192.0.2.11/24'],
    interface: interfaceName = 'eth0',
    lines = [],
  } = text;
  const block = (word: string, entries: readonly string[]): readonly string[] =>
    entries.length === 0 ? [] : [`${word} {`, ...entries.map((entry) => `  ${entry}`), '}'];
  return [
    `vrrp_instance ${name} {`,
    ...[
      `state ${state}`,
      ...(interfaceName === null ? [] : [`interface ${interfaceName}`]),
      `version ${version}`,
      `virtual_router_id ${virtualRouterId}`,
      `priority ${priority}`,
      `advert_int ${interval}`,
      ...lines,
      ...block('virtual_ipaddress', addresses),
    ].map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

/** The same over IPv6. */
export function instance6(text: InstanceText = {}): string {
  return instance({
    version: 3,
    addresses: ['fe80::10/64', '2001:db8:0:1::10/64'],
    ...text,
  });
}

export const password = ['authentication {', '  auth_type PASS', '  auth_pass s3cr3t', '}'];
export const authenticationHeader = [
  'authentication {',
  '  auth_type AH',
  '  auth_pass s3cr3t',
  '}',
];
