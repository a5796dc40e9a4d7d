import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiagnosticCollector } from './diagnostic.ts';
import { root } from './keywords/root.ts';
import { sourceLine } from './source-line.ts';
import { buildTree, type Statement } from './tree.ts';
import { splitLine } from './words.ts';

/** The tree as text: a block in brackets, what keepalived loses with a dash before it. */
function outline(text: string) {
  const collector = new DiagnosticCollector();
  const lines = text.split('\n').map((line, index) => sourceLine('/a.conf', index + 1, line));
  const phrases = lines.flatMap((line) => splitLine(line, collector));
  const statements = buildTree(phrases, root, collector);
  const found = collector.inOrder(new Map());
  return {
    tree: statements.map(outlineOf),
    found: found.map(({ code, span }) => [code, span?.line]),
  };
}

function outlineOf({ words, block, lost }: Statement): string {
  const inner = block === null ? '' : ` [${block.statements.map(outlineOf).join(', ')}]`;
  return (lost ? '-' : '') + words.map((word) => word.text).join(' ') + inner;
}

describe('the tree', () => {
  it('holds blocks in blocks, however they are laid out', () => {
    expect(
      outline('vrrp_instance A {\n  authentication\n  { auth_type PASS }\n}\nuse_pid_dir'),
    ).toEqual({
      tree: ['vrrp_instance A [authentication [auth_type PASS]]', 'use_pid_dir'],
      found: [],
    });
  });

  it('takes what follows for the block of a keyword that must have one', () => {
    expect(outline('vrrp_instance A\n  priority 1\n}\nuse_pid_dir')).toEqual({
      tree: ['vrrp_instance A [priority 1]', 'use_pid_dir'],
      found: [['missing-opening-brace', 1]],
    });
  });

  it('ends a block before what can only stand outside', () => {
    expect(outline('vrrp_script A {\n  rise 1\nvrrp_instance B {\n  priority 1\n}')).toEqual({
      tree: ['vrrp_script A [rise 1]', '-vrrp_instance B [-priority 1]'],
      found: [['missing-closing-brace', 1]],
    });
  });

  it('ends a list before a keyword of the block around it', () => {
    expect(outline('vrrp_instance A {\n  track_script {\n    a\n  priority 1\n}')).toEqual({
      tree: ['vrrp_instance A [track_script [a], -priority 1]'],
      found: [['missing-closing-brace', 2]],
    });
  });

  it('names each block that is never closed', () => {
    expect(outline('vrrp_instance A {\n  authentication {\n')).toEqual({
      tree: ['vrrp_instance A [authentication []]'],
      found: [
        ['missing-closing-brace', 1],
        ['missing-closing-brace', 2],
      ],
    });
  });

  it('knows what an unknown block loses: the rest of the blocks around it', () => {
    expect(
      outline(
        'vrrp_instance A {\n authentication {\n x {\n y\n }\n auth_type PASS\n }\n priority 1\n}\nB',
      ),
    ).toMatchObject({
      tree: ['vrrp_instance A [authentication [x [y], -auth_type PASS], -priority 1]', 'B'],
    });
    expect(outline('x {\n}\nuse_pid_dir').tree).toEqual(['x []', 'use_pid_dir']);
  });

  it('goes on after braces without meaning', () => {
    expect(outline('}\n{\nx\n}\nuse_pid_dir {\n} {\n}')).toEqual({
      tree: ['use_pid_dir []'],
      found: [
        ['surplus-closing-brace', 1],
        ['unexpected-block', 2],
        ['unexpected-block', 6],
      ],
    });
  });

  it('comes of any words and braces', () => {
    const word = fc.constantFrom('{', '}', 'vrrp_instance', 'track_script', 'priority', 'x', '\n');
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(outline(words.join(' ')).tree.length).toBeLessThanOrEqual(words.length);
      }),
    );
  });
});
