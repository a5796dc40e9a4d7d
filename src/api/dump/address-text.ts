/** Addresses as keepalived's dumps show them. */
import type { VirtualAddress } from '../../model/config.ts';

/** The kernel's names for address scopes (rtnetlink(7)). */
const scopeNames: ReadonlyMap<number, string> = new Map([
  [0, 'global'],
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
]);

export interface AddressState {
  /** Whether the kernel has it now. */
  readonly held: boolean;
  /** Whether it has a rule that drops packets to it (`no_accept`). */
  readonly guarded: boolean;
  /** What an interface of Baton's own making is on top of, by its name. */
  readonly bases: ReadonlyMap<string, string>;
}

/** "192.0.2.5/24 dev eth0 scope global set": the length of a single host's prefix is left out. */
export function addressText(
  virtual: VirtualAddress,
  { held, guarded, bases }: AddressState,
): string {
  const { scope, label, broadcast, peer, flags, detectDuplicates, trackGroup } = virtual;
  const base = bases.get(virtual.interface);
  return [
    peer === null ? withLength(virtual.address, virtual.prefixLength) : virtual.address,
    ...(broadcast === null ? [] : [`brd ${broadcast}`]),
    `dev ${virtual.interface}${base === undefined ? '' : `@${base}`}`,
    `scope ${scopeNames.get(scope) ?? String(scope)}`,
    ...(label === null ? [] : [`label ${label}`]),
    ...(peer === null ? [] : [`peer ${peer.address}/${String(peer.prefixLength)}`]),
    ...flags.filter((flag) => flag === 'home'),
    ...(detectDuplicates ? ['-nodad'] : []),
    ...flags.filter((flag) => flag !== 'home'),
    ...(virtual.tracked ? [] : ['no_track']),
    ...(trackGroup === null ? [] : [`track_group ${trackGroup}`]),
    ...(virtual.address.includes(':') ? [lifetimeText(virtual)] : []),
    ...(held ? ['set'] : []),
    ...(guarded ? ['nftable_set'] : []),
  ].join(' ');
}

export function withLength(address: string, length: number): string {
  const whole = address.includes(':') ? 128 : 32;
  return length === whole ? address : `${address}/${String(length)}`;
}

function lifetimeText({ preferredLifetime }: VirtualAddress): string {
  if (preferredLifetime === null) return 'preferred_lft forever';
  if (preferredLifetime === 0) return 'deprecated';
  return `preferred_lft ${String(Math.trunc(preferredLifetime / 1_000_000))}`;
}
