/** `vrrp_instance` to a virtual router. */
import {
  familyOf,
  isLinkLocal,
  parseIp,
  type AddressFamily,
  type InterfaceName,
} from '../model/address.ts';
import { ownerPriority } from '../model/advert.ts';
import type { InstanceConfig, VirtualAddress } from '../model/config.ts';
import { instanceDefaults } from '../model/defaults.ts';
import { buildAddresses, type BuiltAddresses } from './build-address.ts';
import { buildRoute } from './build-route.ts';
import { buildRule } from './build-rule.ts';
import type { VirtualInterfaceNames } from './build-virtual-mac.ts';
import { buildVirtualInterfaces } from './place-addresses.ts';
import type { RoutingContext } from './routing-context.ts';
import { buildAnnouncement, buildNotify } from './build-announcement.ts';
import { buildAuthentication, buildHmac } from './build-authentication.ts';
import type { InstanceDefaults } from './build-defaults.ts';
import { buildAdvertisementInterval, buildElection, buildPriority } from './build-election.ts';
import { buildChecksum, buildSourceAddress, buildTransport, isUnicast } from './build-transport.ts';
import type { CheckedStatement } from './check.ts';
import type { ConfigSource } from './config-source.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import {
  argumentSpan,
  complain,
  complainIgnored,
  type InstanceContext,
  type InstanceKind,
} from './instance-context.ts';
import { Settings } from './settings.ts';

export interface BuiltInstance {
  readonly name: string;
  /** Without what it tracks, which is known later; null where it cannot take part. */
  readonly config: InstanceConfig | null;
  readonly settings: Settings;
  readonly span: Span;
}

export interface BuildTools {
  readonly defaults: InstanceDefaults;
  readonly collector: DiagnosticCollector;
  readonly source: ConfigSource;
  readonly names: VirtualInterfaceNames;
  readonly routing: RoutingContext;
}

export function buildInstance(statement: CheckedStatement, tools: BuildTools): BuiltInstance {
  const name = String(statement.values[0]);
  const settings = Settings.of(statement);
  const context = { ...tools, name, settings, span: statement.span };
  return { name, config: buildRouter(context), settings, span: statement.span };
}

/** Stands for the interface that an instance lacks while the rest of it is looked at. */
const unknownInterface = 'unknown' as InterfaceName;

/** Everything is looked at before it is given up, so that all that is wrong is told. */
function buildRouter(context: InstanceContext & BuildTools): InstanceConfig | null {
  const { settings, defaults, collector } = context;
  const unicast = isUnicast(context);
  const interfaceName = settings.text('interface') as InterfaceName | null;
  const virtualRouterId = settings.number('virtual_router_id');
  if (virtualRouterId === null) reportMissing(context, 'virtual_router_id');
  const free = interfaceName === null && canDoWithoutInterface(context, unicast);
  if (interfaceName === null && !free) reportMissing(context, 'interface');
  const usual = interfaceName ?? (free ? null : unknownInterface);
  const entries = settings.entries('virtual_ipaddress');
  const place = { interface: usual, oneFamily: true, fixed: false };
  const built = buildAddresses(entries, place, collector);
  const kind = kindOf(context, { family: built.family, unicast });
  const excluded = settings.entries('virtual_ipaddress_excluded');
  const others = buildAddresses(excluded, { ...place, oneFamily: false }, collector);
  const sound = checkAddresses(context, kind, built);
  const advertisementInterval = buildAdvertisementInterval(context, kind.version);
  const authentication = buildAuthentication(context, kind);
  const election = buildElection(context, kind);
  const sourceAddress = buildSourceAddress(context, kind);
  const placed = buildVirtualInterfaces(
    context,
    { ...kind, interface: interfaceName, virtualRouterId, sourceAddress },
    { told: built, excluded: others },
    splitAddresses(context, kind, { built, others }),
  );
  const { routing } = context;
  const routes = settings.entries('virtual_routes').map((entry) => buildRoute(entry, routing));
  const rules = settings.entries('virtual_rules').map((entry) => buildRule(entry, routing));
  const config: Omit<InstanceConfig, 'virtualRouterId'> = {
    ...instanceDefaults,
    ...election,
    ...(authentication.type === 'header' ? { initialState: 'BACKUP' } : {}),
    ...placed,
    name: context.name,
    version: kind.version,
    family: kind.family,
    interface: interfaceName,
    vrf: vrfOf(context, interfaceName),
    priority: kind.priority,
    advertisementInterval,
    transport: buildTransport(context, kind),
    sourceAddress,
    virtualRoutes: routes.filter((route) => route !== null),
    virtualRules: rules.filter((rule) => rule !== null),
    trackSourceAddress: settings.has('track_src_ip'),
    authentication,
    hmac: buildHmac(context, advertisementInterval),
    checksum: buildChecksum(context, kind),
    strict: kind.strict,
    promoteSecondaries: settings.has('promote_secondaries'),
    accept: buildAccept(context, kind),
    addressConflict: addressConflictOf(settings),
    checkAddressListOnce: checkAddressListOnce(context),
    trackOwnInterface: !settings.has('dont_track_primary'),
    announcement: buildAnnouncement(context, kind),
    receiveBufferOctets: settings.number('kernel_rx_buf_size') ?? defaults.receiveBufferOctets,
    notify: buildNotify(settings, defaults),
    smtpAlert: settings.switch('smtp_alert') ?? defaults.smtpAlert,
  };
  if (virtualRouterId === null || (interfaceName === null && !free) || !sound) return null;
  return { ...config, virtualRouterId };
}

