/** How the two routers of a case speak, and the times that follow from it. */
import type { AddressFamily } from '../../src/model/address.ts';
import type { RouterLetter } from './stations.ts';
import { virtualAddresses } from './stations.ts';

export interface Mode {
  readonly name: ModeName;
  readonly version: 2 | 3;
  readonly family: AddressFamily;
  readonly intervalMs: number;
}

export const modeNames = ['v3-100ms', 'v3-10ms', 'v2-1s', 'v6-100ms'] as const;
export type ModeName = (typeof modeNames)[number];

export const modes: Readonly<Record<ModeName, Mode>> = {
  'v3-100ms': { name: 'v3-100ms', version: 3, family: 'IPv4', intervalMs: 100 },
  'v3-10ms': { name: 'v3-10ms', version: 3, family: 'IPv4', intervalMs: 10 },
  'v2-1s': { name: 'v2-1s', version: 2, family: 'IPv4', intervalMs: 1_000 },
  'v6-100ms': { name: 'v6-100ms', version: 3, family: 'IPv6', intervalMs: 100 },
};

const priorities: Readonly<Record<RouterLetter, number>> = { A: 150, B: 100 };

/** Master_Down_Interval of the backup, in milliseconds (RFC 3768 and RFC 9568, section 6.1). */
export function masterDownMs({ version, intervalMs }: Mode): number {
  const skewOf = version === 2 ? 1_000 : intervalMs;
  return 3 * intervalMs + ((256 - priorities.B) / 256) * skewOf;
}

/** keepalived.conf of one of the two; A is the better one. */
export function configurationOf(
  mode: Mode,
  letter: RouterLetter,
  { guarded }: { readonly guarded: boolean },
): string {
  const addresses =
    mode.family === 'IPv4'
      ? [`${virtualAddresses.IPv4}/24`]
      : ['fe80::100/64', `${virtualAddresses.IPv6}/64`];
  return [
    ...(guarded ? [] : ['global_defs {', '  lease_guard off', '}']),
    'vrrp_instance VI_1 {',
    '  state BACKUP',
    '  interface eth0',
    `  version ${mode.version}`,
    '  virtual_router_id 51',
    `  priority ${priorities[letter]}`,
    `  advert_int ${mode.intervalMs / 1_000}`,
    '  virtual_ipaddress {',
    ...addresses.map((address) => `    ${address}`),
    '  }',
    '}',
    '',
  ].join('\n');
}
