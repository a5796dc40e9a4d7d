/** A program to run. */
import type { Duration } from '../base/units.ts';

/** A program with its arguments, started without a shell. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** User and group to run as; null: `script_user`'s, else Baton's own. */
  readonly user: string | null;
  readonly group: string | null;
}

export interface TimedCommand {
  readonly command: Command;
  readonly timeout: Duration;
}
