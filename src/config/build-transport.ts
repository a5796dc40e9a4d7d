/** How adverts travel: by multicast or to peers, from which address, with which checksum. */
import { familyOf, isLinkLocal, isMulticast, parseIp, type IpAddress } from '../model/address.ts';
import type { ChecksumForm } from '../model/advert.ts';
import type { ChecksumConfig, TransportConfig, UnicastPeer } from '../model/config.ts';
import { acceptedChecksums } from './build-defaults.ts';
import {
  argumentSpan,
  complain,
  complainIgnored,
  type InstanceContext,
  type InstanceKind,
} from './instance-context.ts';
import { integer, readArgument } from './keywords/argument-type.ts';
import type { Statement } from './tree.ts';
import type { Word } from './words.ts';

/** Whether it is meant to send to peers; some words are about nothing else. */
export function isUnicast({ settings }: InstanceContext): boolean {
  const fault = settings.has('unicast_fault_no_peer');
  return settings.entries('unicast_peer').length > 0 || fault;
}

export function buildTransport(context: InstanceContext, kind: InstanceKind): TransportConfig {
  const { settings, defaults } = context;
  if (!kind.unicast) {
    for (const keyword of ['unicast_src_ip', 'unicast_ttl', 'check_unicast_src']) {
      complainIgnored(context, keyword, 'without unicast_peer: adverts go by multicast');
    }
    return { type: 'multicast', group: buildGroup(context, kind) };
  }
  complainIgnored(context, 'mcast_dst_ip', 'with unicast_peer');
  const peers = buildPeers(context, kind);
  const bounded = peers.some(
    ({ minimumTimeToLive, maximumTimeToLive }) => minimumTimeToLive > 0 || maximumTimeToLive < 255,
  );
  return {
    type: 'unicast',
    peers,
    timeToLive: settings.number('unicast_ttl') ?? 255,
    checkSource: bounded || settings.has('check_unicast_src') || defaults.checkUnicastSource,
  };
}

function buildGroup(context: InstanceContext, { family }: InstanceKind): IpAddress {
  const usual = context.defaults.groups[family];
  const text = context.settings.text('mcast_dst_ip');
  const address = text === null ? usual : parseIp(text);
  if (address !== null && familyOf(address) === family && isMulticast(address)) return address;
  const message = `mcast_dst_ip ${String(text)} is no multicast address of ${family}`;
  const span = argumentSpan(context, 'mcast_dst_ip');
  complain(context, { code: 'invalid-value', span, message });
  return usual;
}

function buildPeers(context: InstanceContext, kind: InstanceKind): readonly UnicastPeer[] {
  const peers = new Map<IpAddress, UnicastPeer>();
  for (const entry of context.settings.entries('unicast_peer')) {
    const peer = buildPeer(context, kind, entry);
    if (peer === null) continue;
    if (peers.has(peer.address)) {
      const message = `the peer ${peer.address} is named twice`;
      complain(context, { code: 'duplicate-address', span: entry.words[0].span, message });
    } else peers.set(peer.address, peer);
  }
  return [...peers.values()];
}

function buildPeer(
  context: InstanceContext,
  { family }: InstanceKind,
  { words: [word, ...rest] }: Statement,
): UnicastPeer | null {
  const address = parseIp(word.text);
  if (address === null || familyOf(address) !== family || isMulticast(address)) {
    const what = address === null ? 'no IP address' : `no host's address of ${family}`;
    const message = `the peer "${word.text}" is ${what}`;
    complain(context, { code: 'invalid-value', span: word.span, message });
    return null;
  }
  let minimumTimeToLive = 0;
  let maximumTimeToLive = 255;
  for (let index = 0; index < rest.length; index += 2) {
    const [keyword, argument] = [rest[index], rest[index + 1]];
    if (keyword === undefined) break;
    const value = readBound(context, keyword, argument);
    if (value === null) continue;
    if (keyword.text === 'min_ttl') minimumTimeToLive = value;
    else maximumTimeToLive = value;
  }
  if (minimumTimeToLive > maximumTimeToLive) {
    const message = `min_ttl ${minimumTimeToLive} is above max_ttl ${maximumTimeToLive}`;
    complain(context, { code: 'invalid-value', span: word.span, message });
    return null;
  }
  return { address, minimumTimeToLive, maximumTimeToLive };
}

