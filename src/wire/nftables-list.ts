/** Which nftables tables there are: what the kernel answers to `nft list tables`. */
import { findAttribute, headerLength, littleEndian, messageFlag, textOf } from './rtnetlink.ts';
import { requestMessage } from './netlink-octets.ts';
import { familyNumber, type TableFamily } from './nftables.ts';
import { ownComment } from './nftables-mark.ts';

const subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
const newTable = subsystem | 0; // NFT_MSG_NEWTABLE
const getTable = subsystem | 1; // NFT_MSG_GETTABLE
const genericHeaderLength = 4; // struct nfgenmsg
const attribute = { name: 1, userData: 6 } as const; // NFTA_TABLE_NAME, NFTA_TABLE_USERDATA

export interface ListedTable {
  readonly family: TableFamily;
  readonly name: string;
  /** Whether Baton has made it: it bears its comment. */
  readonly own: boolean;
}

/** Asks for the tables of all families. */
export function emitListTables(sequence: number): Uint8Array {
  const body = [new Uint8Array(genericHeaderLength)];
  return requestMessage({ type: getTable, flags: messageFlag.list, sequence, body });
}

/** The table that a message of the kernel's is about; null where it is about something else. */
export function parseTable(message: Uint8Array): ListedTable | null {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const start = headerLength + genericHeaderLength;
  if (view.byteLength < start || view.getUint16(4, littleEndian) !== newTable) return null;
  const name = findAttribute(view, start, view.byteLength, attribute.name);
  const number = view.getUint8(headerLength);
  const family = families.find((one) => familyNumber[one] === number);
  if (name === null || family === undefined) return null;
  const userData = findAttribute(view, start, view.byteLength, attribute.userData);
  return { family, name: textOf(name), own: userData !== null && isOwn(userData) };
}

const families: readonly TableFamily[] = ['inet', 'netdev'];

function isOwn(userData: DataView): boolean {
  const octets = new Uint8Array(userData.buffer, userData.byteOffset, userData.byteLength);
  return (
    octets.length === ownComment.length &&
    octets.every((octet, index) => octet === ownComment[index])
  );
}
