/** Effects as lines that a person can read, without ids and without secrets. */
import { toSeconds, type Duration } from '../base/units.ts';
import { isIpv4, vrrpGroupIpv4, vrrpGroupIpv6 } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import type { Command } from '../model/command.ts';
import type { VirtualAddress } from '../model/config.ts';
import type {
  AnnounceAddresses,
  CreateInterface,
  DeleteInterface,
  Effect,
  HoldAddresses,
  InstallRoutes,
  InstallRules,
  ProbeAddresses,
  ReleaseAddresses,
  ReportSuccession,
  SendAdvert,
  SetFirewall,
  UnwatchProcess,
  WatchAddresses,
  WatchProcess,
  WithdrawRoutes,
  WithdrawRules,
} from '../model/effect.ts';
import type { ConfirmLeases, EndLease, PrepareLease, SetGuard, TakeLease } from '../model/lease.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { InstanceSnapshot, SidePeerSnapshot, Snapshot } from '../model/snapshot.ts';
import type { CloseSideChannel, OpenSideChannel, SendSideMessage } from '../model/side-effect.ts';
import { standingsText } from './core-event-text.ts';
import { differencesText, sideMessageText } from './side-message-text.ts';

/** One line; a report of the state is several. */
export function effectText(effect: Effect): string {
  switch (effect.type) {
    case 'join-interface':
      return `join ${joinText(effect.channel)}`;
    case 'leave-interface':
      return `leave ${channelText(effect.channel)}`;
    case 'send-advert':
      return advertText(effect);
    case 'hold-addresses':
    case 'release-addresses':
    case 'announce-addresses':
      return addressesText(effect);
    case 'watch-addresses':
    case 'probe-addresses':
      return questionText(effect);
    case 'install-routes':
    case 'withdraw-routes':
    case 'install-rules':
    case 'withdraw-rules':
      return routingText(effect);
    case 'create-interface':
    case 'delete-interface':
      return interfaceText(effect);
    case 'promote-secondaries':
      return `promote secondaries on ${effect.interface}`;
    case 'suppress-local-reports':
      return `${effect.suppressed ? 'suppress' : 'send'} reports of local groups`;
    case 'set-firewall':
      return firewallText(effect);
    case 'set-guard':
    case 'prepare-lease':
    case 'take-lease':
    case 'end-lease':
    case 'confirm-leases':
      return leaseText(effect);
    case 'open-side-channel':
    case 'close-side-channel':
    case 'send-side-message':
      return sideChannelText(effect);
    case 'count-processes':
      return `count processes of ${effect.trackers.map(({ name }) => name).join(', ') || 'nothing'}`;
    case 'open-fifos':
      return `open fifos ${effect.fifos.map(({ path }) => path).join(', ') || 'none'}`;
    case 'write-fifos':
      return `fifo ${effect.line}`;
    case 'watch-files':
      return `watch files ${effect.files.map(({ name }) => name).join(', ') || 'none'}`;
    case 'watch-process':
    case 'unwatch-process':
      return processText(effect);
    case 'run-script':
      return `run script ${effect.script}: ${spelled(effect.command)}`;
    case 'run-notify':
      return `notify ${spelled(effect.command)}`;
    case 'send-mail':
      return `mail "${effect.subject}": ${effect.body.trim()}`;
    case 'find-service':
      return `find ${effect.service.name}`;
    case 'start-service':
      return `start ${effect.service.name}${formerly(effect.formerProcessId)}`;
    case 'stop-service':
      return `stop ${effect.service.name}, process ${effect.processId}`;
    case 'reload-service':
      return `reload ${effect.service.name}, process ${effect.processId}`;
    case 'test-service':
      return `test ${effect.service}: ${spelled(effect.command)}`;
    case 'probe-service':
      return `probe ${effect.service}`;
    case 'write-log':
      return `log ${effect.level}: ${effect.text}`;
    case 'write-journal':
      return `journal: ${journalText(effect.entry)}`;
    case 'report-snapshot':
      return `report:\n${snapshotText(effect.snapshot)}`;
    case 'report-succession':
      return successionText(effect);
    case 'finish':
      return 'finish';
  }
}

