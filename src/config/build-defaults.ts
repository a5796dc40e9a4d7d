/** What `global_defs` says for instances that say nothing of their own. */
import { seconds, zero, type Duration } from '../base/units.ts';
import { familyOf, isMulticast, parseIp, vrrpGroupIpv4, vrrpGroupIpv6 } from '../model/address.ts';
import type { AddressFamily, InterfaceName, IpAddress } from '../model/address.ts';
import type { AnnouncementConfig } from '../model/announcement-config.ts';
import { announcementDefaults } from '../model/defaults.ts';
import { identityOf, type Identity } from './build-command.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { atLeastOne, type Settings } from './settings.ts';

/** Which checksums of version 3 over IPv4 are taken. */
export type AcceptedChecksums = 'any' | 'pseudo_header' | 'message';

export interface InstanceDefaults {
  readonly version: 2 | 3;
  readonly announcement: Omit<AnnouncementConfig, 'lowerPriorityDelay' | 'lowerPriorityRepeat'>;
  /** Null: as the instance's own master delay and repeat. */
  readonly lowerPriorityDelay: Duration | null;
  readonly lowerPriorityRepeat: number | null;
  readonly groups: Readonly<Record<AddressFamily, IpAddress>>;
  readonly downTimerAdverts: number;
  readonly lowerPriorityNoAdvert: boolean;
  readonly higherPrioritySendAdvert: boolean;
  readonly ownerIgnoresAdverts: boolean;
  readonly checkUnicastSource: boolean;
  readonly checkAddressListOnce: boolean;
  readonly strict: boolean;
  readonly checksumAsVersion2: boolean;
  readonly acceptedChecksums: AcceptedChecksums;
  readonly priorityChanges: boolean;
  readonly smtpAlert: boolean;
  readonly scriptIdentity: Identity;
  /** `vrrp_rx_bufs_policy`; null: Baton's own choice. */
  readonly receiveBufferOctets: number | null;
  /** Of static addresses. */
  readonly defaultInterface: InterfaceName;
  readonly virtualMacPrefix: string;
  readonly addressMacPrefix: string;
}

export function buildDefaults(
  settings: Settings,
  collector: DiagnosticCollector,
): InstanceDefaults {
  const user = settings.last('script_user')?.values ?? [];
  const prefix = settings.text('vmac_prefix') ?? 'vrrp';
  const on = (name: string): boolean => settings.switch(name) ?? false;
  return {
    version: settings.text('vrrp_version') === '3' ? 3 : 2,
    announcement: buildAnnouncement(settings, collector),
    lowerPriorityDelay: settings.duration('vrrp_garp_lower_prio_delay'),
    lowerPriorityRepeat: settings.number('vrrp_garp_lower_prio_repeat'),
    groups: {
      IPv4: group(settings, 'vrrp_mcast_group4', collector) ?? vrrpGroupIpv4,
      IPv6: group(settings, 'vrrp_mcast_group6', collector) ?? vrrpGroupIpv6,
    },
    downTimerAdverts: settings.number('vrrp_down_timer_adverts') ?? 3,
    lowerPriorityNoAdvert: on('vrrp_lower_prio_no_advert'),
    higherPrioritySendAdvert: on('vrrp_higher_prio_send_advert'),
    ownerIgnoresAdverts: on('vrrp_owner_ignore_adverts'),
    checkUnicastSource: settings.has('vrrp_check_unicast_src'),
    checkAddressListOnce: on('vrrp_skip_check_adv_addr'),
    strict: on('vrrp_strict'),
    checksumAsVersion2: checksumAsVersion2(settings, collector),
    acceptedChecksums: acceptedChecksums(settings.text('vrrp_v3_checksum_accept')) ?? 'any',
    priorityChanges: on('vrrp_notify_priority_changes'),
    smtpAlert: settings.switch('smtp_alert_vrrp') ?? settings.switch('smtp_alert') ?? false,
    scriptIdentity: identityOf(user.map(String)),
    receiveBufferOctets: receiveBuffer(settings, collector),
    defaultInterface: (settings.text('default_interface') ?? 'eth0') as InterfaceName,
    virtualMacPrefix: prefix,
    addressMacPrefix: settings.text('vmac_addr_prefix') ?? prefix,
  };
}