/** A line that stands there and could not be used has been reported itself. */
function reportMissing(context: InstanceContext, keyword: string): void {
  const { settings, span } = context;
  if (settings.mentions(keyword)) return;
  complain(context, { code: 'missing-keyword', span, message: `the line "${keyword}" is missing` });
}

/** Adverts to peers need no interface if their source address says where they leave. */
function canDoWithoutInterface({ settings }: InstanceContext, unicast: boolean): boolean {
  if (!unicast || settings.mentions('interface')) return false;
  const source = settings.text('unicast_src_ip') ?? settings.text('mcast_src_ip');
  const address = source === null ? null : parseIp(source);
  return (
    address !== null &&
    !isLinkLocal(address) &&
    !settings.has('use_vmac') &&
    !settings.has('use_ipvlan')
  );
}

/** IPv6 has version 3 alone (RFC 5798). */
function kindOf(
  context: InstanceContext,
  given: { readonly family: AddressFamily | null; readonly unicast: boolean },
): InstanceKind {
  const { settings, defaults } = context;
  const family = given.family ?? familyWithoutAddresses(context);
  const strict = settings.switch('strict_mode') ?? defaults.strict;
  const own = settings.text('version');
  const version = family === 'IPv6' || (own ?? String(defaults.version)) === '3' ? 3 : 2;
  if (family === 'IPv6' && own === '2') {
    const span = argumentSpan(context, 'version');
    const message = 'IPv6 has version 3 alone';
    const code = strict ? 'strict-violation' : 'value-adjusted';
    complain(context, { code, span, message });
  }
  const priority = buildPriority(context);
  return { version, family, strict, priority, unicast: given.unicast };
}

function familyWithoutAddresses({ settings }: InstanceContext): AddressFamily {
  const [peer] = settings.entries('unicast_peer');
  const hints = [
    settings.text('unicast_src_ip'),
    settings.text('mcast_src_ip'),
    peer?.words[0].text ?? null,
    settings.text('mcast_dst_ip'),
  ];
  for (const hint of hints) {
    const address = hint === null ? null : parseIp(hint);
    if (address !== null) return familyOf(address);
  }
  return settings.has('native_ipv6') ? 'IPv6' : 'IPv4';
}

/** False where the instance is left out: it could not send, or not in strict mode. */
function checkAddresses(
  context: InstanceContext,
  kind: InstanceKind,
  { addresses: [first, ...more] }: BuiltAddresses,
): boolean {
  const { settings, span } = context;
  const entry = settings.entries('virtual_ipaddress')[0]?.words[0].span ?? span;
  if (kind.strict && kind.unicast) {
    const place = settings.last('unicast_peer')?.span ?? span;
    const message = 'there is no unicast in strict mode';
    complain(context, { code: 'strict-violation', span: place, message });
    return false;
  }
  if (first === undefined) {
    const named = settings.entries('virtual_ipaddress').length > 0;
    const meant = settings.has('no_virtual_ipaddress') || settings.loses('virtual_ipaddress');
    if (kind.strict && meant && !named) {
      const message = 'strict mode wants a virtual address';
      complain(context, { code: 'strict-violation', span, message });
      return false;
    }
    if (!named && !meant) {
      complain(context, {
        code: 'no-virtual-address',
        span,
        message: 'there is no virtual address',
      });
    } else if (kind.version === 3) {
      // Others would ignore its adverts (RFC 9568 section 5.2.5), and be Master beside it.
      complain(context, {
        code: 'no-virtual-address',
        span,
        message: 'an advert of version 3 lists at least one address',
        hint: 'add a virtual address, or write version 2',
      });
    }
    return kind.version === 2;
  }
  if (settings.has('no_virtual_ipaddress')) {
    complainIgnored(context, 'no_virtual_ipaddress', 'beside addresses');
  }
  if (kind.family === 'IPv6' && !isLinkLocal(first.address)) {
    const local = more.some(({ address }) => isLinkLocal(address));
    const message = 'the first address of IPv6 has to be link-local';
    const hint = local ? 'put the link-local address first' : 'put one of fe80::/10 first';
    const code = kind.strict ? 'strict-violation' : 'link-local-first';
    complain(context, { code, span: entry, message, hint });
    return !kind.strict;
  }
  return true;
}

