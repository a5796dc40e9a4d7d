/** Why a virtual router changed its state, as a sentence. */
import type { Cause, MasterSilent, Outranked } from '../model/cause.ts';
import type { JournalEntry } from '../model/journal.ts';
import { exactSeconds } from './time-text.ts';

export type Transition = Extract<JournalEntry, { readonly kind: 'transition' }>;

/** What goes before "at 12:00:03.512": "became Master". */
export function moveWords({ from, to }: Transition): string {
  switch (to) {
    case 'Master':
      return 'became Master';
    case 'Backup':
      if (from === 'Master') return 'left Master for Backup';
      return from === 'Fault' ? 'came back from Fault as Backup' : 'began as Backup';
    case 'Fault':
      return from === 'Master' ? 'left Master for Fault' : `went from ${from} to Fault`;
    case 'Initialize':
      return `ended as ${from}`;
  }
}

/** What goes behind that: ", since …", and further sentences. `ago` tells a moment before it. */
export function causeWords(cause: Cause, ago: (ms: number) => string): string {
  switch (cause.type) {
    case 'started':
      return ', when it was started';
    case 'owner-started':
      return ', when it was started, since it owns the addresses (priority 255)';
    case 'inherited':
      return (
        ', when it was started again: its addresses, which an earlier run had renewed ' +
        `${exactSeconds(cause.renewedMs)} before, were still its own by right`
      );
    case 'succeeded':
      return ', as the Baton had been whose place this one took (baton upgrade)';
    case 'master-silent':
      return takeoverWords(cause, ago);
    case 'outranked':
      return outrankedWords(cause);
    case 'fault':
      return `: ${cause.faults.join('; ')}`;
    case 'mended':
      return (
        `, since what had kept it in Fault for ${exactSeconds(cause.faultMs)} was gone: ` +
        cause.faults.join('; ')
      );
    case 'passed':
      return cause.to === null
        ? ', since the operator handed it over (baton pass)'
        : `, once Baton on ${cause.to} had taken over, announced the addresses, and said so`;
    case 'handed-over':
      return `, since the Master asked for it over the side channel, from ${cause.by}`;
    case 'lease-lapsed':
      if (cause.lateMs === null) {
        return ', since its adverts did not leave in time: the kernel had seen its lease lapse';
      }
      return (
        `, since Baton, or the whole machine, had stood still: it woke ${exactSeconds(cause.lateMs)} ` +
        'after its next advert was due, when another might be Master by right'
      );
    case 'group':
      return cause.state === 'Master'
        ? `, since ${cause.member} of its sync group ${cause.group} became Master`
        : `, since ${cause.member} of its sync group ${cause.group} had left Master`;
    case 'stopped':
      return cause.removed
        ? ', since the configuration has it no more'
        : ', since Baton was stopped';
  }
}

function takeoverWords(cause: MasterSilent, ago: (ms: number) => string): string {
  const { master, preempted, resigned, heardMs, priority } = cause;
  if (preempted !== null) {
    const lowered =
      master !== null && master.address === preempted.address && master.priority > priority
        ? `, which has gone from priority ${master.priority} to ${preempted.priority}`
        : `, whose priority is ${preempted.priority}`;
    return `, since it preempts ${preempted.address}${lowered}, against its own ${priority}`;
  }
  if (resigned && heardMs !== null) {
    const who = master === null ? 'the master' : `${master.address}, priority ${master.priority},`;
    return (
      `, since ${who} had resigned (priority 0) ${exactSeconds(heardMs)} before; ` +
      `Skew_Time is ${exactSeconds(cause.skewTimeMs)} at priority ${priority}`
    );
  }
  if (master === null || heardMs === null) {
    return (
      `, since no advert had come in the ${exactSeconds(cause.backupMs)} since it became Backup ` +
      `(${downIntervalWords(cause)})`
    );
  }
  return (
    `, since no advert had come from ${master.address} for ${exactSeconds(heardMs)} ` +
    `(${downIntervalWords(cause)}). The last one, priority ${master.priority}, came ${ago(heardMs)}`
  );
}

/** As RFC 3768 section 6.1 reckons it. */
function downIntervalWords(cause: MasterSilent): string {
  const { downTimerAdverts, advertisementIntervalMs, skewTimeMs, priority } = cause;
  return (
    `Master_Down_Interval = ${downTimerAdverts} × ${exactSeconds(advertisementIntervalMs)} + ` +
    `${exactSeconds(skewTimeMs)} skew at priority ${priority}`
  );
}

function outrankedWords({ by, priority, basePriority, address }: Outranked): string {
  const configured = priority === basePriority ? '' : `, of ${basePriority} that are configured`;
  if (by.priority !== priority) {
    return (
      `, since ${by.address} advertised priority ${by.priority}, ` +
      `and its own was ${priority}${configured}`
    );
  }
  const own = address === null ? 'its own' : `its own ${address}`;
  return (
    `, since ${by.address} advertised the same priority ${priority}${configured}, ` +
    `and counts for more than ${own} by its address`
  );
}
