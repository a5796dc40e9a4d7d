/** Characters of full width, which look like those of the language and are not. */

/** East Asian punctuation that has a counterpart in ASCII, beside the block U+FF01 to U+FF5E. */
const counterparts: ReadonlyMap<string, string> = new Map([
  ['\u3000', ' '],
  ['\u3001', ','],
  ['\u3002', '.'],
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u3008', '<'],
  ['\u3009', '>'],
  ['\u300c', '"'],
  ['\u300d', '"'],
  ['\u3010', '['],
  ['\u3011', ']'],
]);

/** The ASCII character that one of full width stands for; null where it is none. */
function halfWidth(character: string): string | null {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCodePoint(code - 0xfee0);
  return counterparts.get(character) ?? null;
}

/** The first character of full width in a text, and what it stands for; null: there is none. */
export function firstFullWidth(
  text: string,
): { readonly character: string; readonly meant: string } | null {
  for (const character of text) {
    const meant = halfWidth(character);
    if (meant !== null) return { character, meant };
  }
  return null;
}

/** The text with plain characters; null where some of it has no plain counterpart. */
export function plainText(text: string): string | null {
  let plain = '';
  for (const character of text) plain += halfWidth(character) ?? character;
  return /^[\x20-\x7e]*$/.test(plain) ? plain : null;
}

/** How many columns of a terminal a text takes: East Asian wide characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

/** The wide blocks of Unicode's East Asian Width (UAX #11) that configurations meet. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
