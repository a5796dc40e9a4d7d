import { describe, expect, it } from 'vitest';
import { DiagnosticCollector, formatDiagnostic, type Span } from './diagnostic.ts';

const at = (file: string, line: number, column = 1, length = 1): Span => ({
  file,
  line,
  column,
  length,
});

function format(text: string, span: Span | null, hint: string | null = null): string {
  const collector = new DiagnosticCollector();
  collector.report({ code: 'unknown-keyword', span, message: 'it is wrong', hint });
  const files = new Map([['/a.conf', [text]]]);
  return collector
    .inOrder(files)
    .map((diagnostic) => formatDiagnostic(diagnostic, files))
    .join('\n');
}

describe('a diagnostic', () => {
  it('shows the line and a caret below what it is about', () => {
    expect(format('\tstaet MASTER', at('/a.conf', 1, 2, 5), 'did you mean "state"?')).toBe(
      [
        '/a.conf:1:2: error: it is wrong [unknown-keyword]',
        '\tstaet MASTER',
        '\t^~~~~',
        'hint: did you mean "state"?',
      ].join('\n'),
    );
  });

  it('counts wide characters as wide', () => {
    const [, , caret] = format('漢字 （x）', at('/a.conf', 1, 4, 3)).split('\n');
    expect(caret).toBe('     ^~~~~');
  });

  it('has a place or none', () => {
    const head = 'error: it is wrong [unknown-keyword]';
    expect(format('', null)).toBe(head);
    expect(format('', at('/b.conf', 9, 3))).toBe(`/b.conf:9:3: ${head}`);
  });

  it('shows a part of a line that is long', () => {
    const [, shown = '', caret = ''] = format(
      `${' '.repeat(5_000)}x y`,
      at('/a.conf', 1, 5_003),
    ).split('\n');
    expect(shown.length).toBeLessThanOrEqual(160);
    expect(shown.charAt(caret.indexOf('^'))).toBe('y');
  });

  it.each([
    ['auth_pass secret more', 'auth_pass ****** ****'],
    ['  authentication { auth_pass "a b" }', '  authentication { auth_pass ** ** *'],
    ['password secret', 'password ******'],
    ['auth_passs secret', 'auth_passs ******'],
    ['key 1 hex:0011', 'key 1 ********'],
    ['kye 1 hex:0011', 'kye 1 ********'],
    ['key one hex:0011', 'key one ********'],
    ['key hex:0011 more', 'key ******** ****'],
    ['key "a b c"', 'key ** * **'],
    ['keyword 1', 'keyword 1'],
  ])('tells no secret: %s', (text, expected) => {
    expect(format(text, at('/a.conf', 1)).split('\n')[1]).toBe(expected);
  });
});

describe('diagnostics', () => {
  it('come in the order of the text, and those without a place at the end', () => {
    const collector = new DiagnosticCollector();
    const spans = [null, at('/b', 1), at('/a', 2, 5), at('/a', 2, 1), at('/a', 1, 9)];
    for (const span of spans) collector.report({ code: 'limit-reached', span, message: 'x' });
    const files = new Map([
      ['/a', []],
      ['/b', []],
    ]);
    expect(collector.inOrder(files).map(({ span }) => span)).toEqual(spans.toReversed());
  });

  it('are told once, and not without end', () => {
    const collector = new DiagnosticCollector();
    for (let line = 1; line <= 2_000; line += 1) {
      const finding = { code: 'unknown-keyword', span: at('/a', line), message: 'x' } as const;
      collector.report(finding);
      collector.report(finding);
    }
    const found = collector.inOrder(new Map());
    expect(found).toHaveLength(501);
    expect(found.at(-1)?.code).toBe('too-many-diagnostics');
  });
});
