/** Raised when Baton itself is wrong; never caught, so that the process stops. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** States what must hold. A failure is a bug in Baton, never bad input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Ends a switch over a union: a member that was forgotten is a type error here. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
