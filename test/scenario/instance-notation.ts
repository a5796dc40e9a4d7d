/**
 * The settings of a scenario's instance, by their first word:
 *
 *     vrid 52 · interface eth1 · anywhere · priority 150 · state MASTER · nopreempt
 *     every 3s · version 3 · IPv6 · addresses 192.0.2.10/24 198.51.100.10@eth1
 *     excluded 203.0.113.1/24 · routes 198.51.100.0/24 · rules 100 · vmac 192.0.2.10/24
 *     source 192.0.2.7 · track-source · peers 192.0.2.2 ttl 254 255 192.0.2.3 sent-ttl 64 checked
 *     password s3cr3t · header password s3cr3t · hmac 1 window 10s monotonic permissive
 *     checksum message accepts message pseudo-header · list-once
 *     preempt-delay 10s · down-after 5 · late-as 200
 *     no-answer · advert-before-yielding · owner-ignores · no-accept · promote-secondaries
 *     ignores-link · track script check weight 20
 *     garp delay 0s repeat 2 refresh 3s refresh-repeat 2 lower-delay 1s lower-repeat 3 extra 9s all
 *     conflict warn · conflict refuse (else nobody listens for claims)
 *     notify · notify-deleted · priority-changes · alert
 *
 * An instance of IPv6 is of version 3, and has fe80::10/64 and 2001:db8::10/64 if nothing else.
 */
import { seconds } from '../../src/base/units.ts';
import type { InterfaceName } from '../../src/model/address.ts';
import { ownerPriority, type ChecksumForm } from '../../src/model/advert.ts';
import type { AnnouncementConfig } from '../../src/model/announcement-config.ts';
import type {
  HmacConfig,
  InstanceConfig,
  TransportConfig,
  UnicastPeer,
} from '../../src/model/config.ts';
import { multicastTransport } from '../../src/model/defaults.ts';
import { command, eth0, instanceConfig, notifyAll, virtualAddress } from './configuration.ts';
import { parseRoutes, parseRules, parseTrack, virtualMac } from './setting-notation.ts';
import type { Words } from './words.ts';

type Draft<Type> = { -readonly [Key in keyof Type]: Type[Key] };

type Instance = Draft<InstanceConfig>;

type Setting = (draft: Instance, words: Words) => void;

/** Of the HMAC key with id `id`; a secret. */
export const hmacKeyOf = (id: number): string => id.toString(16).padStart(2, '0').repeat(32);

const identity: Readonly<Record<string, Setting>> = {
  vrid: (draft, words) => {
    draft.virtualRouterId = words.number();
  },
  interface: (draft, words) => {
    draft.interface = words.next() as InterfaceName;
  },
  anywhere: (draft) => {
    draft.interface = null;
  },
  version: (draft, words) => {
    draft.version = words.number() === 3 ? 3 : 2;
  },
  IPv6: (draft) => {
    draft.version = 3;
    draft.family = 'IPv6';
    draft.transport = multicastTransport('IPv6');
    draft.virtualAddresses = ['fe80::10/64', '2001:db8::10/64'].map((one) => virtualAddress(one));
  },
  addresses: (draft, words) => {
    const name = draft.interface ?? undefined;
    draft.virtualAddresses = words.rest().map((one) => virtualAddress(one, name));
  },
  excluded: (draft, words) => {
    draft.excludedAddresses = words.rest().map((one) => virtualAddress(one));
  },
  vmac: (draft, words) => {
    draft.virtualMac = virtualMac(draft.interface ?? eth0, draft.virtualRouterId);
    const { name } = draft.virtualMac.virtual;
    draft.virtualAddresses = words.rest().map((one) => virtualAddress(one, name));
  },
  routes: (draft, words) => {
    draft.virtualRoutes = parseRoutes(words);
  },
  rules: (draft, words) => {
    draft.virtualRules = parseRules(words);
  },
  'no-accept': (draft) => {
    draft.accept = false;
  },
  'promote-secondaries': (draft) => {
    draft.promoteSecondaries = true;
  },
};

const election: Readonly<Record<string, Setting>> = {
  priority: (draft, words) => {
    draft.priority = words.number();
  },
  every: (draft, words) => {
    draft.advertisementInterval = words.duration();
  },
  nopreempt: (draft) => {
    draft.preempt = false;
  },
  'preempt-delay': (draft, words) => {
    draft.preemptDelay = words.duration();
  },
  'down-after': (draft, words) => {
    draft.downTimerAdverts = words.number();
  },
  'late-as': (draft, words) => {
    draft.stepDownWhenLate = { priority: words.number() };
  },
  'no-answer': (draft) => {
    draft.answerLowerPriority = false;
  },
  'advert-before-yielding': (draft) => {
    draft.advertiseBeforeYielding = true;
  },
  'owner-ignores': (draft) => {
    draft.ownerIgnoresAdverts = true;
  },
  conflict: (draft, words) => {
    draft.addressConflict = words.accept('refuse') ? 'refuse' : 'warn';
    if (draft.addressConflict === 'warn' && !words.accept('warn')) words.unknown();
  },
  'ignores-link': (draft) => {
    draft.trackOwnInterface = false;
  },
  track: (draft, words) => {
    draft.tracks = [...draft.tracks, parseTrack(words)];
  },
};

