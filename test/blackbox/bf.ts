/** BFD (RFC 5880, RFC 5881): listed, since Baton has none yet. */
import type { Case } from './case.ts';

const because = 'Baton has no BFD yet';

const titles: readonly (readonly [string, string])[] = [
  ['BF-01', 'a session without a peer: packets of the right form, at least 0.75 s apart'],
  ['BF-02', 'with keepalived and FRR: Up within 3 s'],
  ['BF-03', 'Poll and Final lead to the fast interval'],
  ['BF-04', 'the link is cut: Down after the detection time'],
  ['BF-05', 'a packet of TTL 254 is ignored'],
  ['BF-06', 'malformed packets are ignored'],
  ['BF-07', 'AdminDown of the peer: Down, diagnostic 3'],
  ['BF-08', 'intervals are shortened at random by up to a quarter'],
  ['BF-09', 'the peer starts anew: Up again'],
  ['BF-10', 'an instance that tracks a session: its priority changes within 0.5 s'],
  ['BF-11', 'over IPv6 link-local addresses: Up'],
];

export const forwardingDetection: readonly Case[] = titles.map(([id, what]) => ({
  ...{ id, what, because },
  run: null,
}));
