/** A virtual router as keepalived's state dump shows it; the password is left out. */
import { toMilliseconds, toSeconds } from '../../base/units.ts';
import type { InstanceConfig } from '../../model/config.ts';
import type { InstanceSnapshot, StateName } from '../../model/snapshot.ts';
import { addressText } from './address-text.ts';
import { listed, notifyLines, trackLines, when, type DumpContent } from './dump-content.ts';
import { shortNumber, timeText, wholeSeconds } from './number-text.ts';
import { routeText, ruleText } from './routing-text.ts';

export interface Shown {
  readonly instance: InstanceConfig;
  readonly state: InstanceSnapshot;
}

export function stateWord(state: StateName): string {
  return state === 'Initialize' ? 'INIT' : state.toUpperCase();
}

export function instanceLines(shown: Shown, content: DumpContent): readonly string[] {
  const { instance, state } = shown;
  return [
    ` VRRP Instance = ${instance.name}`,
    `   VRRP Version = ${String(instance.version)}`,
    ...(state.group === null ? [] : [`   Sync group = ${state.group}`]),
    ...when(instance.family === 'IPv6', '   Using Native IPv6'),
    ...stateLines(shown),
    ...timeLines(shown, content),
    ...interfaceLines(shown),
    ...announcementLines(instance),
    ...electionLines(shown),
    ...authenticationLines(instance),
    ...addressLines(shown),
    ...unicastLines(instance),
    ...listed('Virtual Routes :', instance.virtualRoutes.map(routeText)),
    ...listed('Virtual Rules :', instance.virtualRules.map(ruleText)),
    ...trackLines(instance.tracks, 'Tracked processes :'),
    `   Using smtp notification = ${instance.smtpAlert ? 'yes' : 'no'}`,
    `   Notify deleted = ${instance.notify.deletedAsSuch ? 'Deleted' : 'Fault'}`,
    ...notifyLines(instance.notify, content.owner),
    `   Notify priority changes = ${String(instance.notify.priorityChanges)}`,
  ];
}

function stateLines({ instance, state }: Shown): readonly string[] {
  const { master } = state;
  return [
    `   State = ${stateWord(state.state)}`,
    ...(state.state !== 'Backup'
      ? []
      : [
          `   Master router = ${master?.address ?? unspecified(instance)}`,
          `   Master priority = ${String(master?.priority ?? 0)}`,
          ...when(
            instance.version === 3,
            `   Master advert int = ${(state.masterAdvertisementIntervalMs / 1_000).toFixed(2)} sec`,
          ),
        ]),
    ...flagLines(instance),
    `   Wantstate = ${stateWord(wantedState(state))}`,
    // A configuration with faults is refused as a whole.
    '   Number of config faults = 0',
  ];
}

/** On an interface of its own making keepalived promotes in any case, and doesn't show it. */
export function promotes({ promoteSecondaries, virtualMac }: InstanceConfig): boolean {
  return promoteSecondaries && virtualMac === null;
}

/** What it would be in if its sync group let it: a member without faults of its own is Backup. */
export function wantedState(state: InstanceSnapshot): StateName {
  return state.state === 'Fault' && ownFaults(state) === 0 ? 'Backup' : state.state;
}

/** Faults but for those of other members of the sync group. */
export function ownFaults({ state, group, reasons }: InstanceSnapshot): number {
  if (state !== 'Fault') return 0;
  return reasons.filter((reason) => !reason.startsWith(`sync group ${group ?? ''}:`)).length;
}

function unspecified({ family }: InstanceConfig): string {
  return family === 'IPv4' ? '0.0.0.0' : '::';
}

/** "none" where the configuration sets none of the options that keepalived keeps as bits. */
function flagLines(instance: InstanceConfig): readonly string[] {
  const { transport } = instance;
  const unicast = transport.type === 'unicast';
  const set =
    unicast ||
    !instance.preempt ||
    instance.virtualMac !== null ||
    instance.addressInterfaces.length > 0 ||
    instance.sourceAddress !== null ||
    instance.trackSourceAddress ||
    promotes(instance) ||
    instance.checkAddressListOnce ||
    !instance.trackOwnInterface;
  if (!set) return ['   Flags: none'];
  return ['   Flags:', ...when(unicast, '     Using unicast')];
}

