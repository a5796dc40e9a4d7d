import type { Cause, MasterSilent } from '../model/cause.ts';

/** A cause in a few words, for a line of the journal: "192.0.2.2 has priority 150". */
export function reasonText(cause: Cause): string {
  switch (cause.type) {
    case 'started':
      return 'started';
    case 'owner-started':
      return 'owns the addresses';
    case 'inherited':
      return inheritanceText(cause.renewedMs);
    case 'succeeded':
      return 'goes on where the Baton before it ended';
    case 'master-silent':
      return takeoverText(cause);
    case 'outranked':
      return `${cause.by.address} has priority ${String(cause.by.priority)}`;
    case 'fault':
      return cause.faults.join(', ');
    case 'mended':
      return 'all faults are gone';
    case 'passed':
      return cause.to === null ? 'passed on by command' : `handed over to ${cause.to}`;
    case 'handed-over':
      return `handed over by ${cause.by}`;
    case 'lease-lapsed':
      return cause.lateMs === null
        ? 'its adverts have not left in time'
        : `woke ${(cause.lateMs / 1_000).toFixed(3)} s too late`;
    case 'group':
      return `sync group ${cause.group}: ${cause.member} in ${cause.state}`;
    case 'stopped':
      return cause.removed ? 'no longer configured' : 'stopped';
  }
}

export function inheritanceText(renewedMs: number): string {
  const age = (renewedMs / 1_000).toFixed(2);
  return `goes on with the addresses of an earlier run, renewed ${age} s ago`;
}

function takeoverText({ master, preempted }: MasterSilent): string {
  if (preempted !== null) {
    return `preempts ${preempted.address}, which has priority ${String(preempted.priority)}`;
  }
  return master === null ? 'no master heard' : `master ${master.address} silent or resigned`;
}
