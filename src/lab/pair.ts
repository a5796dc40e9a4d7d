/** The lab's two hosts, what runs on them, and what the protocol's timers are computed from. */

export type HostName = 'A' | 'B';

export const hostNames: readonly HostName[] = ['A', 'B'];

/** The daemon that holds the address on a host. */
export type DaemonKind = 'baton' | 'keepalived';

export type Pair = Readonly<Record<HostName, DaemonKind>>;

export function peerOf(host: HostName): HostName {
  return host === 'A' ? 'B' : 'A';
}

/** What both configuration files say of VRRP, as far as a fail-over's length depends on it. */
export interface ProtocolTimers {
  readonly advertisementIntervalMs: number;
  readonly priority: Readonly<Record<HostName, number>>;
}

/** The article's values: `advert_int 1`, `priority 100` and `priority 50`. */
export const articleTimers: ProtocolTimers = {
  advertisementIntervalMs: 1_000,
  priority: { A: 100, B: 50 },
};
