/** Whether two hosts are configured alike where they have to be. */
import type { IpAddress } from '../model/address.ts';
import type { AuthenticationKind, RouterReport } from '../model/side-channel.ts';
import type { Difference } from '../model/snapshot.ts';

/**
 * The same virtual router at a peer: of the same family with the same VRID, and where several
 * have that, or none has, with an address in common. The name decides between equals only:
 * hosts may call it otherwise. Null: the peer has none.
 */
export function counterpartOf(
  own: RouterReport,
  theirs: Iterable<RouterReport>,
): RouterReport | null {
  let nearest: RouterReport | null = null;
  let best = 0;
  for (const one of theirs) {
    const likeness = likenessOf(own, one);
    if (likeness > best) [nearest, best] = [one, likeness];
  }
  return nearest;
}

/** 0: another virtual router. */
function likenessOf(own: RouterReport, other: RouterReport): number {
  if (own.family !== other.family) return 0;
  const sameId = own.virtualRouterId === other.virtualRouterId;
  const shared = other.addresses.some((address) => own.addresses.includes(address));
  if (!sameId && !shared) return 0;
  return (sameId ? 4 : 0) + (shared ? 2 : 0) + (own.name === other.name ? 1 : 0);
}

/** All that differs and has to be the same; secrets are only said to differ. */
export function differencesBetween(own: RouterReport, their: RouterReport): readonly Difference[] {
  const compared: readonly (readonly [string, string, string])[] = [
    ['virtual_router_id', String(own.virtualRouterId), String(their.virtualRouterId)],
    ['version', String(own.version), String(their.version)],
    ['advert_int', intervalText(own), intervalText(their)],
    ['unicast_peer', own.transport, their.transport],
    authenticationOf(own, their),
    addressesOf(own, their),
  ];
  return compared
    .filter(([, ours, theirs]) => ours !== theirs)
    .map(([field, ours, theirs]) => ({ field, ours, theirs }));
}

const kindTexts: Readonly<Record<AuthenticationKind, string>> = {
  none: 'none',
  simple: 'PASS',
  header: 'AH',
  hmac: 'auth_hmac',
};

function authenticationOf(
  own: RouterReport,
  their: RouterReport,
): readonly [string, string, string] {
  const [ours, theirs] = [kindTexts[own.authentication], kindTexts[their.authentication]];
  const another = ours === theirs && own.fingerprint !== their.fingerprint;
  return ['authentication', ours, another ? `${theirs} with another secret` : theirs];
}

/** Their order is each host's own affair. */
function addressesOf(own: RouterReport, their: RouterReport): readonly [string, string, string] {
  const ours = without(own.addresses, their.addresses);
  return ['virtual_ipaddress', ours, without(their.addresses, own.addresses)];
}

function without(some: readonly IpAddress[], others: readonly IpAddress[]): string {
  const left = some.filter((address) => !others.includes(address));
  return left.length === 0 ? 'nothing else' : `also ${left.join(' ')}`;
}

function intervalText({ intervalCentiseconds }: RouterReport): string {
  return `${String(intervalCentiseconds / 100)} s`;
}
