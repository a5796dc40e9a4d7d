import type { FileHandle } from 'node:fs/promises';

export interface FileLine {
  readonly text: string;
  /** It ends with a line feed; the last one may not. */
  readonly whole: boolean;
}

/** A line longer than this is not kept in memory: it comes in pieces, which nobody understands. */
const limitCharacters = 64 * 1_024 * 1_024;

/** The lines of a file, from its first, whatever is in it. Closes it at the end. */
export async function* readLines(file: FileHandle): AsyncGenerator<FileLine, undefined> {
  let rest = '';
  for await (const chunk of file.createReadStream({ encoding: 'utf8' })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield { text, whole: true };
    if (rest.length <= limitCharacters) continue;
    yield { text: rest, whole: true };
    rest = '';
  }
  if (rest !== '') yield { text: rest, whole: false };
  return undefined;
}
