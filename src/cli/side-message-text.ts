/** Messages of the side channel as one line that a person can read. */
import { toSeconds, type Duration } from '../base/units.ts';
import type { RouterReport, SideBody, SideMessage, Take } from '../model/side-channel.ts';
import type { Difference } from '../model/snapshot.ts';

/** Sessions by their last two digits: they are random, and few. */
export function sideMessageText({ sender, receiver, counter, body }: SideMessage): string {
  const ends = `${sender.slice(-2)} to ${receiver?.slice(-2) ?? 'unknown'}`;
  return `(${ends}, ${String(counter)}) ${bodyText(body)}`;
}

export function differencesText(differences: readonly Difference[]): string {
  const texts = differences.map(({ field, ours, theirs }) => {
    return `${field} (here: ${ours}; there: ${theirs})`;
  });
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}

function bodyText(body: SideBody): string {
  switch (body.type) {
    case 'hello':
      return `hello ${body.reports.map(reportText).join('; ') || 'of no router'}`;
    case 'take':
      return takeText(body);
    case 'taken':
      return `taken ${String(body.handOver)}`;
    case 'declined':
      return `declined ${String(body.handOver)}: ${body.reason}`;
  }
}

function takeText({ handOver, before, instances }: Take): string {
  const until = String(toSeconds((before - 0) as Duration));
  return `take ${String(handOver)} before ${until} there: ${instances.join(' ')}`;
}

function reportText({ name, state, priority, source }: RouterReport): string {
  return `${name} ${state} priority ${String(priority)} from ${source ?? 'nowhere'}`;
}
