import type { Writable } from 'node:stream';

/** Where a command writes. */
export interface Output {
  /** Settles when more may be written; what nobody reads any more is dropped. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
}

export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted when nobody reads stdout any more (`baton events | head`). */
  readonly closed: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The terminal of this process. Call it once: it listens to the streams' errors. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const closed = new AbortController();
  // A reader that has seen enough is no error, and is not told as one.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    closed.abort();
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    process.stderr.write(`baton: can't write to standard output: ${error.message}\n`);
  });
  process.stderr.on('error', () => undefined);
  return {
    stdout: outputOf(process.stdout, process.stdout.isTTY),
    stderr: outputOf(process.stderr, process.stderr.isTTY),
    closed: closed.signal,
    environment: process.env,
  };
}

function outputOf(stream: Writable, isTerminal: boolean): Output {
  return {
    isTerminal,
    async write(text) {
      if (!stream.writable || stream.write(text)) return;
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          stream.off('drain', settle).off('close', settle).off('error', settle);
          resolve();
        };
        stream.on('drain', settle).on('close', settle).on('error', settle);
      });
    },
  };
}

export type Style = 'good' | 'calm' | 'bad' | 'unsettled' | 'quiet' | 'heading';

/** Marks a text up for a person's eye; what is measured or compared is the plain text. */
export type Paint = (style: Style, text: string) => string;

/** Select Graphic Rendition parameters (ECMA-48 section 8.3.117). */
const renditions: Readonly<Record<Style, string>> = {
  good: '32',
  calm: '36',
  bad: '31',
  unsettled: '33',
  quiet: '2',
  heading: '1',
};

/** Colours for a terminal, unless NO_COLOR is set and not empty (no-color.org). */
export function paintFor(terminal: Terminal): Paint {
  const wanted = terminal.stdout.isTerminal && !terminal.environment['NO_COLOR'];
  return wanted
    ? (style, text) => `\u001b[${renditions[style]}m${text}\u001b[0m`
    : (_style, text) => text;
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * Text from elsewhere (a script's output, a name from a file) on one line and
 * without anything that a terminal would obey.
 */
export function printable(text: string): string {
  return text.replace(controlCharacters, (character) =>
    character === '\n' || character === '\t'
      ? ' '
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
