/** Single lines of routes and rules, read as the configuration reads them. */
import { buildRoute } from '../../src/config/build-route.ts';
import { buildRule } from '../../src/config/build-rule.ts';
import { DiagnosticCollector } from '../../src/config/diagnostic.ts';
import { RulePriorities, type RoutingContext } from '../../src/config/routing-context.ts';
import { builtInRoutingNames } from '../../src/config/routing-names.ts';
import type { Statement } from '../../src/config/tree.ts';
import type { Word } from '../../src/config/words.ts';
import type { Route, Rule } from '../../src/model/route.ts';

export interface ReadLine<Value> {
  readonly value: Value | null;
  /** What was said about it: "code: message", with the hint behind it. */
  readonly said: readonly string[];
}

export function readRoute(line: string, more: Partial<RoutingContext> = {}): ReadLine<Route> {
  return read(line, more, buildRoute);
}

export function readRule(line: string, more: Partial<RoutingContext> = {}): ReadLine<Rule> {
  return read(line, more, buildRule);
}

/** A line that must be a route. */
export function routeOf(line: string): Route {
  const { value, said } = readRoute(line);
  if (value === null) throw new Error(said.join('\n'));
  return value;
}

/** A line that must be a rule. */
export function ruleOf(line: string): Rule {
  const { value, said } = readRule(line);
  if (value === null) throw new Error(said.join('\n'));
  return value;
}

function read<Value>(
  line: string,
  more: Partial<RoutingContext>,
  build: (entry: Statement, context: RoutingContext) => Value | null,
): ReadLine<Value> {
  const collector = new DiagnosticCollector();
  const context: RoutingContext = {
    names: builtInRoutingNames,
    collector,
    fixed: false,
    rulePriorities: new RulePriorities(),
    ...more,
  };
  const [first, ...rest] = [...line.matchAll(/\S+/g)].map(wordOf);
  if (first === undefined) throw new Error('a line has words');
  const value = build({ words: [first, ...rest], block: null, lost: false }, context);
  const said = collector.inOrder(new Map()).map(({ code, message, hint }) => {
    return `${code}: ${message}${hint === null ? '' : ` (${hint})`}`;
  });
  return { value, said };
}

function wordOf({ 0: text, index }: RegExpMatchArray): Word {
  const span = { file: 'test', line: 1, column: (index ?? 0) + 1, length: text.length };
  return { text, span };
}
