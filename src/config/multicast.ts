import { isIpv6, type AddressFamily, type IpAddress } from '../model/address.ts';

/** Whether it is a group: 224.0.0.0/4, or ff00::/8. */
export function isMulticast(address: IpAddress, family: AddressFamily): boolean {
  if (family === 'IPv6') return isIpv6(address) && /^ff[0-9a-f]{2}:/.test(address);
  const first = Number(/^(\d+)\./.exec(address)?.[1]);
  return first >= 224 && first <= 239;
}
