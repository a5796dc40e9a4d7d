/**
 * What the kernel lists of a set: NFT_MSG_NEWSETELEM messages, each with a list of elements in
 * NFTA_SET_ELEM_LIST_ELEMENTS, each of them with its key in NFTA_SET_ELEM_KEY.
 */
import {
  align,
  attributeHeaderLength,
  findAttribute,
  headerLength,
  littleEndian,
} from './rtnetlink.ts';

const newElements = (10 << 8) | 12; // NFT_MSG_NEWSETELEM
const familyHeaderLength = 4; // struct nfgenmsg
const listedElements = 3; // NFTA_SET_ELEM_LIST_ELEMENTS
const elementKey = 1; // NFTA_SET_ELEM_KEY
const dataValue = 1; // NFTA_DATA_VALUE

/**
 * The keys of 4 octets, as numbers in the order of the host, that one datagram of a list tells
 * of. Total on any octets: it ends at the first message or element that does not fit.
 */
export function parseElementNumbers(datagram: Uint8Array): readonly number[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const numbers: number[] = [];
  let start = 0;
  while (start + headerLength <= view.byteLength) {
    const length = view.getUint32(start, littleEndian);
    if (length < headerLength || start + length > view.byteLength) break;
    if (view.getUint16(start + 4, littleEndian) === newElements) {
      const body = start + headerLength + familyHeaderLength;
      const list = findAttribute(view, body, start + length, listedElements);
      if (list !== null) takeNumbers(list, numbers);
    }
    start += align(length);
  }
  return numbers;
}

function takeNumbers(list: DataView, numbers: number[]): void {
  let at = 0;
  while (at + attributeHeaderLength <= list.byteLength) {
    const length = list.getUint16(at, littleEndian);
    if (length < attributeHeaderLength || at + length > list.byteLength) return;
    const key = findAttribute(list, at + attributeHeaderLength, at + length, elementKey);
    const value = key === null ? null : findAttribute(key, 0, key.byteLength, dataValue);
    if (value?.byteLength === 4) numbers.push(value.getUint32(0, littleEndian));
    at += align(length);
  }
}
