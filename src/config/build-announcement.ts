/** Which scripts are told what, and how often neighbours are. */
import { zero } from '../base/units.ts';
import type { AnnouncementConfig } from '../model/announcement-config.ts';
import type { Command } from '../model/command.ts';
import type { NotifyConfig } from '../model/config.ts';
import { buildCommand } from './build-command.ts';
import { readExtra, type InstanceDefaults } from './build-defaults.ts';
import { complainIgnored, type InstanceContext, type InstanceKind } from './instance-context.ts';
import { atLeastOne, type Settings } from './settings.ts';

export function buildAnnouncement(
  context: InstanceContext,
  { strict }: InstanceKind,
): AnnouncementConfig {
  const { settings, defaults, collector } = context;
  const { announcement: general } = defaults;
  const delay = settings.duration('garp_master_delay') ?? general.delay;
  const repeat = atLeastOne(settings, 'garp_master_repeat', collector) ?? general.repeat;
  if (strict) {
    for (const keyword of ['garp_lower_prio_delay', 'garp_lower_prio_repeat']) {
      complainIgnored(context, keyword, 'in strict mode');
    }
  }
  return {
    delay,
    repeat,
    refresh: settings.duration('garp_master_refresh') ?? general.refresh,
    refreshRepeat:
      atLeastOne(settings, 'garp_master_refresh_repeat', collector) ?? general.refreshRepeat,
    lowerPriorityDelay: strict
      ? zero
      : (settings.duration('garp_lower_prio_delay') ?? defaults.lowerPriorityDelay ?? delay),
    lowerPriorityRepeat: strict
      ? 0
      : (settings.number('garp_lower_prio_repeat') ?? defaults.lowerPriorityRepeat ?? repeat),
    extra: general.extra,
    extraOnAll: general.extraOnAll,
    ...readExtra(settings, 'garp_extra_if', collector),
  };
}

/** For instances and for groups, which know fewer of these keywords. */
export function buildNotify(settings: Settings, defaults: InstanceDefaults): NotifyConfig {
  const command = (name: string): Command | null => {
    const statement = settings.last(name);
    if (statement === null || statement.values.length === 0) return null;
    return buildCommand(statement, defaults.scriptIdentity);
  };
  return {
    any: command('notify'),
    master: command('notify_master'),
    backup: command('notify_backup'),
    fault: command('notify_fault'),
    stop: command('notify_stop'),
    deleted: command('notify_deleted'),
    deletedAsSuch: settings.has('notify_deleted'),
    lowerPriorityHeard: command('notify_master_rx_lower_pri'),
    priorityChanges: settings.switch('notify_priority_changes') ?? defaults.priorityChanges,
  };
}
