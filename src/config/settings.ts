/** Reading a checked block: the last line of a keyword counts, as it does for keepalived. */
import { assert } from '../base/assert.ts';
import { seconds, type Duration } from '../base/units.ts';
import { emptyBlock, type CheckedBlock, type CheckedStatement } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import type { Statement } from './tree.ts';

export class Settings {
  private readonly block: CheckedBlock;

  constructor(block: CheckedBlock) {
    this.block = block;
  }

  /** Those of a statement's block, which is empty where it has none. */
  static of({ block }: CheckedStatement): Settings {
    return new Settings(block ?? emptyBlock);
  }

  /** Whether the keyword stands there, even if it does not count. */
  mentions(name: string): boolean {
    return this.has(name) || this.ignores(name) || this.loses(name);
  }

  /** Whether the keyword stands where keepalived does not come to see it. */
  loses(name: string): boolean {
    return this.block.lost.has(name);
  }

  /** Whether the keyword stands there with arguments that cannot be used. */
  ignores(name: string): boolean {
    return this.block.ignored.has(name);
  }

  last(name: string): CheckedStatement | null {
    return this.all(name).at(-1) ?? null;
  }

  all(name: string): readonly CheckedStatement[] {
    return this.block.statements.filter(({ keyword }) => keyword.name === name);
  }

  /** What all blocks of that name hold together. */
  inner(name: string): Settings {
    const blocks = this.all(name).flatMap(({ block }) => (block === null ? [] : [block]));
    return new Settings({
      statements: blocks.flatMap(({ statements }) => statements),
      entries: [],
      ignored: new Set(blocks.flatMap(({ ignored }) => [...ignored])),
      lost: new Set(blocks.flatMap(({ lost }) => [...lost])),
    });
  }

  /** Whether the one statement is there and stands below the other. */
  isBelow(one: CheckedStatement | null, other: CheckedStatement): boolean {
    if (one === null) return false;
    return this.block.statements.indexOf(one) > this.block.statements.indexOf(other);
  }

  number(name: string): number | null {
    const value = this.last(name)?.values[0] ?? null;
    assert(value === null || typeof value === 'number', `${name} takes a number`);
    return value;
  }

  text(name: string): string | null {
    const value = this.last(name)?.values[0] ?? null;
    assert(value === null || typeof value === 'string', `${name} takes a text`);
    return value;
  }

  /** A number of seconds. */
  duration(name: string): Duration | null {
    const value = this.number(name);
    return value === null ? null : seconds(value);
  }

  /** A switch without an argument is on; null where it does not stand there. */
  switch(name: string): boolean | null {
    const statement = this.last(name);
    return statement === null ? null : statement.values[0] !== false;
  }

  /** The words behind the keyword, where it stands last. */
  words(name: string): readonly string[] {
    return this.last(name)?.values.map(String) ?? [];
  }

  has(name: string): boolean {
    return this.last(name) !== null;
  }

  /** The lines of every block of that name. */
  entries(name: string): readonly Statement[] {
    return this.all(name).flatMap(({ block }) => block?.entries ?? []);
  }
}

/** A number of which 0 means 1; null where it is not set. */
export function atLeastOne(
  settings: Settings,
  name: string,
  collector: DiagnosticCollector,
): number | null {
  const value = settings.number(name);
  if (value !== 0) return value;
  const span = settings.last(name)?.arguments[0]?.span ?? null;
  collector.report({ code: 'value-adjusted', span, message: `${name} 0 counts as 1` });
  return 1;
}
