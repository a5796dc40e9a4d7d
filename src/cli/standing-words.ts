import type { InstanceSnapshot } from '../model/snapshot.ts';
import { exactSeconds } from './time-text.ts';

/** Why a virtual router is not Master at this moment, as a sentence; null: it is. */
export function standingWords(instance: InstanceSnapshot): string | null {
  switch (instance.state) {
    case 'Master':
      return null;
    case 'Initialize':
      return `It is not Master yet: ${instance.reasons.join('; ') || 'it takes no part'}.`;
    case 'Fault':
      return `It is not Master: ${instance.reasons.join('; ')}.${heardWords(instance)}`;
    case 'Backup':
      return `It is not Master: ${backupWords(instance)}.`;
  }
}

function backupWords(instance: InstanceSnapshot): string {
  const { master, effectivePriority: own, passed, preempt, group } = instance;
  if (master === null) {
    const mates = group === null ? '' : `, if all of its sync group ${group} want to`;
    return `no other is heard, and it takes over ${timeoutWords(instance)}${mates}`;
  }
  const who = `${master.address} is, with priority ${master.priority}`;
  if (master.priority > own) return `${who} against its own ${own}`;
  if (master.priority === own) return `${who}, the same as its own, and was first`;
  const lower = `${who}, lower than its own ${own}`;
  if (passed) return `${lower}: it was handed over by baton pass`;
  if (!preempt) return `${lower}: it does not preempt (nopreempt)`;
  return `${lower}: it takes over ${timeoutWords(instance)}, unless preempt_delay or its sync group has it wait`;
}

function timeoutWords({ nextTimeoutInMs }: InstanceSnapshot): string {
  return nextTimeoutInMs === null || nextTimeoutInMs <= 0
    ? 'at once'
    : `in ${exactSeconds(nextTimeoutInMs)}`;
}

/** One in Fault does not follow who is master, but it hears. */
function heardWords({ heard }: InstanceSnapshot): string {
  if (heard === null) return '';
  const { address, priority, agoMs } = heard;
  return ` ${address}, priority ${priority}, was heard ${exactSeconds(agoMs)} ago.`;
}
