/** `vrrp_instance` to a virtual router. */
import { seconds, type Duration } from '../base/units.ts';
import { parseIpv4, type InterfaceName, type Ipv4Address } from '../model/address.ts';
import { ownerPriority, type Priority } from '../model/advert.ts';
import type {
  AnnouncementConfig,
  Authentication,
  Command,
  InstanceConfig,
  NotifyConfig,
  VirtualAddress,
} from '../model/config.ts';
import { instanceDefaults, noNotifications } from '../model/defaults.ts';
import { buildAddresses, type AddressFamily, type BuiltAddresses } from './build-address.ts';
import { buildCommand } from './build-command.ts';
import { atLeastOne, type InstanceDefaults } from './build-global.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import { firstFullWidth } from './full-width.ts';
import { Settings } from './settings.ts';
import type { Statement } from './tree.ts';

export interface BuiltInstance {
  readonly name: string;
  /** Without what it tracks, which is known later; null where it cannot take part. */
  readonly config: InstanceConfig | null;
  readonly trackScriptEntries: readonly Statement[];
  readonly span: Span;
}

export function buildInstance(
  statement: CheckedStatement,
  defaults: InstanceDefaults,
  collector: DiagnosticCollector,
): BuiltInstance {
  return new InstanceBuilder(statement, defaults, collector).build();
}

const defaultPriority = 100;
const passwordLimit = 8;
/** Stands for the interface that an instance lacks while the rest of it is looked at. */
const unknownInterface = 'unknown' as InterfaceName;

class InstanceBuilder {
  private readonly name: string;
  private readonly span: Span;
  private readonly settings: Settings;
  private readonly defaults: InstanceDefaults;
  private readonly collector: DiagnosticCollector;

  constructor(
    statement: CheckedStatement,
    defaults: InstanceDefaults,
    collector: DiagnosticCollector,
  ) {
    this.name = String(statement.values[0]);
    this.span = statement.span;
    this.settings = Settings.of(statement);
    this.defaults = defaults;
    this.collector = collector;
  }

  build(): BuiltInstance {
    const { settings, name, span } = this;
    const trackScriptEntries = settings.entries('track_script');
    return { name, config: this.config(), trackScriptEntries, span };
  }

  /** Everything is looked at before it is given up, so that all that is wrong is told. */
  private config(): InstanceConfig | null {
    const { settings } = this;
    const interfaceName = settings.text('interface') as InterfaceName | null;
    const virtualRouterId = settings.number('virtual_router_id');
    if (interfaceName === null) this.reportMissing('interface');
    if (virtualRouterId === null) this.reportMissing('virtual_router_id');
    this.reportVersion();
    const entries = settings.entries('virtual_ipaddress');
    const built = buildAddresses(entries, interfaceName ?? unknownInterface, this.collector);
    const virtualAddresses = this.virtualAddresses(entries, built);
    const priority = this.priority();
    const initialState = this.initialState(priority);
    const rest = {
      ...instanceDefaults,
      name: this.name,
      initialState,
      priority,
      advertisementInterval: this.advertisementInterval(),
      preempt: this.preempt(initialState, priority),
      sourceAddress: this.sourceAddress(built.family),
      authentication: this.authentication(),
      announcement: this.announcement(),
      notify: this.notify(),
      smtpAlert: settings.switch('smtp_alert') ?? this.defaults.smtpAlert,
    };
    if (interfaceName === null || virtualRouterId === null) return null;
    if (virtualAddresses === null) return null;
    return { ...rest, interface: interfaceName, virtualRouterId, virtualAddresses };
  }

  private report(
    code: DiagnosticCode,
    span: Span | null,
    message: string,
    hint: string | null = null,
  ): void {
    this.collector.report({ code, span, message: `${this.name}: ${message}`, hint });
  }

  /** A line that stands there and could not be used has been reported itself. */
  private reportMissing(keyword: string): void {
    if (this.settings.mentions(keyword)) return;
    this.report('missing-keyword', this.span, `the line "${keyword}" is missing`);
  }

  private reportVersion(): void {
    const version = this.settings.last('version');
    if (version?.values[0] !== '3') return;
    const message = 'version 3 is known, and not acted on yet: version 2 is spoken';
    this.report('not-acted-on-unsafe', version.span, message);
  }

  /** Null where they are of IPv6. keepalived runs an instance without any, so that is no reason. */
  private virtualAddresses(
    entries: readonly Statement[],
    { addresses, family }: BuiltAddresses,
  ): readonly VirtualAddress[] | null {
    const { settings } = this;
    if (family === 'IPv6') {
      const message = 'its addresses are of IPv6: it does not take part yet';
      this.report('not-acted-on-unsafe', this.span, message);
      return null;
    }
    const meant = settings.has('no_virtual_ipaddress') || settings.loses('virtual_ipaddress');
    if (entries.length === 0 && !meant) {
      this.report('no-virtual-address', this.span, 'there is no virtual address');
    }
    return addresses;
  }

