/** The adverts that a virtual router receives: judged, counted, told of, and acted on. */
import { after, times, type Instant } from '../base/units.ts';
import type { IpAddress } from '../model/address.ts';
import type { AdvertReceived } from '../model/core-event.ts';
import { ownerPriority, resigningPriority } from '../model/advert.ts';
import { dropReasonTable, type DropReason } from '../model/drop-reason.ts';
import { advertInterval, judgeAdvert } from './advert-judgement.ts';
import { advertInBackup } from './backup.ts';
import { observe } from './conflict-watch.ts';
import { renounce } from './inheritance.ts';
import { advertInMaster } from './master.ts';
import type { Outbox } from './outbox.ts';
import { sourceAddress, type Router, type Surroundings } from './router.ts';

export function receiveAdvert(
  router: Router,
  surroundings: Surroundings,
  event: AdvertReceived,
): void {
  const { config, signatures, statistics } = router;
  const { outbox } = surroundings;
  const localAddress = sourceAddress(router, surroundings.network);
  const listKnown = isListKnown(router, event.source);
  const verdict = judgeAdvert(event, config, { localAddress, signatures, listKnown });
  if (verdict.dropped !== null) {
    const { source, advert } = event;
    const dropped = { reason: verdict.dropped, source, listed: advert.addresses };
    dropPacket(router, surroundings, dropped);
    return;
  }
  router.listedBy = event.source;
  hearVoice(router, surroundings, event.source);
  statistics.advertReceived(event.advert.priority);
  if (event.advert.version === 3) statistics.checksumReceived(event.advert.checksum);
  tellOfOtherChecksum(router, event, outbox);
  act(router, surroundings, event);
  // Afterwards, since a new master makes it worth telling again.
  for (const remark of verdict.remarks) remarkOn(router, remark, event.source, outbox);
  lookForConflict(router, surroundings, event, verdict.remarks);
}

/** What is heard goes on to be heard: it is Master beside us, or it is not of our kind. */
function lookForConflict(
  router: Router,
  surroundings: Surroundings,
  { advert, source, channel }: AdvertReceived,
  remarks: readonly DropReason[],
): void {
  const { config, state } = router;
  if (remarks.includes('address-list')) {
    const listed = advert.addresses;
    observe(router, surroundings, { type: 'mismatch', source, reason: 'address-list', listed });
  } else if (state.name === 'Master' && advert.priority !== resigningPriority) {
    // Whoever outranks a Master has just made it a Backup.
    if (advert.priority === ownerPriority) {
      observe(router, surroundings, { type: 'second-owner', source });
      return;
    }
    const otherChecksum =
      advert.version === 3 && channel.family === 'IPv4' && advert.checksum !== config.checksum.send;
    observe(router, surroundings, { type: 'losing-advert', source, otherChecksum });
  }
}

/** A packet that was for this virtual router and was dropped. */
export interface Dropped {
  readonly reason: DropReason;
  readonly source: IpAddress | null;
  /** The addresses that it lists; null where they can't be read. */
  readonly listed: readonly IpAddress[] | null;
}

/** Counts a packet that was dropped, and tells of it once until state or master changes. */
export function dropPacket(
  router: Router,
  surroundings: Surroundings,
  { reason, source, listed }: Dropped,
): void {
  const { config, statistics } = router;
  statistics.dropped(reason);
  if (statistics.firstOf(reason)) {
    const { meaning } = dropReasonTable[reason];
    const text = `dropped advert from ${source ?? 'unknown'}: ${meaning} (${reason})`;
    surroundings.outbox.log('warning', `(${config.name}) ${text}`);
  }
  if (isUnverified(router, reason)) distrust(router, surroundings.at);
  if (source === null) return;
  if (reason !== 'own-packet') hearVoice(router, surroundings, source);
  observe(router, surroundings, { type: 'mismatch', source, reason, listed });
}