function addressesText(effect: HoldAddresses | ReleaseAddresses | AnnounceAddresses): string {
  switch (effect.type) {
    case 'hold-addresses':
      return `hold ${listed(effect.addresses)} ${lifetimeText(effect.lifetime)}`;
    case 'release-addresses':
      return `release ${listed(effect.addresses)}`;
    case 'announce-addresses':
      return `announce ${listed(effect.addresses)}, ${announcements(effect)}`;
  }
}

function successionText({ outcome }: ReportSuccession): string {
  return outcome.ok
    ? `leave all to the next Baton: ${standingsText(outcome.value)}`
    : `refuse to leave: ${outcome.error}`;
}

function questionText(effect: WatchAddresses | ProbeAddresses): string {
  if (effect.type === 'watch-addresses') {
    return `listen for claims of ${effect.addresses.join(', ') || 'nothing'}`;
  }
  return `ask who has ${effect.probes.map(({ address }) => address).join(', ')}`;
}

function processText(effect: WatchProcess | UnwatchProcess): string {
  if (effect.type === 'unwatch-process') return `unwatch ${effect.service}`;
  return `watch process ${effect.processId} of ${effect.service}`;
}

function interfaceText(effect: CreateInterface | DeleteInterface): string {
  if (effect.type === 'delete-interface') return `delete ${effect.name}`;
  const { kind, name, base } = effect.virtual;
  return `create ${kind.type} ${name} on ${base}`;
}

function sideChannelText(effect: OpenSideChannel | CloseSideChannel | SendSideMessage): string {
  switch (effect.type) {
    case 'open-side-channel':
      return `open side channel ${effect.channel.own.address} port ${effect.channel.own.port}`;
    case 'close-side-channel':
      return 'close side channel';
    case 'send-side-message':
      return `tell ${effect.to.address} ${sideMessageText(effect.message)}`;
  }
}

function routingText(
  effect: InstallRoutes | WithdrawRoutes | InstallRules | WithdrawRules,
): string {
  const things = 'routes' in effect ? effect.routes : effect.rules;
  return `${effect.type.split('-').join(' ')}: ${texts(things)}`;
}

type LeaseEffect = SetGuard | PrepareLease | TakeLease | EndLease | ConfirmLeases;

function leaseText(effect: LeaseEffect): string {
  switch (effect.type) {
    case 'set-guard':
      return guardText(effect);
    case 'prepare-lease':
      return `prepare lease ${effect.lease.number} of ${listed(effect.lease.addresses)}`;
    case 'take-lease': {
      const { lease } = effect;
      const rivals = lease.outrankedAbove === null ? ', whoever else advertises' : '';
      const duration = `${toSeconds(lease.duration)} s`;
      return `take lease ${lease.number} of ${listed(lease.addresses)} for ${duration}${rivals}`;
    }
    case 'end-lease':
      return `end lease ${effect.number}`;
    case 'confirm-leases':
      return `confirm ${effect.numbers.map((number) => `lease ${number}`).join(', ')}`;
  }
}

function guardText({ frame, held }: SetGuard): string {
  if (frame === null) return 'no guard';
  const leases = held.map(({ lease }) => `, lease ${lease.number}`);
  return `guard ${frame.interfaces.join(', ')}${leases.join('')}`;
}

