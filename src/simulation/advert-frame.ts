/** What can be told of an advert from its frame at a glance, as packet filters look at it. */
import { ethernetHeaderLength, etherTypes } from '../wire/ethernet.ts';
import { ipProtocols } from '../wire/ipv4.ts';
import { readUint16, readUint8 } from '../wire/octets.ts';

export interface GlimpsedAdvert {
  readonly ipv6: boolean;
  readonly virtualRouterId: number;
  readonly priority: number;
  /** From the VRRP message on. */
  readonly message: Uint8Array;
}

const etherTypeOffset = ethernetHeaderLength - 2;
const ipv4ProtocolOffset = 9;
const ipv6ProtocolOffset = 6;
const ipv6HeaderLength = 40;
const authenticationHeaderLength = 24;
/** In the VRRP message. */
const virtualRouterIdOffset = 1;
const priorityOffset = 2;

/** Null: it is no advert. */
export function glimpseAdvert(frame: Uint8Array): GlimpsedAdvert | null {
  const etherType = readUint16(frame, etherTypeOffset);
  const ipv6 = etherType === etherTypes.ipv6;
  if (!ipv6 && etherType !== etherTypes.ipv4) return null;
  const headerLength = ipv6 ? ipv6HeaderLength : (readUint8(frame, ethernetHeaderLength) & 0xf) * 4;
  const protocolOffset = ipv6 ? ipv6ProtocolOffset : ipv4ProtocolOffset;
  const protocol = readUint8(frame, ethernetHeaderLength + protocolOffset);
  const sealed = protocol === ipProtocols.authenticationHeader;
  if (protocol !== ipProtocols.vrrp && !sealed) return null;
  const message = ethernetHeaderLength + headerLength + (sealed ? authenticationHeaderLength : 0);
  return {
    ipv6,
    virtualRouterId: readUint8(frame, message + virtualRouterIdOffset),
    priority: readUint8(frame, message + priorityOffset),
    message: frame.subarray(message),
  };
}
