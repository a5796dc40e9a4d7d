/** Exit codes of every command; docs/commands.md holds the same table. */
export const exitCodes = {
  /** Done. */
  done: 0,
  /** It was tried and did not work, or the file that was checked has errors. */
  failed: 1,
  /** The command line can't be understood. */
  usage: 2,
  /** Baton isn't running. */
  notRunning: 3,
  /** No permission to ask the Baton that runs. */
  noPermission: 4,
  /** `run --config-test`: the configuration has errors (keepalived's code). */
  configurationTest: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