function advertText(effect: SendAdvert): string {
  const { channel, source, destination, timeToLive, advert, authenticationHeader, hmac } = effect;
  const { virtualRouterId, priority, addresses } = advert;
  const more = [
    ...(timeToLive === 255 ? [] : [`ttl ${timeToLive}`]),
    ...versionText(advert),
    ...(authenticationHeader === null ? [] : [`AH ${authenticationHeader.sequenceNumber}`]),
    ...(hmac === null ? [] : [`HMAC key ${hmac.keyId}, counter ${hmac.counter}`]),
  ];
  return (
    `advert ${channelText(channel)} ${source} > ${destination}: vrid ${virtualRouterId}, ` +
    `priority ${priority}, every ${intervalText(advert)}, ` +
    [addresses.join(' '), ...more].join(', ')
  );
}

function intervalText(advert: Advert): string {
  return advert.version === 2
    ? `${advert.advertisementIntervalSeconds} s`
    : `${advert.advertisementIntervalCentiseconds} cs`;
}

function versionText(advert: Advert): readonly string[] {
  if (advert.version === 3) {
    return ['version 3', ...(advert.checksum === 'pseudo-header' ? [] : [advert.checksum])];
  }
  const { type } = advert.authentication;
  return type === 0 ? [] : [`authentication type ${type}`];
}

/** The interface; and what it is beyond VRRP over IPv4. */
function channelText({ interface: name, family, protocol }: AdvertChannel): string {
  const more = [...(family === 'IPv4' ? [] : [family]), ...(protocol === 'vrrp' ? [] : [protocol])];
  return [name ?? 'anywhere', ...more].join(' ');
}

function joinText(channel: JoinedChannel): string {
  const usual = channel.family === 'IPv4' ? vrrpGroupIpv4 : vrrpGroupIpv6;
  const { groups, receiveBufferOctets: octets } = channel;
  const plain = groups.length === 1 && groups[0] === usual;
  const more = [
    ...(plain ? [] : [groups.length === 0 ? 'unicast' : groups.join(' ')]),
    ...(octets === null ? [] : [`buffer ${octets}`]),
  ];
  return [channelText(channel), ...more].join(', ');
}

function firewallText({ unaccepted, quietInterfaces, firewall }: SetFirewall): string {
  const refused = unaccepted.map(({ address }) => address).join(' ') || 'none';
  return `firewall ${firewall.table}: unaccepted ${refused}; quiet ${quietInterfaces.join(' ') || 'none'}`;
}

function texts(lines: readonly { readonly text: string }[]): string {
  return lines.map(({ text }) => text).join('; ');
}

function journalText(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'transition':
      return `${entry.instance} ${entry.from} -> ${entry.to}, priority ${entry.priority}: ${entry.reason}`;
    case 'priority':
      return `${entry.instance} priority ${entry.from} -> ${entry.to}`;
    case 'address-restored':
      return `${entry.instance} restored ${entry.address} on ${entry.interface}`;
    case 'script':
      return `script ${entry.script} ${entry.up ? 'up' : 'down'}: ${entry.detail}`;
    case 'service':
      return `service ${entry.service} ${entry.state}: ${entry.detail}`;
    case 'restored':
      return `${entry.instance ?? 'static'} restored ${entry.what} ${entry.subject}`;
    case 'file':
      return `file ${entry.file} has value ${entry.value}`;
    case 'process':
      return `process ${entry.process} ${entry.up ? 'up' : 'down'}: ${entry.detail}`;
    case 'group':
      return `group ${entry.group} ${entry.from} -> ${entry.to}`;
    case 'link':
      return `link ${entry.interface} ${entry.state}`;
    case 'duplicate':
      return `duplicate ${entry.address} on ${entry.interface}`;
    case 'conflict':
      return `${entry.instance} conflict with ${entry.with} ${entry.state}: ${entry.cause}`;
    case 'command':
      return `command ${entry.command} ${entry.instance ?? 'all'}`;
    case 'config':
      return entry.detail;
    case 'side-peer':
      return `Baton on ${entry.peer} is ${entry.alive ? 'there' : 'silent'}`;
    case 'differences':
      return `${entry.instance} and ${entry.peer} differ in ${differencesText(entry.differences)}`;
    case 'hand-over':
      return `${entry.instance} ${entry.outcome} by ${entry.peer}: ${entry.detail}`;
  }
}