const packets: Readonly<Record<string, Setting>> = {
  source: (draft, words) => {
    draft.sourceAddress = words.address();
  },
  'track-source': (draft) => {
    draft.trackSourceAddress = true;
  },
  peers: (draft, words) => {
    draft.transport = parsePeers(words);
  },
  password: (draft, words) => {
    draft.authentication = { type: 'simple', password: words.next() };
  },
  header: (draft, words) => {
    if (!words.accept('password')) words.unknown();
    draft.authentication = { type: 'header', password: words.next() };
  },
  hmac: (draft, words) => {
    draft.hmac = parseHmac(words);
  },
  checksum: (draft, words) => {
    const send = words.next() as ChecksumForm;
    if (!words.accept('accepts')) words.unknown();
    draft.checksum = { send, accept: words.rest() as ChecksumForm[] };
  },
  'list-once': (draft) => {
    draft.checkAddressListOnce = true;
  },
};

const announcing: Readonly<Record<string, Setting>> = {
  garp: (draft, words) => {
    draft.announcement = parseGarp(draft.announcement, words);
  },
  notify: (draft) => {
    draft.notify = notifyAll;
  },
  'notify-deleted': (draft) => {
    const deleted = command('/notify/deleted');
    draft.notify = { ...draft.notify, deletedAsSuch: true, deleted };
  },
  'priority-changes': (draft) => {
    draft.notify = { ...draft.notify, priorityChanges: true };
  },
  alert: (draft) => {
    draft.smtpAlert = true;
  },
};

const settingTable = { ...identity, ...election, ...packets, ...announcing };

export function parseInstance(name: string, settings: readonly Words[]): InstanceConfig {
  const draft: Instance = { ...instanceConfig(), name };
  let state: InstanceConfig['initialState'] | null = null;
  for (const words of settings.filter(({ done }) => !done)) {
    if (words.accept('state')) {
      state = words.next() === 'MASTER' ? 'MASTER' : 'BACKUP';
    } else {
      const setting = settingTable[words.next()] ?? words.unknown();
      setting(draft, words);
    }
    if (!words.done) words.unknown();
  }
  draft.initialState = state ?? (draft.priority === ownerPriority ? 'MASTER' : 'BACKUP');
  return draft;
}

/** "192.0.2.2 ttl 254 255 192.0.2.3 sent-ttl 64 checked"; nothing: no peer at all. */
function parsePeers(words: Words): TransportConfig {
  const peers: UnicastPeer[] = [];
  let timeToLive = 255;
  let checkSource = false;
  while (!words.done) {
    if (words.accept('checked')) checkSource = true;
    else if (words.accept('sent-ttl')) timeToLive = words.number();
    else {
      const address = words.address();
      const bounded = words.accept('ttl');
      // As in keepalived a bound on the TTL asks for the sender to be a peer, too.
      if (bounded) checkSource = true;
      peers.push({
        address,
        minimumTimeToLive: bounded ? words.number() : 0,
        maximumTimeToLive: bounded ? words.number() : 255,
      });
    }
  }
  return { type: 'unicast', peers, timeToLive, checkSource };
}

/** "1 window 10s monotonic permissive": there are two keys, and the first number's is used. */
function parseHmac(words: Words): HmacConfig {
  const draft: Draft<HmacConfig> = {
    keys: [1, 2].map((id) => ({ id, key: hmacKeyOf(id) })),
    activeKey: words.number(),
    timeWindow: seconds(5),
    antiReplay: 'time',
    mode: 'enforce',
  };
  while (!words.done) {
    if (words.accept('window')) draft.timeWindow = words.duration();
    else if (words.accept('monotonic')) draft.antiReplay = 'monotonic';
    else if (words.accept('permissive')) draft.mode = 'permissive';
    else if (words.accept('receive-only')) draft.mode = 'receive-only';
    else words.unknown();
  }
  return draft;
}

function parseGarp(former: AnnouncementConfig, words: Words): AnnouncementConfig {
  const draft: Draft<AnnouncementConfig> = { ...former };
  while (!words.done) {
    if (words.accept('delay')) draft.delay = words.duration();
    else if (words.accept('repeat')) draft.repeat = words.number();
    else if (words.accept('refresh')) draft.refresh = words.duration();
    else if (words.accept('refresh-repeat')) draft.refreshRepeat = words.number();
    else if (words.accept('lower-delay')) draft.lowerPriorityDelay = words.duration();
    else if (words.accept('lower-repeat')) draft.lowerPriorityRepeat = words.number();
    else if (words.accept('extra')) draft.extra = words.duration();
    else if (words.accept('all')) draft.extraOnAll = true;
    else words.unknown();
  }
  return draft;
}