function readBound(
  context: InstanceContext,
  keyword: Word,
  argument: Word | undefined,
): number | null {
  if (keyword.text !== 'min_ttl' && keyword.text !== 'max_ttl') {
    const message = `"${keyword.text}" means nothing behind a peer`;
    const hint = 'what may stand there: min_ttl N, max_ttl N; one peer on a line';
    complain(context, { code: 'unknown-keyword', span: keyword.span, message, hint });
    return null;
  }
  if (argument === undefined) {
    const message = `"${keyword.text}" lacks its number`;
    complain(context, { code: 'missing-argument', span: keyword.span, message });
    return null;
  }
  const value = readArgument(argument.text, integer(0, 255));
  if (value.ok) return Number(value.value);
  const { code, message } = value.error;
  complain(context, { code, span: argument.span, message: `${keyword.text}: ${message}` });
  return null;
}

/** In unicast `unicast_src_ip`, else `mcast_src_ip`; keepalived takes either for the other. */
export function buildSourceAddress(
  context: InstanceContext,
  { family, unicast, version }: InstanceKind,
): IpAddress | null {
  const { settings } = context;
  const usual = unicast ? 'unicast_src_ip' : 'mcast_src_ip';
  const keyword = settings.has(usual) || !unicast ? usual : 'mcast_src_ip';
  const text = settings.text(keyword);
  if (text === null) {
    complainIgnored(context, 'track_src_ip', 'without a source address');
    return null;
  }
  const address = parseIp(text);
  const span = argumentSpan(context, keyword);
  if (address === null || familyOf(address) !== family) {
    const message = `${keyword} ${text} is not of ${family}`;
    complain(context, { code: 'invalid-value', span, message });
    return null;
  }
  if (!unicast && version === 3 && family === 'IPv6' && !isLinkLocal(address)) {
    const message = `${keyword} ${text} is not link-local, as the source of adverts has to be`;
    complain(context, { code: 'invalid-value', span, message });
    return null;
  }
  return address;
}

/** Over IPv6 and in version 2 there is but one form. */
export function buildChecksum(context: InstanceContext, kind: InstanceKind): ChecksumConfig {
  const { settings, defaults } = context;
  const usable = kind.version === 3 && kind.family === 'IPv4';
  if (!usable) {
    for (const keyword of ['v3_checksum_as_v2', 'v3_checksum_accept', 'old_unicast_checksum']) {
      complainIgnored(context, keyword, 'but in version 3 over IPv4');
    }
    if (kind.version === 3) return { send: 'pseudo-header', accept: ['pseudo-header'] };
  }
  const old = settings.last('old_unicast_checksum');
  const never = old?.values[0] === 'never';
  if (usable && old !== null && !kind.unicast) {
    complainIgnored(context, 'old_unicast_checksum', 'without unicast_peer');
  }
  const sendsOld = usable && kind.unicast && old !== null && !never;
  const plain = settings.switch('v3_checksum_as_v2') ?? defaults.checksumAsVersion2;
  const send: ChecksumForm = sendsOld
    ? 'group-pseudo-header'
    : usable && plain
      ? 'message'
      : 'pseudo-header';
  const chosen = acceptedChecksums(settings.text('v3_checksum_accept'));
  const accepted = chosen ?? defaults.acceptedChecksums;
  const accept = new Set<ChecksumForm>();
  if (accepted !== 'message') accept.add('pseudo-header');
  if (accepted !== 'pseudo_header') accept.add('message');
  if (kind.unicast && (sendsOld || (!never && accepted === 'any'))) {
    accept.add('group-pseudo-header');
  }
  return { send, accept: [...accept] };
}
