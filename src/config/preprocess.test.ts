import { describe, expect, it } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { loadOptions, mainFile, memoryFiles } from '../../test/config/memory-files.ts';
import { DiagnosticCollector } from './diagnostic.ts';
import { preprocess } from './preprocess.ts';

function run(
  text: string | null,
  others: Readonly<Record<string, string | null>> = {},
  given: Partial<typeof loadOptions> = {},
) {
  const collector = new DiagnosticCollector();
  const files = { ...(text === null ? {} : { [mainFile]: text }), ...others };
  const options = { ...loadOptions, ...given, random: seededRandom(1) };
  const result = preprocess(memoryFiles(files), options, collector);
  const diagnostics = collector.inOrder(result.files);
  return {
    lines: result.lines.map((line) => line.text),
    codes: diagnostics.map(({ code }) => code),
    messages: diagnostics.map(({ message }) => message),
  };
}

describe('conditional lines', () => {
  it('count for their configuration id, or for every other', () => {
    const text =
      '@host-a one\n@host-b two\n@^host-a three\n@^host-b four\n  @host-a  five\n@host-a\n';
    expect(run(text).lines).toEqual(['one', 'four', 'five']);
  });

  it('count always for the id baton', () => {
    expect(run('@baton one\n@^baton two').lines).toEqual(['one']);
    expect(run('@baton @host-b two').lines).toEqual([]);
  });

  it('are looked at again after an expansion', () => {
    expect(run('$WHO=@host-a one\n$OTHER=@host-b two\n${WHO}\n${OTHER}').lines).toEqual(['one']);
  });
});

describe('definitions', () => {
  it('are expanded where they are used, with what holds there', () => {
    expect(run('$A=$B\n$B=one\n$A\n$B=two\n$A').lines).toEqual(['one', 'two']);
  });

  it('may have several lines, blocks among them', () => {
    const whole = '$A= \\\n  track { \\\n    x \\\n  }\nuse $A\nlast';
    expect(run(whole).lines).toEqual(['use track {', 'x', '}', 'last']);
  });

  it('of several lines may depend on the host', () => {
    const text = '@host-a $A= \\\n one\n@host-b $A= \\\n two\n@^host-b @baton $B=x \\\n y\n$A\n$B';
    expect(run(text).lines).toEqual(['one', 'x', 'y']);
  });

  it('end where a comment takes the backslash along', () => {
    expect(run('$A= \\\n one # two \\\nthree\n$A').lines).toEqual(['three', 'one']);
  });

  it('that are never ended count', () => {
    expect(run('$A=one \\\n two \\').lines).toEqual([]);
    expect(run('$A=one').codes).toEqual([]);
  });

  it('that use themselves come to an end', () => {
    const { lines, codes } = run('$A=x $A\n$A\n$B=$C $C\n$C=$B $B\n$B\nlast');
    expect(lines).toEqual(['last']);
    expect(codes).toEqual(['limit-reached', 'limit-reached']);
  });

  it('of lines that multiply come to an end', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => {
      return `$A${index + 1}= \\\n $A${index} \\\n $A${index}\n`;
    });
    const { codes } = run(`$A0=x\n${doubling.join('')}$A40\n`);
    expect(codes).toEqual(['limit-reached']);
  });
});

describe('repetitions', () => {
  it('run through their values, the outer one first', () => {
    expect(run('~SEQ(A, 2) ~LST(B, x, y) $A $B').lines).toEqual(['1 x', '1 y', '2 x', '2 y']);
  });

  it('do not outlive their line', () => {
    expect(run('~SEQ(N, 2) $A=v$N\n$A')).toMatchObject({
      lines: ['v$N'],
      codes: ['unknown-definition'],
    });
  });

  it('inside each other come to an end', () => {
    expect(run('~SEQ(A, 9999) ~SEQ(B, 9999) $A $B').codes).toEqual(['limit-reached']);
  });
});

