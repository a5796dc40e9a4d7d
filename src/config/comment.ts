/** Comments: from `#` or `!` outside double quotes to the end of the line. */
import { joinLine, sliceLine, type SourceLine } from './source-line.ts';

/** The line without its comment; `\#` and `\!` outside quotes become plain characters. */
export function stripComment(source: SourceLine): SourceLine {
  const { text } = source;
  const pieces: SourceLine[] = [];
  let start = 0;
  let quoted = false;
  let end = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\\' && isCommentSign(text.charAt(at + 1))) {
      pieces.push(sliceLine(source, start, at));
      start = at + 1;
      at += 1;
    } else if (isCommentSign(character)) {
      end = at;
      break;
    }
  }
  pieces.push(sliceLine(source, start, end));
  return joinLine(source, pieces);
}

function isCommentSign(character: string): boolean {
  return character === '#' || character === '!';
}
