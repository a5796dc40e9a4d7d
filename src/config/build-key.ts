/** Keys that datagrams and adverts are signed with. */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { ConfigSource } from './config-source.ts';
import { directoryOf, resolvePath } from './include.ts';

const shortestKey = 32;
const longestKey = 64;

/**
 * `hex:` digits, `file:` a path (its last line feed does not count), or the text itself; in
 * hexadecimal. The error never quotes the key.
 */
export function readKey(
  text: string,
  { file, source }: { readonly file: string; readonly source: ConfigSource },
): Result<string, string> {
  let octets: Uint8Array;
  if (text.startsWith('hex:')) {
    if (!/^hex:(?:[0-9a-f]{2})*$/i.test(text)) return failure('"hex:" wants pairs of hex digits');
    const pairs = text.slice(4).match(/../g) ?? [];
    octets = Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
  } else if (text.startsWith('file:')) {
    const path = resolvePath(directoryOf(file), text.slice(5));
    const read = source.read(path);
    if (!read.ok) return failure(`${path}: ${read.error}`);
    octets = read.value.at(-1) === 0x0a ? read.value.subarray(0, -1) : read.value;
  } else octets = new TextEncoder().encode(text);
  if (octets.length >= shortestKey && octets.length <= longestKey) {
    return success(hexadecimal(octets));
  }
  return failure(`it has ${octets.length} octets, and has to have 32 to 64`);
}

function hexadecimal(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}