describe('includes', () => {
  const folder = '/etc/keepalived';

  it('put the lines of other files in their place', () => {
    const others = { [`${folder}/a.conf`]: 'a1\na2 ${_PWD}', [`${folder}/b.conf`]: 'b' };
    expect(run('include "[b].conf"', others).lines).toEqual(['b']);
    expect(run('one\ninclude *.conf\ntwo', { '/x.conf': 'x' }).codes).toEqual(['limit-reached']);
    expect(run('one\ninclude ?.conf\ntwo', others).lines).toEqual([
      'one',
      'a1',
      `a2 ${folder}`,
      'b',
      'two',
    ]);
    expect(run('include {b,a}.conf', others).lines).toEqual(['b', 'a1', `a2 ${folder}`]);
  });

  it('are relative to the file that they stand in', () => {
    const others = { '/etc/other/a.conf': 'include b.conf', '/etc/other/b.conf': 'b' };
    expect(run('include /etc/other/a.conf', others).lines).toEqual(['b']);
  });

  it.each([
    ['include none', ['include-skipped']],
    ['include none*', []],
    ['include secret', ['include-skipped']],
    ['includer none', ['include-skipped']],
    ['includer secret', ['file-unreadable']],
    ['includem none', ['include-missing']],
    ['includem none*', []],
    ['includew none*', ['include-missing']],
    ['include {good,none}', []],
    ['includew {good,none}', []],
    ['includeb {good,none}', ['include-missing']],
    ['includea {good,none*}', ['include-missing']],
    ['include', ['missing-argument']],
    ['include_check\ninclude none*', ['include-missing']],
    ['include_check match\ninclude none*', []],
    ['include_check match\ninclude none', ['include-missing']],
    ['include_check -mach', ['invalid-value']],
    ['include check\ninclude none*', []],
  ])('find what they have to: %j', (text, codes) => {
    const others = {
      [`${folder}/good`]: '',
      [`${folder}/secret`]: null,
      [`${folder}/check`]: 'include_check',
    };
    expect(run(text, others).codes).toEqual(codes);
  });

  it('all have to find something where that is asked for', () => {
    expect(run('include none*', {}, { everyIncludeRequired: true }).codes).toEqual([
      'include-missing',
    ]);
  });

  it('of themselves are refused', () => {
    expect(run(`one\ninclude ${mainFile}\ntwo`)).toMatchObject({
      lines: ['one', 'two'],
      messages: [`${mainFile} includes itself`],
    });
    const chain = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`/chain/${index}`, `include ${index + 1}`]),
    );
    expect(run('include /chain/0', chain).codes).toEqual(['limit-reached']);
  });
});

describe('the main file', () => {
  it('has to be there', () => {
    expect(run(null).messages).toEqual([`cannot read ${mainFile}: no such file`]);
    expect(run(null, {}, { path: '/none/*.conf' }).messages).toEqual([
      'no file matches /none/*.conf',
    ]);
  });

  it('may be several', () => {
    const others = { '/several/b.conf': 'b', '/several/a.conf': 'a' };
    expect(run(null, others, { path: '/several/*.conf' }).lines).toEqual(['a', 'b']);
  });
});

describe('a line', () => {
  it('may end as on other systems', () => {
    expect(run('one\r\ntwo\r\n').lines).toEqual(['one', 'two']);
  });

  it('has at most 1024 octets, after expansion too', () => {
    expect(run('a'.repeat(1_024)).codes).toEqual([]);
    expect(run('a'.repeat(1_025)).codes).toEqual(['limit-reached']);
    expect(run('é'.repeat(512)).codes).toEqual([]);
    expect(run('é'.repeat(513)).codes).toEqual(['limit-reached']);
    expect(run(`a # ${'b'.repeat(2_000)}`).lines).toEqual(['a']);
    expect(run(`$A=${'a'.repeat(600)}\n\${A}\${A}`).codes).toEqual(['limit-reached']);
    expect(run('#'.repeat(70_000)).codes).toEqual(['limit-reached']);
  });

  it('holds no NUL', () => {
    expect(run('one\0two\nthree')).toMatchObject({ lines: ['three'], codes: ['nul-in-line'] });
  });
});
