import { conflictName, conflictTable } from '../model/conflict.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { JournalLine } from '../ports/journal.ts';
import { differencesText } from './side-message-text.ts';
import { printable } from './terminal.ts';
import { localTime } from './time-text.ts';

/** One event as a person reads it, on one line: local time, then what happened. */
export function eventText(line: JournalLine): string {
  return `${localTime(line.timeMs)}  ${printable(entryText(line.entry))}\n`;
}

/** What happened, on one line. */
export function entryText(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'transition':
      return (
        `${entry.instance} ${entry.from} -> ${entry.to}: ` +
        `${entry.reason} (priority ${String(entry.priority)})`
      );
    case 'priority':
      return `${entry.instance} priority ${String(entry.from)} -> ${String(entry.to)}`;
    case 'address-restored':
      return `${entry.instance} ${entry.address} put back on ${entry.interface}: something removed it`;
    case 'restored':
      return `${entry.instance ?? 'static'} ${entry.what} ${entry.subject} put back: something removed it`;
    case 'group':
      return `group ${entry.group} ${entry.from} -> ${entry.to}`;
    case 'file':
      return `file ${entry.file} is ${String(entry.value)}`;
    case 'process':
      return `process ${entry.process} is ${entry.up ? 'up' : 'down'}${detailText(entry.detail)}`;
    case 'script':
      return `script ${entry.script} is ${entry.up ? 'up' : 'down'}${detailText(entry.detail)}`;
    case 'service':
      return `service ${entry.service} is ${entry.state}${detailText(entry.detail)}`;
    case 'link':
      return `interface ${entry.interface} is ${entry.state}`;
    case 'duplicate':
      return `${entry.address} on ${entry.interface} is a duplicate: another host has it`;
    case 'conflict':
      return conflictText(entry);
    case 'command':
      return `operator's command: ${entry.command} ${entry.instance ?? ''}`.trimEnd();
    case 'config':
      return `configuration${detailText(entry.detail)}`;
    case 'side-peer':
      return `Baton on ${entry.peer} is ${entry.alive ? 'heard' : 'silent'} on the side channel`;
    case 'differences':
      return entry.differences.length === 0
        ? `${entry.instance} agrees with ${entry.peer} again`
        : `${entry.instance} differs from ${entry.peer}: ${differencesText(entry.differences)}`;
    case 'hand-over':
      return `${entry.instance} ${handOverText(entry)}${detailText(entry.detail)}`;
  }
}

function handOverText({ peer, outcome }: Extract<JournalEntry, { kind: 'hand-over' }>): string {
  return outcome === 'taken' ? `handed over to ${peer}` : `not taken over by ${peer}`;
}

function conflictText(entry: Extract<JournalEntry, { readonly kind: 'conflict' }>): string {
  const { instance, state, cause, whileMaster } = entry;
  const what = `${instance} ${conflictName(cause, { whileMaster })}, with ${entry.with}`;
  if (state === 'ended') return `${what}: ended (${cause})`;
  return `${what}: ${conflictTable[cause].meaning} (${cause})`;
}

function detailText(detail: string): string {
  return detail === '' ? '' : `: ${detail}`;
}
