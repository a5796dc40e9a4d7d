/**
 * Every diagnostic that reading a configuration can give: what it means and how to
 * mend it. A code is stable; scripts may rely on it. docs/errors.md is made from this.
 */
export type Severity = 'error' | 'warning' | 'note';

interface CodeRow {
  readonly severity: Severity;
  readonly meaning: string;
  readonly mending: string;
}

function error(meaning: string, mending: string): CodeRow {
  return { severity: 'error', meaning, mending };
}

function warning(meaning: string, mending: string): CodeRow {
  return { severity: 'warning', meaning, mending };
}

function note(meaning: string, mending: string): CodeRow {
  return { severity: 'note', meaning, mending };
}

export const diagnosticCodes = {
  // Files and lines
  'file-unreadable': error(
    'The configuration, or a file that it has to include, cannot be read.',
    'Check the path and its permissions.',
  ),
  'include-missing': error(
    'An include that must find a file finds none.',
    'Create the file, mend the pattern, or use plain `include`.',
  ),
  'include-skipped': warning(
    'A plain `include` names a file that is not there or cannot be read. keepalived skips it in ' +
      'silence; so does Baton where a pattern finds nothing.',
    'Mend the name. With `includea` this is an error.',
  ),
  'limit-reached': error(
    'The text goes beyond a limit: of its length, of nesting, or of what expands into what.',
    'Look for a file that includes itself or a definition that uses itself.',
  ),
  'nul-in-line': error(
    'A line holds a NUL octet. It is dropped.',
    'Save the file as plain text (UTF-8).',
  ),
  'unterminated-quote': error(
    'A quote is opened and not closed on its line.',
    'Add the closing quote.',
  ),
  'unknown-definition': warning(
    'A `$NAME` has no definition above it. The text is left as it is.',
    'Define it with `$NAME=value` above its first use, or mend its name.',
  ),
  'bad-repetition': error(
    'A `~SEQ` or `~LST` cannot be understood. Its line is dropped.',
    'Write `~SEQ(var, start, step, end) text` or `~LST(var, a, b) text`.',
  ),
  'full-width-character': error(
    'Characters of full width (such as those of Chinese text) stand where the language wants ' +
      'its own. They look like brackets, digits or punctuation, and are not.',
    'Type the half-width character; put notes behind a `#`.',
  ),

  // Structure
  'missing-closing-brace': error(
    'A block is opened and not closed.',
    'Add `}` where the block ends.',
  ),
  'surplus-closing-brace': error(
    'A `}` closes nothing.',
    'Remove it, or look for a block above that was closed too early.',
  ),
  'missing-opening-brace': error('A block is not opened.', 'Add `{` after its head.'),
  'unexpected-block': error(
    'A `{` stands behind something that has no block.',
    'Remove the block, or mend the keyword before it.',
  ),
  'unknown-keyword': error(
    'There is no such keyword here. The line is ignored. If it opens a block, keepalived takes ' +
      "the block's end for that of the block around it, and loses what follows in there.",
    'Mend the spelling, or move the line to the block where it belongs.',
  ),
  'deprecated-keyword': warning(
    'The keyword is an old spelling, still taken.',
    'Use the keyword that is named.',
  ),
  'missing-argument': error(
    'A keyword lacks an argument that it must have. keepalived does not start; leniently, the ' +
      'line is ignored.',
    'Add the argument.',
  ),
  'surplus-argument': warning(
    'More stands on the line than the keyword takes. The rest is ignored.',
    'Remove it; put notes behind a `#`.',
  ),
  'invalid-value': error(
    'A value is not of the kind that the keyword takes. It is ignored.',
    'Write a value of that kind.',
  ),
  'value-out-of-range': error(
    'A number is outside of what the keyword allows. It is ignored.',
    'Choose a number within the range that is named.',
  ),
  'value-adjusted': warning(
    'A value cannot be used as it is and is changed, as keepalived changes it.',
    'Write the value that is used.',
  ),
  'not-acted-on': note(
    'A keyword of keepalived that Baton knows and does not act on yet.',
    'Nothing needs to be done, unless you rely on it.',
  ),
  'not-acted-on-unsafe': warning(
    'A keyword of keepalived that Baton knows and does not act on yet, although who holds the ' +
      'address depends on it.',
    'Keep keepalived on this host until Baton acts on it, or do without.',
  ),
  'without-effect': note(
    'A keyword of keepalived that has no effect in Baton, for the reason that is given.',
    'Nothing needs to be done.',
  ),
  'keepalived-differs': warning(
    'Baton does what the word says. keepalived does otherwise.',
    'Write it in the way that is named, so that both read the file alike.',
  ),

  // Meaning
  'missing-keyword': error(
    'A block lacks a line that it must have. The block is left out.',
    'Add the line.',
  ),
  'duplicate-name': error(
    'Two blocks of one kind have the same name. The second is left out.',
    'Give each its own name.',
  ),
  'duplicate-router': error(
    'Two instances of one family have the same virtual_router_id on the same interface, and ' +
      'travel alike. keepalived does not start; leniently, the second is left out.',
    'Give each virtual router on an interface its own virtual_router_id.',
  ),
  'duplicate-address': warning(
    'An instance names an address twice on the same interface. The second is left out.',
    'Remove one of the two.',
  ),
  'unknown-reference': error(
    'Something is named that is not defined. The reference is left out.',
    'Define it, or mend the name.',
  ),
  'defined-later': warning(
    'Something is used above its definition. Baton takes it; keepalived does not.',
    'Move the definition up, so that both read the file alike.',
  ),
  'keepalived-refuses': warning(
    'A line that keepalived leaves out although its meaning is plain. Baton acts on it.',
    'Write it in the way that is named, so that both read the file alike.',
  ),
  'unused-script': warning(
    'No instance tracks the script, file or process. It is not looked at.',
    'Name it in a block `track_script`, `track_file` or `track_process`, or remove it.',
  ),
  'tracker-altered': warning(
    'What is tracked with a weight counts differently for the owner of the addresses, whose ' +
      'priority never changes, and for members of a sync group, which have to move together.',
    'Track it without a weight, or set `sync_group_tracking_weight` in the group.',
  ),
  'group-of-one': warning(
    'A sync group has one instance alone: there is nothing to hold together.',
    'Add the other instances, or remove the group.',
  ),
  'group-member-taken': error(
    'An instance is named by two sync groups. It belongs to the first.',
    'Name it in one of them.',
  ),
  'group-mixes-owners': warning(
    'A sync group has owners of their addresses (priority 255) and others. The owners are ' +
      'Master at once, and the others cannot follow.',
    'Give all of its instances priority 255, or none.',
  ),
  'owner-by-default': warning(
    '`state MASTER` without `priority` makes the priority 255: this host counts as the owner of ' +
      'the addresses, no check can lower it, and two such hosts are two masters.',
    'Set `priority`, higher here than on the other host, below 255.',
  ),
  'nopreempt-ignored': warning(
    '`nopreempt` has no effect with `state MASTER` or priority 255.',
    'Write `state BACKUP` on both hosts; the priority decides who begins.',
  ),
  'option-ignored': warning(
    'An option has no effect beside another one, or without it, as in keepalived.',
    'Remove it, or what it conflicts with; or add what it needs.',
  ),
  'strict-violation': error(
    'Strict mode forbids it. keepalived does not start, or leaves it out.',
    'Remove it, or `strict_mode` (`vrrp_strict`).',
  ),
  'link-local-first': warning(
    'The first address of an IPv6 instance is not a link-local one, as RFC 9568 section 5.2.9 ' +
      'wants it. The instance works; a strict peer may complain.',
    'Put an address of fe80::/10 first, on all hosts.',
  ),
  'addresses-moved': warning(
    'More addresses than an advert can hold: 255, or what a packet of 1500 octets has room for. ' +
      'The rest is held, and not told of in adverts.',
    'Move them to `virtual_ipaddress_excluded`, on all hosts alike.',
  ),
  'authentication-incomplete': error(
    'Authentication has a type and no password. It is left out.',
    'Add `auth_pass`.',
  ),
  'password-unused': warning(
    'A password without `auth_type` is not used: nothing is authenticated.',
    'Add `auth_type PASS`, on all hosts, or remove the password.',
  ),
  'password-truncated': warning(
    'Only the first 8 octets of a password are used (RFC 2338 section 5.3.6).',
    'Shorten it, on both hosts.',
  ),
  'no-virtual-address': error(
    'An instance has no virtual address: there is nothing to hold.',
    'Add a `virtual_ipaddress` block.',
  ),
  'mail-incomplete': warning(
    'Mail is asked for, and there is no `smtp_server` or no recipient: none is sent.',
    'Set `smtp_server` and `notification_email` in `global_defs`.',
  ),
  'mail-never-sent': warning(
    'Mail is set up, and nothing asks for it: none is sent. `smtp_alert` is off by default.',
    'Add `smtp_alert` to `global_defs` or to the instance.',
  ),
  'guard-off': warning(
    'With `lease_guard off` only the lifetime of the addresses ends what a dead or frozen master answers.',
    'Leave `lease_guard` out, where the kernel has nftables.',
  ),
  'too-many-diagnostics': note(
    'There is more to say; the rest is left out.',
    'Mend what is named first.',
  ),
} as const satisfies Readonly<Record<string, CodeRow>>;

export type DiagnosticCode = keyof typeof diagnosticCodes;

/** The codes as rows of a Markdown table: code, severity, meaning, mending. */
export function describeDiagnosticCodes(): string {
  const head = '| code | severity | what it means | how to mend it |\n| --- | --- | --- | --- |\n';
  const rows = Object.entries<CodeRow>(diagnosticCodes).map(
    ([code, { severity, meaning, mending }]) =>
      `| \`${code}\` | ${severity} | ${meaning} | ${mending} |\n`,
  );
  return head + rows.join('');
}
