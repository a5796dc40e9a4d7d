/** `global_defs` to what holds for the daemon, and what instances inherit. */
import { seconds, zero, type Duration } from '../base/units.ts';
import type { AnnouncementConfig, GlobalConfig, MailConfig } from '../model/config.ts';
import { announcementDefaults, globalDefaults } from '../model/defaults.ts';
import { identityOf, type Identity } from './build-command.ts';
import { looksLikeNote, notesHint, reportFullWidth } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { mailAddress, readArgument } from './keywords/argument-type.ts';
import type { Settings } from './settings.ts';
import type { Word } from './words.ts';

/** What instances take where they say nothing of their own. */
export interface InstanceDefaults {
  readonly version: 2 | 3;
  readonly announcement: Omit<AnnouncementConfig, 'lowerPriorityDelay' | 'lowerPriorityRepeat'>;
  /** Null: as the instance's own master delay and repeat. */
  readonly lowerPriorityDelay: Duration | null;
  readonly lowerPriorityRepeat: number | null;
  readonly smtpAlert: boolean;
  readonly scriptIdentity: Identity;
}

export interface BuiltGlobal {
  readonly global: GlobalConfig;
  readonly defaults: InstanceDefaults;
}

/** `settings` are those of all blocks `global_defs` of the text: they count as one. */
export function buildGlobal(
  settings: Settings,
  hostName: string,
  collector: DiagnosticCollector,
): BuiltGlobal {
  return {
    global: {
      ...globalDefaults,
      routerId: settings.text('router_id') ?? hostName,
      mail: buildMail(settings, hostName, collector),
    },
    defaults: buildDefaults(settings, collector),
  };
}

function buildMail(
  settings: Settings,
  hostName: string,
  collector: DiagnosticCollector,
): MailConfig | null {
  const words = settings.entries('notification_email').flatMap(({ words }) => words);
  const recipients = words.filter((word) => isRecipient(word, collector)).map(({ text }) => text);
  const server = settings.last('smtp_server');
  const timeout = atLeastOne(settings, 'smtp_connect_timeout', collector);
  if (server === null || recipients.length === 0) return null;
  const [host, port] = server.values;
  return {
    recipients,
    from: settings.text('notification_email_from') ?? `root@${hostName}`,
    host: String(host),
    port: typeof port === 'number' ? port : 25,
    heloName: settings.text('smtp_helo_name') ?? hostName,
    connectTimeout: seconds(timeout ?? 30),
    mailOnFault: !settings.has('no_email_faults'),
  };
}

function isRecipient(word: Word, collector: DiagnosticCollector): boolean {
  const address = readArgument(word.text, mailAddress);
  if (address.ok) return true;
  if (reportFullWidth(word, collector)) return false;
  const hint = looksLikeNote(word.text) ? notesHint : null;
  const { code, message } = address.error;
  collector.report({ code, span: word.span, message, hint });
  return false;
}

function buildDefaults(settings: Settings, collector: DiagnosticCollector): InstanceDefaults {
  const user = settings.last('script_user')?.values ?? [];
  const version = settings.last('vrrp_version');
  if (version?.values[0] === '3') {
    const message = 'version 3 is known, and not acted on yet: version 2 is spoken';
    collector.report({ code: 'not-acted-on-unsafe', span: version.span, message });
  }
  return {
    version: version?.values[0] === '3' ? 3 : 2,
    announcement: {
      ...announcementDefaults,
      delay: settings.duration('vrrp_garp_master_delay') ?? seconds(5),
      repeat: atLeastOne(settings, 'vrrp_garp_master_repeat', collector) ?? 5,
      refresh: settings.duration('vrrp_garp_master_refresh') ?? zero,
      refreshRepeat: atLeastOne(settings, 'vrrp_garp_master_refresh_repeat', collector) ?? 1,
    },
    lowerPriorityDelay: settings.duration('vrrp_garp_lower_prio_delay'),
    lowerPriorityRepeat: settings.number('vrrp_garp_lower_prio_repeat'),
    smtpAlert: settings.switch('smtp_alert_vrrp') ?? settings.switch('smtp_alert') ?? false,
    scriptIdentity: identityOf(user.map(String)),
  };
}

/** A number of which 0 means 1; null where it is not set. */
export function atLeastOne(
  settings: Settings,
  name: string,
  collector: DiagnosticCollector,
): number | null {
  const value = settings.number(name);
  if (value !== 0) return value;
  const span = settings.last(name)?.arguments[0]?.span ?? null;
  collector.report({ code: 'value-adjusted', span, message: `${name} 0 counts as 1` });
  return 1;
}