/** What adverts have no room for, in a packet of 1500 octets, is held all the same. */
function splitAddresses(
  context: InstanceContext,
  { family }: InstanceKind,
  { built, others }: { readonly built: BuiltAddresses; readonly others: BuiltAddresses },
): Pick<InstanceConfig, 'virtualAddresses' | 'excludedAddresses'> {
  // Headers of AH or the trailer of auth_hmac leave room for 255 addresses of IPv4 as well.
  const trailer = context.settings.has('auth_hmac') ? 28 : 0;
  const room = family === 'IPv4' ? 255 : Math.floor((1_500 - 40 - 8 - trailer) / 16);
  const moved = built.addresses.slice(room);
  const told = built.addresses.slice(0, room);
  if (moved.length > 0) {
    const span = context.settings.entries('virtual_ipaddress')[room]?.words[0].span ?? context.span;
    const message = `an advert has room for ${room} addresses: ${moved.length} are not in it`;
    complain(context, { code: 'addresses-moved', span, message });
  }
  return {
    virtualAddresses: told,
    excludedAddresses: [...moved, ...distinctFrom(context, built.addresses, others.addresses)],
  };
}

/** An address may be told of and excluded on different interfaces. */
function distinctFrom(
  context: InstanceContext,
  told: readonly VirtualAddress[],
  others: readonly VirtualAddress[],
): readonly VirtualAddress[] {
  const key = ({ address, interface: name }: VirtualAddress): string => `${address} on ${name}`;
  const taken = new Set(told.map(key));
  return others.filter((one) => {
    if (!taken.has(key(one))) return true;
    const span = context.settings.last('virtual_ipaddress_excluded')?.span ?? context.span;
    const message = `${key(one)} is in virtual_ipaddress already`;
    complain(context, { code: 'duplicate-address', span, message });
    return false;
  });
}

function vrfOf(context: InstanceContext, own: InterfaceName | null): InterfaceName | null {
  if (own === null) return context.settings.text('vrf') as InterfaceName | null;
  complainIgnored(context, 'vrf', 'beside an interface');
  return null;
}

/** RFC 9568 section 6.1 has it false at first; keepalived does so in strict mode. */
function buildAccept(
  context: InstanceContext,
  { strict, priority, version }: InstanceKind,
): boolean {
  const { settings } = context;
  const [no, yes] = [settings.last('no_accept'), settings.last('accept')];
  const owner = priority === ownerPriority;
  if (owner) {
    complainIgnored(context, 'no_accept', 'for the owner of the addresses');
    return true;
  }
  if (no !== null) return settings.isBelow(yes, no);
  if (strict && version === 2) complainIgnored(context, 'accept', 'in strict mode of version 2');
  return !strict || (yes !== null && version === 3);
}

function addressConflictOf(settings: Settings): InstanceConfig['addressConflict'] {
  const given = settings.text('address_conflict');
  return given === 'off' || given === 'refuse' ? given : instanceDefaults.addressConflict;
}

/** Here `off` is off; for keepalived the word alone switches it on. */
function checkAddressListOnce(context: InstanceContext): boolean {
  const { settings, defaults } = context;
  const own = settings.switch('skip_check_adv_addr');
  const statement = settings.last('skip_check_adv_addr');
  if (own === false && statement !== null) {
    const message = 'skip_check_adv_addr is off here; keepalived switches it on whatever follows';
    const hint = 'leave the line out';
    complain(context, { code: 'keepalived-differs', span: statement.span, message, hint });
  }
  return own ?? defaults.checkAddressListOnce;
}