function timeLines(
  { instance, state }: Shown,
  { snapshot, nowMs }: DumpContent,
): readonly string[] {
  const { nextTimeoutInMs, masterDownIntervalMs } = state;
  const scripts = instance.tracks.filter(({ kind }) => kind === 'script').map(({ name }) => name);
  const pending = snapshot.scripts.filter(
    ({ name, status }) => status === 'unknown' && scripts.includes(name),
  );
  const timeout = nextTimeoutInMs === null ? 'DISABLED' : timeText(nowMs + nextTimeoutInMs);
  return [
    `   Number of interface and track script faults = ${String(ownFaults(state))}`,
    `   Number of track scripts init = ${String(pending.length)}`,
    `   Last transition = ${timeText(nowMs - state.inStateForMs)}`,
    `   Read timeout = ${timeout}`,
    `   Master down timer = ${String(Math.round(masterDownIntervalMs * 1_000))} usecs`,
  ];
}

function interfaceLines({ instance, state }: Shown): readonly string[] {
  const { virtualMac, transport, vrf, sourceAddress } = instance;
  const from = sourceAddress === null ? '' : ' (from configuration)';
  return [
    ...virtualInterfaceLines(shownUp(state), instance),
    virtualMac === null
      ? `   Interface = ${instance.interface ?? 'not configured'}`
      : `   Interface = ${virtualMac.virtual.name}, ` +
        (virtualMac.virtual.kind.type === 'macvlan' ? 'vmac' : 'ipvlan') +
        ` on ${virtualMac.virtual.base}${virtualMac.transmitOnBase ? ', xmit base i/f' : ''}`,
    ...(vrf === null ? [] : [`   VRF = ${vrf}`]),
    ...when(!instance.trackOwnInterface, '   VRRP interface tracking disabled'),
    ...when(instance.checkAddressListOnce, '   Skip checking advert IP addresses'),
    ...when(instance.strict, '   Enforcing strict VRRP compliance'),
    `   Using src_ip = ${state.sourceAddress ?? '(none)'}${from}`,
    ...(transport.type === 'multicast' ? [`   Multicast address ${transport.group}`] : []),
  ];
}

/** A virtual interface is up wherever the instance is neither in Fault nor before its start. */
function shownUp({ state }: InstanceSnapshot): boolean {
  return state === 'Backup' || state === 'Master';
}

function virtualInterfaceLines(up: boolean, instance: InstanceConfig): readonly string[] {
  const { virtualMac, addressInterfaces } = instance;
  const several = when(addressInterfaces.length > 0, '   Use VMAC for VIPs on other interfaces');
  if (virtualMac === null) return several;
  const { name, kind } = virtualMac.virtual;
  if (kind.type === 'macvlan') {
    return [
      `   Use VMAC, i/f name ${name}, is_up = ${String(up)}, ` +
        `xmit_base = ${String(virtualMac.transmitOnBase)}`,
      ...several,
    ];
  }
  const address = kind.address === null ? '' : `, i/f address = ${kind.address}`;
  return [
    ...several,
    `   Use IPVLAN, i/f ${name}, is_up = ${String(up)}${address}, type ${kind.mode}`,
  ];
}

function announcementLines({ announcement, downTimerAdverts }: InstanceConfig): readonly string[] {
  const target = announcement.extraOnAll ? 'i/f' : 'VMAC';
  return [
    `   Gratuitous ARP delay = ${wholeSeconds(announcement.delay)}`,
    `   Gratuitous ARP repeat = ${String(announcement.repeat)}`,
    `   Gratuitous ARP refresh = ${wholeSeconds(announcement.refresh)}`,
    `   Gratuitous ARP refresh repeat = ${String(announcement.refreshRepeat)}`,
    `   Gratuitous ARP lower priority delay = ${wholeSeconds(announcement.lowerPriorityDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${String(announcement.lowerPriorityRepeat)}`,
    `   Down timer adverts = ${String(downTimerAdverts)}`,
    ...when(
      announcement.extra > 0,
      `   Gratuitous ARP for each secondary ${target} = ${wholeSeconds(announcement.extra)}`,
    ),
  ];
}

