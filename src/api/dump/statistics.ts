/** The statistics as keepalived writes them at SIGUSR2: two spaces a level, `Key: N`. */
import type { InstanceSnapshot, Snapshot } from '../../model/snapshot.ts';

export function statisticsDump(snapshot: Snapshot): string {
  return snapshot.instances.map(instanceStatistics).join('');
}

function instanceStatistics({ name, counters }: InstanceSnapshot): string {
  const { drops } = counters;
  const lines = [
    `VRRP Instance: ${name}`,
    '  Advertisements:',
    `    Received: ${String(counters.advertsReceived)}`,
    `    Sent: ${String(counters.advertsSent)}`,
    `  Became master: ${String(counters.becameMaster)}`,
    `  Released master: ${String(counters.releasedMaster)}`,
    '  Packet Errors:',
    `    Length: ${String(drops['packet-length'] ?? 0)}`,
    `    TTL: ${String(drops['ip-ttl'] ?? 0)}`,
    `    Invalid Type: ${String(drops['packet-type'] ?? 0)}`,
    `    Advertisement Interval: ${String(drops['advertisement-interval'] ?? 0)}`,
    `    Address List: ${String(drops['address-list'] ?? 0)}`,
    '  Authentication Errors:',
    `    Invalid Type: ${String(drops['authentication-type-unknown'] ?? 0)}`,
    `    Type Mismatch: ${String(drops['authentication-type-mismatch'] ?? 0)}`,
    `    Failure: ${String(drops['authentication-failure'] ?? 0)}`,
    '  Authentication Extension Errors:',
    `    Missing: ${String(drops['hmac-missing'] ?? 0)}`,
    `    Malformed: ${String(drops['hmac-malformed'] ?? 0)}`,
    `    Unknown Key: ${String(drops['hmac-unknown-key'] ?? 0)}`,
    `    Invalid HMAC: ${String(drops['hmac-forged'] ?? 0)}`,
    `    Stale: ${String(drops['hmac-stale'] ?? 0)}`,
    `    Replay: ${String(drops['hmac-replayed'] ?? 0)}`,
    '  Priority Zero:',
    `    Received: ${String(counters.priorityZeroReceived)}`,
    `    Sent: ${String(counters.priorityZeroSent)}`,
  ];
  return `${lines.join('\n')}\n`;
}
