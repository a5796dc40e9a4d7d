/** `vrrp_sync_group`: who belongs to it, and what all of them follow. */
import type { InstanceConfig, SyncGroupConfig } from '../model/config.ts';
import { buildNotify } from './build-announcement.ts';
import type { InstanceDefaults } from './build-defaults.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import {
  effectiveTracks,
  isOwner,
  reportUnknown,
  resolveTracks,
  type Definitions,
} from './references.ts';
import { Settings } from './settings.ts';

/** What a group's members are looked up in. */
export interface Members {
  /** Of all instances of the text. */
  readonly names: ReadonlySet<string>;
  /** Those that take part, by name. */
  readonly instances: ReadonlyMap<string, InstanceConfig>;
  /** The group that an instance belongs to already. */
  readonly taken: Map<string, string>;
}

export interface GroupTools {
  readonly members: Members;
  readonly definitions: Definitions;
  readonly defaults: InstanceDefaults;
  readonly collector: DiagnosticCollector;
}

/** Null where nobody is left in it. */
export function buildSyncGroup(
  statement: CheckedStatement,
  order: number,
  tools: GroupTools,
): SyncGroupConfig | null {
  const { definitions, defaults, collector } = tools;
  const name = String(statement.values[0]);
  const settings = Settings.of(statement);
  const members = membersOf(name, settings, tools);
  const weighted = settings.has('sync_group_tracking_weight') || settings.has('global_tracking');
  const follower = { name, settings, order, ownInterface: null };
  const followed = resolveTracks(follower, definitions, collector);
  const instances = members.map((member) => tools.members.instances.get(member));
  const owners = instances.filter((one) => one !== undefined && isOwner(one)).length;
  const span = settings.last('group')?.span ?? statement.span;
  if (members.length === 0) {
    if (!settings.mentions('group') || settings.entries('group').length === 0) {
      const message = `vrrp_sync_group ${name} names no instance`;
      collector.report({ code: 'missing-keyword', span: statement.span, message });
    }
    return null;
  }
  if (members.length === 1) {
    const message = `vrrp_sync_group ${name} has ${String(members[0])} alone`;
    collector.report({ code: 'group-of-one', span, message });
  }
  if (owners > 0 && owners < members.length) {
    const message = `vrrp_sync_group ${name} has owners of their addresses, and others`;
    collector.report({ code: 'group-mixes-owners', span, message });
  }
  const standing = { name, as: 'group', owner: owners > 0 } as const;
  return {
    name,
    members,
    tracks: effectiveTracks(followed, standing, collector),
    weighted,
    notify: buildNotify(settings, defaults),
    smtpAlert: settings.switch('smtp_alert') ?? defaults.smtpAlert,
  };
}

function membersOf(
  group: string,
  settings: Settings,
  { members: { names, instances, taken }, collector }: GroupTools,
): readonly string[] {
  const members: string[] = [];
  for (const word of settings.entries('group').flatMap(({ words }) => words)) {
    const owner = taken.get(word.text);
    if (!names.has(word.text)) {
      reportUnknown(collector, { word, kind: 'vrrp_instance', candidates: names });
    } else if (owner !== undefined) {
      const message = `${word.text} belongs to the vrrp_sync_group ${owner} already`;
      collector.report({ code: 'group-member-taken', span: word.span, message });
    } else {
      taken.set(word.text, group);
      if (instances.has(word.text)) members.push(word.text);
    }
  }
  return members;
}
