/** Arguments that many keywords share. */
import { boolean, choice, command, integer, text } from './argument-type.ts';
import { optional, required, type Parameter } from './keyword.ts';

/** USER [[:]GROUP] */
export const userParameters: readonly Parameter[] = [
  required('USER', text),
  optional('[:]GROUP', text),
];

/** A command, and whom it runs as. */
export const scriptParameters: readonly Parameter[] = [
  required('COMMAND', command),
  optional('USER', text),
  optional('[:]GROUP', text),
];

/** B */
export const switchParameters: readonly Parameter[] = [optional('B', boolean)];

/** N [reverse] */
export const weightParameters: readonly Parameter[] = [
  required('N', integer(-253, 253)),
  optional('reverse', choice('reverse')),
];