function snapshotText(snapshot: Snapshot): string {
  const lines = [
    ...snapshot.instances.flatMap(instanceLines),
    ...snapshot.scripts.map(
      ({ name, status, runs, lastDetail }) =>
        `script ${name}: ${status}, ${runs} runs, ${lastDetail}`,
    ),
    ...snapshot.services.map(
      ({ name, state, status, restarts, detail }) =>
        `service ${name}: ${state}, ${status}, ${restarts} restarts, ${detail}`,
    ),
    ...snapshot.groups.map(
      ({ name, state, members }) => `group ${name}: ${state}, ${members.join(' ')}`,
    ),
    ...snapshot.files.map(({ name, value }) => `file ${name}: ${value ?? 'nothing'}`),
    ...snapshot.processes.map(
      ({ name, status, count }) => `process ${name}: ${status}, ${count ?? 'not counted'}`,
    ),
    ...counts('drops of no instance', snapshot.drops),
    ...(snapshot.sideChannel?.peers.map(peerText) ?? []),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

function peerText({ address, alive, counterparts }: SidePeerSnapshot): string {
  const routers = counterparts.map(({ instance, name, state, priority, differences }) => {
    const differs = differences.length === 0 ? '' : `, differs in ${differencesText(differences)}`;
    return `${instance} is ${name}, ${state}, priority ${priority}${differs}`;
  });
  return `Baton on ${address} ${alive ? 'is there' : 'is silent'}: ${routers.join('; ') || 'nothing'}`;
}

function instanceLines(one: InstanceSnapshot): string[] {
  const { drops, remarks, checksums } = one.counters;
  const counters = Object.entries(one.counters).filter(([, value]) => typeof value === 'number');
  const master = one.master === null ? 'none' : `${one.master.address} (${one.master.priority})`;
  const addresses = one.addresses.map((each) => `${each.address}${each.held ? ' held' : ''}`);
  const reasons = one.reasons.length === 0 ? '' : `, because ${one.reasons.join(', ')}`;
  return [
    `${one.name}: ${one.state}, priority ${one.effectivePriority} of ${one.basePriority}${reasons}`,
    `  master ${master}, ${addresses.join(', ')}${one.passed ? ', passed' : ''}`,
    ...one.conflicts.map(
      (each) => `  conflict with ${each.with} for ${each.sinceMs / 1_000} s: ${each.cause}`,
    ),
    ...counts('  counters', Object.fromEntries(counters)),
    ...counts('  drops', drops),
    ...counts('  remarks', remarks),
    ...counts('  checksums', checksums),
  ];
}

function counts(title: string, counters: Readonly<Record<string, number>>): string[] {
  const moved = Object.entries(counters).filter(([, count]) => count !== 0);
  if (moved.length === 0) return [];
  return [`${title}: ${moved.map(([name, count]) => `${name} ${count}`).join(', ')}`];
}

function listed(addresses: readonly VirtualAddress[]): string {
  if (addresses.length === 0) return 'no address';
  return addresses
    .map((one) => `${one.address}/${one.prefixLength} on ${one.interface}`)
    .join(', ');
}

/** By ARP, or by Neighbour Advertisement. */
function announcements({ addresses, repeat }: AnnounceAddresses): string {
  const one = addresses.every(({ address }) => isIpv4(address)) ? 'ARP' : 'NA';
  return repeat === 1 ? `one ${one} each` : `${repeat} ${one}s each`;
}

function formerly(processId: number | null): string {
  return processId === null ? '' : `, after process ${processId}`;
}

function spelled({ program, arguments: given }: Command): string {
  return [program, ...given].join(' ');
}

function lifetimeText(lifetime: Duration | null): string {
  return lifetime === null ? 'for good' : `for ${toSeconds(lifetime)} s`;
}