  private sourceAddress(family: AddressFamily | null): Ipv4Address | null {
    const text = this.settings.text('mcast_src_ip');
    const address = text === null ? null : parseIpv4(text);
    if (text !== null && address === null && family !== 'IPv6') {
      const span = this.settings.last('mcast_src_ip')?.arguments[0]?.span ?? null;
      this.report('invalid-value', span, `mcast_src_ip ${text} is not of IPv4`);
    }
    return address;
  }

  private priority(): Priority {
    const priority = this.settings.number('priority');
    if (priority !== null) return priority;
    if (this.settings.ignores('priority')) return defaultPriority;
    const state = this.settings.last('state');
    if (state?.values[0] !== 'MASTER') return defaultPriority;
    const message = '`state MASTER` without `priority` is priority 255, the address owner';
    this.report('owner-by-default', state.span, message, 'set "priority", below 255');
    return ownerPriority;
  }

  private initialState(priority: Priority): 'MASTER' | 'BACKUP' {
    const state = this.settings.text('state');
    if (state !== null) return state === 'MASTER' ? 'MASTER' : 'BACKUP';
    return priority === ownerPriority && !this.settings.ignores('state') ? 'MASTER' : 'BACKUP';
  }

  /** Version 2 has whole seconds on the wire (RFC 3768 section 5.3.7); keepalived rounds. */
  private advertisementInterval(): Duration {
    const { settings, defaults } = this;
    const given = settings.number('advert_int') ?? 1;
    const used = Math.max(1, Math.round(given));
    const version = settings.text('version') ?? String(defaults.version);
    if (used !== given && version === '2') {
      const span = settings.last('advert_int')?.arguments[0]?.span ?? null;
      const message = `advert_int ${given}: version 2 has whole seconds, 1 to 255`;
      this.report('value-out-of-range', span, message, `${used} would be used`);
    }
    return seconds(used);
  }

  private preempt(state: 'MASTER' | 'BACKUP', priority: Priority): boolean {
    const nopreempt = this.settings.last('nopreempt');
    const preempt = this.settings.last('preempt');
    if (nopreempt === null || this.settings.isBelow(preempt, nopreempt)) return true;
    if (state !== 'MASTER' && priority !== ownerPriority) return false;
    const cause = state === 'MASTER' ? '`state MASTER`' : 'priority 255';
    this.report('nopreempt-ignored', nopreempt.span, `nopreempt has no effect with ${cause}`);
    return true;
  }

  private authentication(): Authentication {
    const settings = this.settings.inner('authentication');
    const type = settings.last('auth_type');
    const password = settings.last('auth_pass');
    if (type === null) {
      if (password !== null && !settings.mentions('auth_type')) {
        this.report('password-unused', password.span, 'a password without auth_type is not used');
      }
      return { type: 'none' };
    }
    if (type.values[0] === 'AH') {
      const message = 'auth_type AH is known, and not acted on yet: nothing is authenticated';
      this.report('not-acted-on-unsafe', type.span, message);
      return { type: 'none' };
    }
    if (password === null) {
      const message = 'auth_type PASS without auth_pass: nothing is authenticated';
      this.report('authentication-incomplete', type.span, message);
      return { type: 'none' };
    }
    return { type: 'simple', password: this.password(password) };
  }

  private password(statement: CheckedStatement): string {
    const whole = String(statement.values[0]);
    if (firstFullWidth(whole) !== null) {
      const message = 'the password has a character of full width: is there a note behind it?';
      this.report('full-width-character', statement.span, message);
    }
    const used = firstOctets(whole, passwordLimit);
    if (used !== whole) {
      const message = `only the first ${passwordLimit} octets of the password count`;
      this.report('password-truncated', statement.arguments[0]?.span ?? null, message);
    }
    return used;
  }

  private announcement(): AnnouncementConfig {
    const { settings, defaults, collector } = this;
    const { announcement: general } = defaults;
    const delay = settings.duration('garp_master_delay') ?? general.delay;
    const repeat = atLeastOne(settings, 'garp_master_repeat', collector) ?? general.repeat;
    return {
      ...general,
      delay,
      repeat,
      refresh: settings.duration('garp_master_refresh') ?? general.refresh,
      refreshRepeat:
        atLeastOne(settings, 'garp_master_refresh_repeat', collector) ?? general.refreshRepeat,
      lowerPriorityDelay:
        settings.duration('garp_lower_prio_delay') ?? defaults.lowerPriorityDelay ?? delay,
      lowerPriorityRepeat:
        settings.number('garp_lower_prio_repeat') ?? defaults.lowerPriorityRepeat ?? repeat,
    };
  }

  private notify(): NotifyConfig {
    return {
      ...noNotifications,
      any: this.command('notify'),
      master: this.command('notify_master'),
      backup: this.command('notify_backup'),
      fault: this.command('notify_fault'),
      stop: this.command('notify_stop'),
    };
  }

  private command(name: string): Command | null {
    const statement = this.settings.last(name);
    return statement === null ? null : buildCommand(statement, this.defaults.scriptIdentity);
  }
}

/** As many whole characters as fit into so many octets of UTF-8. */
function firstOctets(text: string, limit: number): string {
  const encoder = new TextEncoder();
  let kept = '';
  let octets = 0;
  for (const character of text) {
    octets += encoder.encode(character).length;
    if (octets > limit) break;
    kept += character;
  }
  return kept;
}
