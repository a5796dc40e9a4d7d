/** Reads a line of a scenario word by word; what it does not understand is an error of the test. */
import { parseIp, type IpAddress } from '../../src/model/address.ts';
import { milliseconds, seconds, type Duration } from '../../src/base/units.ts';

export class Words {
  private readonly line: string;
  private readonly words: string[];

  constructor(line: string) {
    this.line = line;
    this.words = line.split(/\s+/).filter((word) => word !== '');
  }

  get done(): boolean {
    return this.words.length === 0;
  }

  next(): string {
    const word = this.words.shift();
    if (word === undefined) throw new Error(`the line ends too early: ${this.line}`);
    return word;
  }

  /** Takes the words that come next if they are these. */
  accept(...expected: readonly string[]): boolean {
    if (!expected.every((word, place) => this.words[place] === word)) return false;
    this.words.splice(0, expected.length);
    return true;
  }

  number(): number {
    const word = this.next();
    if (!/^-?\d+$/.test(word)) throw new Error(`"${word}" is no number: ${this.line}`);
    return Number(word);
  }

  /** "3.609375s" or "10ms". */
  duration(): Duration {
    const match = /^([\d.]+)(m?)s$/.exec(this.next());
    if (match === null) throw new Error(`no length of time: ${this.line}`);
    return match[2] === 'm' ? milliseconds(Number(match[1])) : seconds(Number(match[1]));
  }

  /** An IP address of either family. */
  address(): IpAddress {
    const word = this.next();
    return parseIp(word) ?? this.unknown();
  }

  /** All words that are left. */
  rest(): string[] {
    return this.words.splice(0);
  }

  unknown(): never {
    throw new Error(`not understood from "${this.words.join(' ')}" on: ${this.line}`);
  }
}
