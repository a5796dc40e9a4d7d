/** A line of a route or a rule, and what `ip` makes of it. */
export interface RoutingRow {
  /** What the row is about. */
  readonly word: string;
  /** The line of the configuration. */
  readonly line: string;
  /** How `ip` wants it, where it wants it otherwise. */
  readonly ip?: string;
  /** What the kernel of this machine says instead of doing it; to both alike. */
  readonly refused?: string;
}
