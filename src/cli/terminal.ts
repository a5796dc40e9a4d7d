import type { Writable } from 'node:stream';

/** Where a command writes. */
export interface Output {
  /** Settles when it is written; what nobody reads any more is dropped. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
}

export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Aborted, with the error as its reason, when stdout takes no more: mostly
   * because its reader has seen enough (EPIPE: `baton events | head`).
   */
  readonly closed: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The terminal of this process. Call it once: it listens to the streams' errors. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const closed = new AbortController();
  const { stdout, stderr } = process;
  return {
    stdout: outputOf(stdout, { isTerminal: stdout.isTTY, closed }),
    // Where complaints can't be written there is nobody to complain to.
    stderr: outputOf(stderr, { isTerminal: stderr.isTTY, closed: new AbortController() }),
    closed: closed.signal,
    environment: process.env,
  };
}

/** A stream as an output. Its first error aborts `closed` and silences it. */
export function outputOf(
  stream: Writable,
  options: { readonly isTerminal: boolean; readonly closed: AbortController },
): Output {
  const { closed } = options;
  stream.on('error', (error) => {
    closed.abort(error);
  });
  return {
    isTerminal: options.isTerminal,
    async write(text) {
      if (closed.signal.aborted) return;
      const error = await new Promise<Error | null | undefined>((resolve) => {
        stream.write(text, resolve);
      });
      if (error) closed.abort(error);
    },
  };
}

/** What kept stdout from being written; null where all was, or the reader had seen enough. */
export function outputFailure(terminal: Terminal): Error | null {
  const reason: unknown = terminal.closed.reason;
  if (!(reason instanceof Error)) return null;
  return (reason as NodeJS.ErrnoException).code === 'EPIPE' ? null : reason;
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
