/** Which addresses a Master announces, and what it says of it in the log. */
import type { VirtualAddress } from '../model/config.ts';
import type { Router, Surroundings } from './router.ts';

/** All its addresses, each so many times. */
export function announce(router: Router, surroundings: Surroundings, repeat: number): void {
  const { virtualAddresses, excludedAddresses } = router.config;
  announceThese(router, surroundings, [...virtualAddresses, ...excludedAddresses], repeat);
}

/** `garp_extra_if`: on the other interfaces that carry addresses, or on all. */
export function announceElsewhere(router: Router, surroundings: Surroundings): void {
  const { config } = router;
  const own = config.virtualMac?.virtual.name ?? config.interface;
  const addresses = [...config.virtualAddresses, ...config.excludedAddresses].filter(
    (one) => config.announcement.extraOnAll || one.interface !== own,
  );
  announceThese(router, surroundings, addresses, 1);
}

function announceThese(
  { config }: Router,
  { at, outbox, announcer }: Surroundings,
  addresses: readonly VirtualAddress[],
  repeat: number,
): void {
  if (repeat === 0 || addresses.length === 0) return;
  const list = addresses.map((one) => one.address).join(', ');
  const words = config.family === 'IPv4' ? 'gratuitous ARPs' : 'unsolicited neighbour adverts';
  const places = [...new Set(addresses.map((one) => one.interface))].join(', ');
  outbox.log('info', `(${config.name}) Sending ${words} on ${places} for ${list}`);
  announcer.announce(at, addresses, repeat, outbox);
}
