/**
 * Lines to words and braces. Words are parted by blanks; a double quote begins a word
 * that reaches to the next one; `{` and `}` outside quotes are tokens wherever they
 * stand. Lines whose keyword takes a command are read with a shell's quoting instead.
 */
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import { endOfShellWord, isBlank, shellWord } from './shell-words.ts';
import { sliceLine, spanOf, type SourceLine } from './source-line.ts';

export interface Word {
  readonly text: string;
  readonly span: Span;
}

/** What stands between two braces, or between a brace and the end of a line. */
export type Phrase =
  | { readonly type: 'words'; readonly words: readonly [Word, ...Word[]] }
  | { readonly type: 'open'; readonly span: Span }
  | { readonly type: 'close'; readonly span: Span };

/** keepalived's keywords whose line is read with a shell's quoting, and those of `service`. */
const commandKeywords: ReadonlySet<string> = new Set([
  'script',
  'notify',
  'notify_master',
  'notify_backup',
  'notify_fault',
  'notify_stop',
  'notify_deleted',
  'notify_master_rx_lower_pri',
  'notify_up',
  'notify_down',
  'quorum_up',
  'quorum_down',
  'misc_path',
  'startup_script',
  'shutdown_script',
  'notify_fifo_script',
  'vrrp_notify_fifo_script',
  'lvs_notify_fifo_script',
  'start',
  'stop',
  'reload',
  'test',
  'probe',
]);

/** The phrases of a line, in order. */
export function splitLine(line: SourceLine, collector: DiagnosticCollector): readonly Phrase[] {
  const phrases: Phrase[] = [];
  let words: Word[] = [];
  const endPhrase = (): void => {
    const [first, ...rest] = words;
    if (first !== undefined) phrases.push({ type: 'words', words: [first, ...rest] });
    words = [];
  };
  let at = 0;
  while (at < line.text.length) {
    const character = line.text.charAt(at);
    if (isBlank(character)) at += 1;
    else if (character === '{' || character === '}') {
      endPhrase();
      const span = spanOf(sliceLine(line, at, at + 1));
      phrases.push({ type: character === '{' ? 'open' : 'close', span });
      at += 1;
    } else {
      const shell = commandKeywords.has(words[0]?.text ?? '');
      const scanned = shell ? endOfShellWord(line.text, at) : endOfWord(line.text, at);
      const span = spanOf(sliceLine(line, at, scanned.end));
      const raw = line.text.slice(at, scanned.end);
      words.push({ text: shell ? shellWord(raw) : raw.replaceAll('"', ''), span });
      if (!scanned.terminated) {
        const message = 'the quote is not closed on this line';
        collector.report({ code: 'unterminated-quote', span, message });
      }
      at = scanned.end;
    }
  }
  endPhrase();
  return phrases;
}

interface ScannedWord {
  readonly end: number;
  /** False where a quote is left open. */
  readonly terminated: boolean;
}

/** A definition that is not known stays as it is: its braces open nothing. */
const unknownDefinition = /\$\{[^{}\s"]*\}/y;

function endOfWord(text: string, start: number): ScannedWord {
  if (text.charAt(start) === '"') {
    const close = text.indexOf('"', start + 1);
    return close < 0
      ? { end: text.length, terminated: false }
      : { end: close + 1, terminated: true };
  }
  let end = start;
  while (end < text.length) {
    const character = text.charAt(end);
    unknownDefinition.lastIndex = end;
    const definition = character === '$' ? unknownDefinition.exec(text) : null;
    if (definition !== null) end += definition[0].length;
    else if (isBlank(character) || '"{}'.includes(character)) break;
    else end += 1;
  }
  return { end, terminated: true };
}
