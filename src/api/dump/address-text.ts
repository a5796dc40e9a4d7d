import type { VirtualAddress } from '../../model/config.ts';

/** The kernel's names for address scopes (rtnetlink(7)). */
const scopeNames: ReadonlyMap<number, string> = new Map([
  [0, 'global'],
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
]);

/** "192.0.2.5/24 dev eth0 scope global set", as keepalived's dumps show an address. */
export function addressText(virtual: VirtualAddress, held: boolean): string {
  const { address, prefixLength, scope, label, broadcast } = virtual;
  return [
    `${address}/${String(prefixLength)}`,
    ...(broadcast === null ? [] : [`brd ${broadcast}`]),
    `dev ${virtual.interface}`,
    `scope ${scopeNames.get(scope) ?? String(scope)}`,
    ...(label === null ? [] : [`label ${label}`]),
    ...(held ? ['set'] : []),
  ].join(' ');
}
