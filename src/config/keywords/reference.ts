/** Renders the keyword tables as the reference page (docs/reference.md). */
import { describeRange } from './argument-type.ts';
import type { BlockDefinition, Keyword, Parameter, Support } from './keyword.ts';
import { allBlocks } from './root.ts';

const supportWords: Readonly<Record<Support, string>> = {
  acted: 'yes',
  later: 'not yet',
  unsafe: '**not yet**',
  meaningless: 'no',
};

const preamble = `# Reference

<!-- Made by \`npm run docs\` from the tables in src/config/keywords. -->

Every keyword of every block of keepalived.conf, and of Baton's own block \`service\`.

The last column says whether Baton acts on it. "not yet" gives a note when the configuration is
read; "**not yet**" a warning, since who holds an address depends on it. "no" says why there is
nothing to act on; the keyword is taken, with a note. How the text itself is
read (comments, quotes, definitions, includes) is as in keepalived.

- **B** is a switch: \`on\`, \`true\`, \`yes\` or \`off\`, \`false\`, \`no\`; on without an argument.
- **COMMAND** is a program with its arguments. It stands in double quotes if there are any, is
  taken apart with a shell's quoting, and is never run by a shell. \`"</path"\` asks whether that
  file can be read; it is run as \`test -r /path\`.
- **USER [[:]GROUP]** is who runs a command.
- SECONDS may be decimal where the range says so.

## For Baton alone

A line that begins with \`@ID\` counts only where the configuration id (the flag \`-i\`, else the
host name up to its first dot) is ID. The id \`baton\` is always Baton's own, whatever the flag
says. So one file serves both daemons: keepalived drops this line without a word, and Baton takes
it.

    @baton include /etc/keepalived/service.conf

It is the recommended way to add a \`service\` block. In the file itself the block works too:
keepalived logs each of its lines as unknown, and works on; its test (\`keepalived -t\`) fails.

`;

/** The page as Markdown, before prettier has laid out its tables. */
export function renderReference(): string {
  return preamble + allBlocks().map(renderBlock).join('\n');
}

/** Keywords and words of entries that Baton does not act on yet; the number is to fall. */
export function keywordsNotActedOn(
  blocks: readonly BlockDefinition[] = allBlocks(),
): readonly Keyword[] {
  return blocks.flatMap(({ keywords }) => {
    return keywords.filter(({ support }) => support === 'later' || support === 'unsafe');
  });
}

function renderBlock({ title, kind, keywords, entry }: BlockDefinition): string {
  const heading = `## ${title.startsWith('the ') ? 'Outermost level' : `\`${title}\``}\n\n`;
  const shape = kind === 'entries' ? `One entry a line: \`${entry ?? ''}\`\n\n` : '';
  if (keywords.length === 0) return heading + shape;
  const column = kind === 'entries' ? 'word' : 'keyword';
  return `${heading}${shape}| ${column} | range | default | meaning | Baton acts on it |
| --- | --- | --- | --- | --- |
${keywords.map(renderKeyword).join('')}`;
}

function renderKeyword(keyword: Keyword): string {
  const cells = [
    usage(keyword),
    keyword.parameters.flatMap(range).join('; '),
    keyword.defaultValue ?? '',
    keyword.meaning + otherSpellings(keyword),
    keyword.reason === null ? supportWords[keyword.support] : `no: ${keyword.reason}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function usage({ name, parameters, block }: Keyword): string {
  const words = [name, ...parameters.map(argument), ...(block === null ? [] : ['{'])];
  return `\`${words.join(' ')}${block === null ? '' : ' … }'}\``;
}

function argument({ label, presence }: Parameter): string {
  switch (presence) {
    case 'required':
      return label;
    case 'optional':
      return `[${label}]`;
    case 'repeated':
      return `[${label} ...]`;
  }
}

/** Switches are explained once, at the top. */
function range({ type }: Parameter): readonly string[] {
  const described = type.type === 'boolean' ? null : describeRange(type);
  const decimal = type.type === 'decimal' ? ', decimal' : '';
  return described === null ? [] : [described + decimal];
}

function otherSpellings({ aliases, deprecated }: Keyword): string {
  const also = aliases.map((name) => `\`${name}\``);
  const old = deprecated.map((name) => `\`${name}\` (old)`);
  const all = [...also, ...old];
  return all.length === 0 ? '' : `; also ${all.join(', ')}`;
}
