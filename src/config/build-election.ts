/** Who begins, who takes over from whom, and how soon. */
import { milliseconds, seconds, zero, type Duration } from '../base/units.ts';
import { ownerPriority, type Priority, type VrrpVersion } from '../model/advert.ts';
import type { InstanceConfig } from '../model/config.ts';
import {
  argumentSpan,
  complain,
  complainIgnored,
  type InstanceContext,
  type InstanceKind,
} from './instance-context.ts';

const defaultPriority = 100;
/** The longest interval that 12 bits of centiseconds hold. */
const longestCentiseconds = 4_095;

export function buildPriority(context: InstanceContext): Priority {
  const { settings } = context;
  const priority = settings.number('priority');
  if (priority !== null) return priority;
  if (settings.ignores('priority')) return defaultPriority;
  const state = settings.last('state');
  if (state?.values[0] !== 'MASTER') return defaultPriority;
  const message = '`state MASTER` without `priority` is priority 255, the address owner';
  const hint = 'set "priority", below 255';
  complain(context, { code: 'owner-by-default', span: state.span, message, hint });
  return ownerPriority;
}

type Election = Pick<
  InstanceConfig,
  | 'initialState'
  | 'preempt'
  | 'preemptDelay'
  | 'stepDownWhenLate'
  | 'downTimerAdverts'
  | 'answerLowerPriority'
  | 'advertiseBeforeYielding'
  | 'ownerIgnoresAdverts'
>;

export function buildElection(context: InstanceContext, kind: InstanceKind): Election {
  const { settings, defaults } = context;
  const { strict, priority } = kind;
  const initialState = buildState(context, kind);
  const preempt = buildPreempt(context, initialState, priority);
  const no = settings.switch('lower_prio_no_advert') ?? defaults.lowerPriorityNoAdvert;
  const more = settings.switch('higher_prio_send_advert') ?? defaults.higherPrioritySendAdvert;
  if (strict) reportStrictSwitches(context);
  return {
    initialState,
    preempt,
    preemptDelay: buildPreemptDelay(context, kind, { preempt, initialState }),
    stepDownWhenLate: buildStepDown(context, preempt),
    downTimerAdverts: settings.number('down_timer_adverts') ?? defaults.downTimerAdverts,
    answerLowerPriority: !(strict || no),
    advertiseBeforeYielding: !strict && more,
    ownerIgnoresAdverts: buildOwnerIgnores(context, kind),
  };
}

function buildState(context: InstanceContext, kind: InstanceKind): 'MASTER' | 'BACKUP' {
  const { settings } = context;
  const state = settings.last('state');
  const owner = kind.priority === ownerPriority;
  if (state === null) return owner && !settings.ignores('state') ? 'MASTER' : 'BACKUP';
  if (state.values[0] !== 'MASTER') return 'BACKUP';
  if (!kind.strict || owner) return 'MASTER';
  const message = '`state MASTER` is for the address owner alone in strict mode: it is BACKUP';
  complain(context, { code: 'option-ignored', span: state.span, message });
  return 'BACKUP';
}

function buildPreempt(
  context: InstanceContext,
  state: 'MASTER' | 'BACKUP',
  priority: Priority,
): boolean {
  const { settings } = context;
  const nopreempt = settings.last('nopreempt');
  if (nopreempt === null || settings.isBelow(settings.last('preempt'), nopreempt)) return true;
  if (state !== 'MASTER' && priority !== ownerPriority) return false;
  const cause = state === 'MASTER' ? '`state MASTER`' : 'priority 255';
  const message = `nopreempt has no effect with ${cause}`;
  complain(context, { code: 'nopreempt-ignored', span: nopreempt.span, message });
  return true;
}

function buildPreemptDelay(
  context: InstanceContext,
  { strict }: InstanceKind,
  { preempt, initialState }: Pick<Election, 'preempt' | 'initialState'>,
): Duration {
  const delay = context.settings.duration('preempt_delay') ?? zero;
  if (delay === zero) return zero;
  const cause = strict
    ? 'in strict mode'
    : initialState === 'MASTER'
      ? 'with `state MASTER`'
      : 'with nopreempt';
  if (!strict && initialState !== 'MASTER' && preempt) return delay;
  complainIgnored(context, 'preempt_delay', cause);
  return zero;
}

/**
 * Without a priority any other router may have taken over: 254 is the highest that is no owner's.
 */
function buildStepDown(
  context: InstanceContext,
  preempt: boolean,
): InstanceConfig['stepDownWhenLate'] {
  if (!context.settings.has('timer_expired_backup')) return null;
  if (!preempt) return { priority: context.settings.number('timer_expired_backup') ?? 254 };
  complainIgnored(context, 'timer_expired_backup', 'without nopreempt');
  return null;
}

function buildOwnerIgnores(context: InstanceContext, { strict, priority }: InstanceKind): boolean {
  const { settings, defaults } = context;
  const statement = settings.last('owner_ignore_adverts');
  const own = settings.switch('owner_ignore_adverts');
  if (statement !== null && own === false && priority === ownerPriority && !strict) {
    const message = 'owner_ignore_adverts is off here; keepalived switches it on for an owner';
    complain(context, { code: 'keepalived-differs', span: statement.span, message });
  }
  return strict || (own ?? defaults.ownerIgnoresAdverts);
}

function reportStrictSwitches(context: InstanceContext): void {
  const { settings } = context;
  if (settings.switch('lower_prio_no_advert') === false) {
    complainIgnored(context, 'lower_prio_no_advert', 'in strict mode: it is on');
  }
  if (settings.switch('higher_prio_send_advert') === true) {
    complainIgnored(context, 'higher_prio_send_advert', 'in strict mode: it is off');
  }
}

/**
 * Version 2 has whole seconds on the wire (RFC 3768 section 5.3.7), version 3 centiseconds
 * of 12 bits (RFC 9568 section 5.2.7).
 */
export function buildAdvertisementInterval(
  context: InstanceContext,
  version: VrrpVersion,
): Duration {
  const given = context.settings.number('advert_int') ?? 1;
  return version === 2 ? wholeSeconds(context, given) : centiseconds(context, given);
}

function wholeSeconds(context: InstanceContext, given: number): Duration {
  const used = Math.max(1, Math.round(given));
  if (used !== given) {
    const message = `advert_int ${given}: version 2 has whole seconds, 1 to 255`;
    const span = argumentSpan(context, 'advert_int');
    const hint = `${used} would be used`;
    complain(context, { code: 'value-out-of-range', span, message, hint });
  }
  return seconds(used);
}

function centiseconds(context: InstanceContext, given: number): Duration {
  const rounded = Math.max(1, Math.round(given * 100));
  const used = Math.min(longestCentiseconds, rounded);
  const span = argumentSpan(context, 'advert_int');
  if (used !== rounded) {
    const message = `advert_int ${given}: version 3 has 0.01 to 40.95 s`;
    const hint = '40.95 would be used';
    complain(context, { code: 'value-out-of-range', span, message, hint });
  } else if (Math.abs(used - given * 100) > 1e-6) {
    const message = `advert_int ${given} counts as ${used / 100}: version 3 has steps of 0.01 s`;
    complain(context, { code: 'value-adjusted', span, message });
  }
  return milliseconds(used * 10);
}
