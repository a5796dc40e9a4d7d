/** Which multicast groups a socket is member of, and on which interface. */
import type { IpAddress } from '../model/address.ts';
import { ipv4ToNumber, ipv6ToGroups, isIpv4 } from '../model/address.ts';
import type { KernelError } from '../ports/network.ts';
import { lastError, setsockopt } from './libc.ts';
import { allocate } from './native-memory.ts';

const ipv4Level = 0; // IPPROTO_IP
const ipv6Level = 41; // IPPROTO_IPV6
const ipv4Option = { join: 35, leave: 36 }; // IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP
const ipv6Option = { join: 20, leave: 21 }; // IPV6_ADD_MEMBERSHIP, IPV6_DROP_MEMBERSHIP

/** Joins or leaves a group on the interface of this index. */
export function changeMembership(
  descriptor: number,
  change: 'join' | 'leave',
  group: IpAddress,
  index: number,
): KernelError | null {
  let result: number;
  if (isIpv4(group)) {
    // struct ip_mreqn: group, local address, interface index.
    const { view, address } = allocate(12);
    view.setUint32(0, ipv4ToNumber(group));
    view.setInt32(8, index, true);
    result = setsockopt(descriptor, ipv4Level, ipv4Option[change], address, 12);
  } else {
    // struct ipv6_mreq: group, interface index.
    const { view, address } = allocate(20);
    for (const [place, value] of ipv6ToGroups(group).entries()) view.setUint16(2 * place, value);
    view.setInt32(16, index, true);
    result = setsockopt(descriptor, ipv6Level, ipv6Option[change], address, 20);
  }
  return result < 0 ? lastError(`${change} ${group}`) : null;
}
