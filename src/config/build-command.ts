/** Commands: a program with its arguments, and whom it runs as. */
import type { Command } from '../model/command.ts';
import type { CheckedStatement } from './check.ts';
import { splitShellWords } from './shell-words.ts';

export interface Identity {
  readonly user: string | null;
  readonly group: string | null;
}

/** `USER [[:]GROUP]` */
export function identityOf(words: readonly string[]): Identity {
  const [user = null, group = null] = words;
  return { user, group: group?.replace(/^:/, '') ?? null };
}

/**
 * A statement whose first argument is a command; what stands behind it is a user
 * and a group.
 */
export function buildCommand({ values }: CheckedStatement, otherwise: Identity): Command {
  const [command = '', ...user] = values.map(String);
  return parseCommand(command, user.length === 0 ? otherwise : identityOf(user));
}

/** The checked text of a command, which is never blank. */
export function parseCommand(text: string, { user, group }: Identity): Command {
  const file = readableFile(text);
  if (file !== null) return { program: 'test', arguments: ['-r', file], user, group };
  const [program = '', ...rest] = splitShellWords(text);
  return { program, arguments: rest, user, group };
}

/** `</path` asks whether that file can be read: it is run as `test -r /path`. */
function readableFile(text: string): string | null {
  const match = /^\s*<\s*(\S+)\s*$/.exec(text);
  return match?.[1] ?? null;
}