function electionLines({ instance, state }: Shown): readonly string[] {
  const { version, preemptDelay, answerLowerPriority, advertiseBeforeYielding } = instance;
  const intervalMs = toMilliseconds(instance.advertisementInterval);
  const masterIntervalMs = String(Math.trunc(state.masterAdvertisementIntervalMs));
  return [
    `   Send advert after receive lower priority advert = ${String(answerLowerPriority)}`,
    `   Send advert after receive higher priority advert = ${String(advertiseBeforeYielding)}`,
    `   Virtual Router ID = ${String(instance.virtualRouterId)}`,
    `   Priority = ${String(state.basePriority)}`,
    `   Effective priority = ${String(state.effectivePriority)}`,
    `   Total priority = ${String(state.effectivePriority)}`,
    version === 2
      ? `   Advert interval = ${String(intervalMs / 1_000)} sec`
      : `   Advert interval = ${String(intervalMs)} milli-sec`,
    ...when(
      state.state === 'Backup' && version === 3,
      `   Master advert interval = ${masterIntervalMs} milli-sec`,
    ),
    `   Accept = ${ability(instance.accept)}`,
    `   Preempt = ${ability(instance.preempt)}`,
    ...when(preemptDelay > 0, `   Preempt delay = ${shortNumber(toSeconds(preemptDelay))} secs`),
    `   Promote_secondaries = ${ability(promotes(instance))}`,
  ];
}

function authenticationLines(instance: InstanceConfig): readonly string[] {
  const { authentication, version, receiveBufferOctets } = instance;
  const words = { none: 'none', simple: 'SIMPLE_PASSWORD', header: 'IPSEC_AH' } as const;
  return [
    ...when(
      version === 2 || authentication.type !== 'none',
      `   Authentication type = ${words[authentication.type]}`,
    ),
    ...(receiveBufferOctets === null
      ? []
      : [`   Kernel rx buffer size = ${String(receiveBufferOctets)}`]),
  ];
}

function addressLines(shown: Shown): readonly string[] {
  const { virtual, excluded } = addressTexts(shown);
  return [
    ...listed(`Virtual IP (${String(virtual.length)}):`, virtual),
    ...listed('Virtual IP Excluded :', excluded),
  ];
}

/** Virtual and excluded addresses, with what is known of each. */
export function addressTexts({ instance, state }: Shown): {
  readonly virtual: readonly string[];
  readonly excluded: readonly string[];
} {
  const made = [
    ...(instance.virtualMac === null ? [] : [instance.virtualMac.virtual]),
    ...instance.addressInterfaces,
  ];
  const bases = new Map<string, string>(made.map(({ name, base }) => [name, base]));
  const held = state.addresses.length > 0 && state.addresses.every((one) => one.held);
  const each = { held, guarded: held && !instance.accept, bases };
  return {
    virtual: instance.virtualAddresses.map((one) => addressText(one, each)),
    excluded: instance.excludedAddresses.map((one) => addressText(one, each)),
  };
}

function unicastLines({ transport, checksum, version, family }: InstanceConfig): readonly string[] {
  if (transport.type === 'multicast') return [];
  const messageOnly = version === 3 && family === 'IPv4' && checksum.send === 'message';
  return [
    `   Unicast TTL = ${String(transport.timeToLive)}`,
    `   Check unicast src : ${transport.checkSource ? 'yes' : 'no'}`,
    '   Unicast Peer :',
    ...transport.peers.map(
      ({ address, minimumTimeToLive, maximumTimeToLive }) =>
        `     ${address} min_ttl ${String(minimumTimeToLive)} max_ttl ${String(maximumTimeToLive)}`,
    ),
    `   Unicast checksum compatibility = ${messageOnly ? 'config' : 'no'}`,
  ];
}

function ability(enabled: boolean): string {
  return enabled ? 'enabled' : 'disabled';
}
