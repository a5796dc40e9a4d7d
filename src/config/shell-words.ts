/**
 * Commands are split into a program and its arguments with a shell's quoting, and
 * never by a shell: '...' keeps everything, "..." keeps blanks, and a backslash
 * begins one of \a \b \E \f \n \r \t \v \ooo \xHH \cC, else keeps the next character.
 */

/** Where the word that begins at `start` ends, and whether its quotes are closed. */
export function endOfShellWord(
  text: string,
  start: number,
): { readonly end: number; readonly terminated: boolean } {
  let quote = '';
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (isBlank(character) || character === '{' || character === '}') break;
    at += 1;
  }
  return { end: Math.min(at, text.length), terminated: quote === '' };
}

/** The text that a word in quotes and with escapes stands for. */
export function shellWord(raw: string): string {
  let text = '';
  let quote = '';
  let at = 0;
  while (at < raw.length) {
    const character = raw.charAt(at);
    if (character === '\\' && quote !== "'") {
      const escape = readEscape(raw, at + 1);
      text += escape.text;
      at = escape.end;
      continue;
    }
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else text += character;
    at += 1;
  }
  return text;
}

const namedEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const numberedEscape = /([0-7]{1,3})|x([0-9a-fA-F]{1,2})|c([@-_a-z])/y;

/** What stands after a backslash at `at`. */
function readEscape(raw: string, at: number): { readonly text: string; readonly end: number } {
  numberedEscape.lastIndex = at;
  const match = numberedEscape.exec(raw);
  if (match === null) {
    const next = raw.charAt(at);
    return { text: namedEscapes[next] ?? next, end: at + Math.max(1, next.length) };
  }
  const [whole, octal, hexadecimal, control = ''] = match;
  const end = at + whole.length;
  if (octal !== undefined) return { text: octet(parseInt(octal, 8)), end };
  if (hexadecimal !== undefined) return { text: octet(parseInt(hexadecimal, 16)), end };
  return { text: octet(control.charCodeAt(0) & 0x1f), end };
}

function octet(code: number): string {
  return String.fromCharCode(code & 0xff);
}

/** The words of a command. An open quote reaches to the end. */
export function splitShellWords(text: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text.charAt(at))) {
      at += 1;
      continue;
    }
    const end = endOfBareWord(text, at);
    words.push(shellWord(text.slice(at, end)));
    at = end;
  }
  return words;
}

/** Inside a command that has been taken out of its line, braces are characters like any other. */
function endOfBareWord(text: string, start: number): number {
  let { end } = endOfShellWord(text, start);
  while (text.charAt(end) === '{' || text.charAt(end) === '}') {
    ({ end } = endOfShellWord(text, end + 1));
  }
  return end;
}

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r';
}
