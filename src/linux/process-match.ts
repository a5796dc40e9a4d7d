/** Whether a process is one of those that a tracker looks for. */
import type { ProcessMatch } from '../model/config.ts';

/** A process as /proc shows it; its octets as characters 0 to 255. */
export interface ProcessIdentity {
  /** The kernel's name for it: 15 octets, those of a kernel thread may be more. */
  readonly name: string;
  /** Its program as it was called, and the parameters; empty for a kernel thread. */
  readonly words: readonly string[];
}

/** What the kernel keeps of a name (TASK_COMM_LEN, without the NUL). */
const nameLimit = 15;

/** Whether more than the kernel's name has to be known to judge. */
export function needsWords(match: ProcessMatch): boolean {
  return match.fullCommand || match.parameterMatch !== 'none';
}

export function isMatch(match: ProcessMatch, { name, words }: ProcessIdentity): boolean {
  const program = octetsOf(match.program);
  if (!needsWords(match)) return name === program.slice(0, nameLimit);
  const [called, ...parameters] = words;
  return called === program && areParametersMatch(match, parameters);
}

function areParametersMatch(match: ProcessMatch, parameters: readonly string[]): boolean {
  const wanted = match.parameters.map(octetsOf);
  const alike = (count: number): boolean =>
    wanted.slice(0, count).every((parameter, place) => parameters[place] === parameter);
  switch (match.parameterMatch) {
    case 'none':
      return true;
    case 'exact':
      return parameters.length === wanted.length && alike(wanted.length);
    case 'initial':
      return alike(wanted.length);
    case 'partial': {
      const last = wanted.at(-1);
      if (last === undefined) return true;
      const place = wanted.length - 1;
      return alike(place) && parameters[place]?.startsWith(last) === true;
    }
  }
}

function octetsOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