export function acceptedChecksums(word: string | null): AcceptedChecksums | null {
  return word === 'any' || word === 'pseudo_header' || word === 'message' ? word : null;
}

function buildAnnouncement(
  settings: Settings,
  collector: DiagnosticCollector,
): InstanceDefaults['announcement'] {
  const sparing = settings.switch('vrrp_min_garp') ?? false;
  const { delay, repeat, refreshRepeat } = announcementDefaults;
  const extra = readExtra(settings, 'vrrp_garp_extra_if', collector);
  return {
    delay: settings.duration('vrrp_garp_master_delay') ?? (sparing ? zero : delay),
    repeat: atLeastOne(settings, 'vrrp_garp_master_repeat', collector) ?? (sparing ? 1 : repeat),
    refresh: settings.duration('vrrp_garp_master_refresh') ?? zero,
    refreshRepeat:
      atLeastOne(settings, 'vrrp_garp_master_refresh_repeat', collector) ?? refreshRepeat,
    extra: extra?.extra ?? zero,
    extraOnAll: extra?.extraOnAll ?? false,
  };
}

/** `garp_extra_if [all] SECONDS`; null where it is not set, or cannot be understood. */
export function readExtra(
  settings: Settings,
  name: string,
  collector: DiagnosticCollector,
): { readonly extra: Duration; readonly extraOnAll: boolean } | null {
  const statement = settings.last(name);
  if (statement === null) return null;
  const extraOnAll = statement.values[0] === 'all';
  const [word, surplus] = statement.arguments.slice(extraOnAll ? 1 : 0);
  const minimum = name.startsWith('vrrp_') ? 1 : 0;
  const value = /^\d+$/.test(word?.text ?? '') ? Number(word?.text) : NaN;
  if (value >= minimum && value <= 86_400 && surplus === undefined) {
    return { extra: seconds(value), extraOnAll };
  }
  const span = (surplus ?? word)?.span ?? statement.span;
  const message = `${name} takes [all] and a number of seconds, ${minimum} to 86400`;
  collector.report({
    code: word === undefined ? 'missing-argument' : 'invalid-value',
    span,
    message,
  });
  return null;
}

function group(settings: Settings, name: string, collector: DiagnosticCollector): IpAddress | null {
  const text = settings.text(name);
  if (text === null) return null;
  const address = parseIp(text);
  const family = name.endsWith('6') ? 'IPv6' : 'IPv4';
  if (address !== null && familyOf(address) === family && isMulticast(address)) return address;
  const span = settings.last(name)?.arguments[0]?.span ?? null;
  const message = `${name}: ${text} is no multicast address of ${family}`;
  collector.report({ code: 'invalid-value', span, message });
  return null;
}

/** Here `off` is off; for keepalived the word alone switches it on. */
function checksumAsVersion2(settings: Settings, collector: DiagnosticCollector): boolean {
  const on = settings.switch('v3_checksum_as_v2') ?? false;
  const statement = settings.last('v3_checksum_as_v2');
  if (statement === null || on) return on;
  const message = 'v3_checksum_as_v2 is off here; keepalived switches it on whatever follows it';
  const hint = 'leave the line out';
  collector.report({ code: 'keepalived-differs', span: statement.span, message, hint });
  return false;
}

/** Without an instance's own `kernel_rx_buf_size`. The MTU is what Baton allows for anyway. */
function receiveBuffer(settings: Settings, collector: DiagnosticCollector): number | null {
  const policy = settings.text('vrrp_rx_bufs_policy');
  if (policy === null || policy === 'MTU' || policy === 'ADVERT') return null;
  if (/^[1-9]\d{0,8}$/.test(policy)) return Number(policy);
  const span = settings.last('vrrp_rx_bufs_policy')?.arguments[0]?.span ?? null;
  const message = `vrrp_rx_bufs_policy: "${policy}" is neither MTU, ADVERT nor a number of octets`;
  collector.report({ code: 'invalid-value', span, message });
  return null;
}
