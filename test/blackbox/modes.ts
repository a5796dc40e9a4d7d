/** What two routers may speak with each other, and how each kind of daemon is told so. */
import { instance, instance6, authenticationHeader, password } from './configuration.ts';
import type { Station } from './packets.ts';

/** One side of a pair: who it is, who the other one is, and its priority. */
export interface Side {
  readonly self: Station;
  readonly other: Station;
  readonly priority: number;
}

export interface Mode {
  readonly name: string;
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly unicast: boolean;
  /** Seconds between adverts. */
  readonly interval: number;
  /** The address that clients use. */
  readonly address: string;
  /** All virtual addresses, in order. */
  readonly addresses: readonly string[];
  /** keepalived.conf, for Baton and keepalived alike. */
  configuration(side: Side): string;
}

interface ModeText {
  readonly name: string;
  readonly version: 2 | 3;
  readonly family?: 4 | 6;
  readonly interval?: number;
  readonly lines?: readonly string[] | ((side: Side) => readonly string[]);
}

export const address4 = '192.0.2.10';
export const address6 = '2001:db8:0:1::10';

function mode({ name, version, family = 4, interval = 1, lines = [] }: ModeText): Mode {
  return {
    ...{ name, version, family, interval },
    unicast: name.startsWith('unicast'),
    address: family === 4 ? address4 : address6,
    addresses: family === 4 ? [address4] : ['fe80::10', address6],
    configuration: (side) => {
      const text = {
        ...{ version, interval, priority: side.priority },
        lines: typeof lines === 'function' ? lines(side) : lines,
      };
      return family === 4 ? instance({ ...text, addresses: [`${address4}/24`] }) : instance6(text);
    },
  };
}

const unicast =
  (address: 'ipv4' | 'ipv6') =>
  ({ self, other }: Side): readonly string[] => [
    `unicast_src_ip ${self[address]}`,
    'unicast_peer {',
    `  ${other[address]}`,
    '}',
  ];

export const modes = {
  v2: mode({ name: 'version 2', version: 2 }),
  v2Pass: mode({ name: 'version 2, PASS', version: 2, lines: password }),
  v2Header: mode({ name: 'version 2, AH', version: 2, lines: authenticationHeader }),
  v3: mode({ name: 'version 3, IPv4', version: 3, interval: 0.5 }),
  v6: mode({ name: 'version 3, IPv6', version: 3, family: 6, interval: 0.5 }),
  unicastV2: mode({ name: 'unicast, version 2', version: 2, lines: unicast('ipv4') }),
  unicastV3: mode({ name: 'unicast, version 3', version: 3, lines: unicast('ipv4') }),
  unicastV6: mode({ name: 'unicast, IPv6', version: 3, family: 6, lines: unicast('ipv6') }),
  vmac: mode({ name: 'virtual MAC, version 3', version: 3, lines: ['use_vmac'] }),
  vmac6: mode({ name: 'virtual MAC, IPv6', version: 3, family: 6, lines: ['use_vmac'] }),
} as const;

/** The source addresses of a station's adverts. */
export function sourcesOf({ ipv4, ipv6, linkLocal }: Station): ReadonlySet<string> {
  return new Set([ipv4, ipv6, linkLocal]);
}