/** What the kernel, which heeds better adverts for a master that may be dead, can't see. */
const unverified = new Set<DropReason>([
  'checksum',
  'hmac-missing',
  'hmac-malformed',
  'hmac-unknown-key',
  'hmac-forged',
  'hmac-stale',
  'hmac-replayed',
]);

/** A password can be seen, a digest can't. */
function isUnverified({ config }: Router, reason: DropReason): boolean {
  if (reason === 'authentication-failure') return config.authentication.type === 'header';
  return unverified.has(reason);
}

/** So long after the last of them. */
const intervalsOfDistrust = 3;

/** Better adverts may be forged too: with the next of ours the kernel is told to heed none. */
function distrust(router: Router, at: Instant): void {
  const { advertisementInterval } = router.config;
  router.forgedUntil = after(at, times(advertisementInterval, intervalsOfDistrust));
}

/** Whoever speaks VRRP for this virtual router may have its addresses. */
function hearVoice({ config, claims }: Router, { at }: Surroundings, source: IpAddress): void {
  if (config.addressConflict !== 'off') claims.heardVoice(source, at);
}

/** `skip_check_adv_addr`; as in keepalived a Master compares the list of each advert. */
function isListKnown({ config, state, listedBy }: Router, sender: IpAddress): boolean {
  return config.checkAddressListOnce && state.name !== 'Master' && listedBy === sender;
}

function act(router: Router, surroundings: Surroundings, { advert, source }: AdvertReceived): void {
  const interval = advertInterval(advert);
  const sender = { priority: advert.priority, address: source, interval };
  router.lastAdvert = { from: sender, at: surroundings.at };
  switch (router.state.name) {
    case 'Initialize':
      // Somebody is Master: the earlier run was not, or is so no more.
      if (router.inheritedUntil !== null && advert.priority !== resigningPriority) {
        renounce(router, surroundings);
      }
      return;
    case 'Fault':
      return;
    case 'Backup':
      advertInBackup(router, surroundings, router.state, sender);
      return;
    case 'Master':
      advertInMaster(router, surroundings, router.state, sender);
      return;
  }
}

function remarkOn(
  { config, statistics }: Router,
  reason: DropReason,
  source: IpAddress,
  outbox: Outbox,
): void {
  statistics.remarked(reason);
  if (!statistics.firstOf(reason)) return;
  const { meaning } = dropReasonTable[reason];
  outbox.log('notice', `(${config.name}) taken, but advert from ${source}: ${meaning} (${reason})`);
}

/**
 * A master that hears a worse one go on has to ask why its own adverts are not taken.
 * Where that one sends the other form of the version 3 checksum over IPv4, which
 * keepalived up to 2.2.7 and FRR up to 8.4 refuse to receive, that is the likely cause.
 */
function tellOfOtherChecksum(
  { config, state, statistics, effectivePriority }: Router,
  { advert, source, channel }: AdvertReceived,
  outbox: Outbox,
): void {
  if (state.name !== 'Master' || advert.version === 2 || channel.family === 'IPv6') return;
  const losing = advert.priority > 0 && advert.priority < effectivePriority;
  if (!losing || advert.checksum === config.checksum.send) return;
  if (!statistics.firstOf('other-checksum')) return;
  outbox.log(
    'warning',
    `(${config.name}) ${source} is master too, and sends another form of the version 3 checksum ` +
      `(${advert.checksum}) than this host (${config.checksum.send}): it likely drops our adverts ` +
      'for their checksum; see v3_checksum_as_v2',
  );
}

/** An advert for no virtual router that is configured. */
export function tellOfUnknown({ channel, source, advert }: AdvertReceived, outbox: Outbox): void {
  const place = channel.interface === null ? '' : ` on ${channel.interface}`;
  const id = String(advert.virtualRouterId);
  outbox.log('info', `Received advert from ${source}${place} for unknown VRID ${id}`);
}
