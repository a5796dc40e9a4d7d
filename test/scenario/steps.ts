/**
 * The steps of scenarios. Each may begin with "at 5s": then that time comes first,
 * with all that is due on the way.
 *
 *     start                                  eth0 is up with 192.0.2.1, fe80::1 and 2001:db8::1,
 *                                            and all is listed
 *     listed
 *     until 10s
 *     asleep until 10s                       time passes, and nobody looks
 *     link eth0 up | down | removed
 *     address 192.0.2.1/24 on eth0 appears [own [renewed 0.4s ago]] | vanishes
 *     advert from 192.0.2.2 priority 200 [on eth1] [anywhere] [to 192.0.2.1] [ttl 254] [vrid 52]
 *            [version 3] [every 2s] [checksum message] [addresses 192.0.2.10,192.0.2.11]
 *            [authentication 3] [password s3cr3t] [AH [forged] 7]
 *            [HMAC 1 at 5s counter 3 [age 2s] [ahead 2s] [forged | malformed | unknown-key]]
 *     adverts from 192.0.2.2 priority 200 [...] each 1s until 10s
 *     unreadable packet-length from 192.0.2.2 vrid 51
 *     sends fail on eth0: ENETDOWN
 *     joins fail: EPERM | joins work | holds fail: EPERM | holds work
 *     routes fail: EPERM | routes work       and rules with them
 *     script check exits 1 | hangs | times out | is killed | cannot be executed
 *     service nginx runs as process 7 | dies | breaks | cannot start | is mended
 *     service nginx falls silent | answers
 *     side hello of nothing | VI_1 Backup [priority 90] [vrid 52] [version 3] [unicast] [every 2s]
 *            [password] [fingerprint 2] [addresses 192.0.2.10,192.0.2.11] [and VI_2 ...]
 *            [from 192.0.2.2] [session bb] [to aa | nobody] [counter 7]
 *     side take 1 VI_1,VI_2 [before 2s] | taken 1 | declined 1 stopping [from ...]
 *     side channels fail: EADDRINUSE
 *     file load has 3 | is gone
 *     processes of named: 2
 *     station 02:00:00:00:00:0b announces | answers for 192.0.2.10 [on eth1]
 *     route 198.51.100.0/24 vanishes | rule 100 vanishes
 *     takeover nears
 *     pass [VI_1] | stop | status
 *     explain [VI_1]                         what `baton explain` says
 *     reload                                 followed by a configuration
 *     upgrade                                the same; and another core has to be started
 */
import { after, instant, zero, type Instant } from '../../src/base/units.ts';
import {
  familyOf,
  type InterfaceName,
  type IpAddress,
  type MacAddress,
} from '../../src/model/address.ts';
import type { AddressAppeared, LinkChanged, ScriptOutcome } from '../../src/model/core-event.ts';
import { dropReasonTable, type DropReason } from '../../src/model/drop-reason.ts';
import { parseAdvert } from './advert-notation.ts';
import { eth0 } from './configuration.ts';
import type { ScenarioHost } from './host.ts';
import { parseConfiguration } from './notation.ts';
import { parseRoutes, parseRules } from './setting-notation.ts';
import { Words } from './words.ts';

const macAddress = '02:00:00:00:00:0a' as MacAddress;

export interface Step {
  readonly step: string;
  /** What a reload is to. */
  readonly configuration: readonly string[];
}

export function takeStep(host: ScenarioHost, { step, configuration }: Step): void {
  const words = new Words(step);
  if (words.accept('at')) host.runTo(moment(words));
  if (words.accept('reload')) {
    host.handle({ type: 'config-replaced', config: parseConfiguration(configuration) });
  } else if (words.accept('upgrade')) host.upgrade(parseConfiguration(configuration));
  else act(host, words);
  if (!words.done) words.unknown();
}

function act(host: ScenarioHost, words: Words): void {
  if (words.accept('station')) claim(host, words);
  else if (words.accept('start')) start(host);
  else if (words.accept('listed')) host.handle({ type: 'network-listed' });
  else if (words.accept('until')) host.runTo(moment(words));
  else if (words.accept('asleep', 'until')) host.now = moment(words);
  else if (words.accept('link')) host.handle(parseLink(words));
  else if (words.accept('address')) changeAddress(host, words);
  else if (words.accept('advert')) host.handle(parseAdvert(words));
  else if (words.accept('adverts')) receiveAdverts(host, words);
  else if (words.accept('unreadable')) receiveUnreadable(host, words);
  else if (words.accept('sends', 'fail', 'on')) failSends(host, words);
  else if (words.accept('joins', 'work')) host.joinError = null;
  else if (words.accept('joins', 'fail:')) host.joinError = words.rest().join(' ');
  else if (words.accept('holds', 'work')) host.holdError = null;
  else if (words.accept('holds', 'fail:')) host.holdError = words.rest().join(' ');
  else if (words.accept('routes', 'work')) host.routingError = null;
  else if (words.accept('routes', 'fail:')) host.routingError = words.rest().join(' ');
  else if (words.accept('guard', 'works')) host.guardError = null;
  else if (words.accept('guard', 'fails:')) host.guardError = words.rest().join(' ');
  else if (words.accept('guard', 'vanishes:')) {
    host.handle({ type: 'guard-vanished', error: words.rest().join(' ') });
  } else if (words.accept('lease', 'lapses:')) {
    host.handle({ type: 'leases-lapsed', numbers: [Number(words.next())] });
  } else if (words.accept('script')) host.scripts.set(words.next(), parseOutcome(words));
  else if (words.accept('service')) changeService(host, words);
  else if (words.accept('side', 'channels', 'fail:')) host.openError = words.rest().join(' ');
  else if (words.accept('side')) host.hearSideMessage(words);
  else if (words.accept('file')) readFile(host, words);
  else if (words.accept('processes', 'of')) {
    const tracker = words.next().replace(/:$/, '');
    host.handle({ type: 'processes-counted', tracker, count: words.number() });
  } else if (words.accept('route')) loseRoute(host, words);
  else if (words.accept('rule')) loseRule(host, words);
  else if (words.accept('pass')) {
    host.handle({ type: 'pass-requested', instance: words.done ? null : words.next() });
  } else if (words.accept('takeover', 'nears')) host.handle({ type: 'takeover-nears' });
  else if (words.accept('stop')) host.handle({ type: 'stop-requested' });
  else if (words.accept('explain')) host.explain(words.done ? null : words.next());
  else if (words.accept('status')) host.handle({ type: 'snapshot-requested', id: 1 });
  else words.unknown();
}

function moment(words: Words): Instant {
  return after(instant(0), words.duration());
}

function start(host: ScenarioHost): void {
  host.handle(parseLink(new Words('eth0 up')));
  for (const address of ['192.0.2.1/24', 'fe80::1/64', '2001:db8::1/64']) {
    changeAddress(host, new Words(`${address} on eth0 appears`));
  }
  host.handle({ type: 'network-listed' });
}

function parseLink(words: Words): LinkChanged {
  const name = words.next() as InterfaceName;
  const present = !words.accept('removed');
  const up = present && !words.accept('down') && words.accept('up');
  return {
    type: 'link-changed',
    interface: name,
    present,
    up,
    multicast: true,
    macAddress: present ? macAddress : null,
  };
}

function changeAddress(host: ScenarioHost, words: Words): void {
  const [address = '', length = '24'] = words.next().split('/');
  if (!words.accept('on')) words.unknown();
  const place = {
    interface: words.next() as InterfaceName,
    address: address as IpAddress,
    prefixLength: Number(length),
  };
  if (words.accept('duplicate')) host.handle({ type: 'address-duplicate', ...place });
  else if (words.accept('vanishes')) host.handle({ type: 'address-vanished', ...place });
  else if (words.accept('appears')) {
    host.handle({
      type: 'address-appeared',
      ...place,
      secondary: words.accept('secondary'),
      tentative: words.accept('tentative'),
      ...parseOwner(host, words),
    });
  } else words.unknown();
}

/** Baton's own, in the scenario's past: "own renewed 0.4s ago". */
function parseOwner(
  { now }: ScenarioHost,
  words: Words,
): Pick<AddressAppeared, 'own' | 'renewedAt'> {
  if (!words.accept('own')) return { own: false, renewedAt: null };
  if (!words.accept('renewed')) return { own: true, renewedAt: null };
  const age = words.duration();
  if (!words.accept('ago')) words.unknown();
  return { own: true, renewedAt: instant(now - age) };
}

function receiveAdverts(host: ScenarioHost, words: Words): void {
  const event = parseAdvert(words);
  if (!words.accept('each')) words.unknown();
  const interval = words.duration();
  if (interval === zero || !words.accept('until')) words.unknown();
  const end = moment(words);
  for (let at = host.now; at <= end; at = after(at, interval)) {
    host.runTo(at);
    host.handle(event);
  }
}

function receiveUnreadable(host: ScenarioHost, words: Words): void {
  const reason = words.next() as DropReason;
  if (!Object.hasOwn(dropReasonTable, reason)) words.unknown();
  const source = words.accept('from') ? words.address() : null;
  const virtualRouterId = words.accept('vrid') ? words.number() : null;
  const family = source === null ? 'IPv4' : familyOf(source);
  const channel = { interface: eth0, family, protocol: 'vrrp' } as const;
  host.handle({ type: 'packet-dropped', channel, source, virtualRouterId, reason });
}

function claim(host: ScenarioHost, words: Words): void {
  const station = words.next() as MacAddress;
  const toAll = words.accept('announces');
  if (!toAll && !words.accept('answers', 'for')) words.unknown();
  const address = words.address();
  const place = words.accept('on') ? (words.next() as InterfaceName) : eth0;
  host.handle({ type: 'address-claimed', interface: place, address, macAddress: station, toAll });
}

function failSends(host: ScenarioHost, words: Words): void {
  const name = words.next().replace(/:$/, '') as InterfaceName;
  host.handle({ type: 'send-failed', interface: name, error: words.rest().join(' ') });
}

function readFile(host: ScenarioHost, words: Words): void {
  const file = words.next();
  if (words.accept('has')) host.handle({ type: 'file-read', file, value: words.number() });
  else if (words.accept('is', 'gone')) host.handle({ type: 'file-read', file, value: null });
  else words.unknown();
}

function loseRoute(host: ScenarioHost, words: Words): void {
  const [lost] = parseRoutes(new Words(words.next()));
  if (lost === undefined || !words.accept('vanishes')) return words.unknown();
  host.handle({ type: 'route-vanished', route: lost });
}

function loseRule(host: ScenarioHost, words: Words): void {
  const [lost] = parseRules(new Words(words.next()));
  if (lost === undefined || !words.accept('vanishes')) return words.unknown();
  host.handle({ type: 'rule-vanished', rule: lost });
}

function parseOutcome(words: Words): ScriptOutcome | null {
  if (words.accept('exits')) return { type: 'exited', status: words.number() };
  if (words.accept('times', 'out')) return { type: 'timed-out' };
  if (words.accept('is', 'killed')) return { type: 'signalled', signal: 'SIGKILL' };
  if (words.accept('cannot', 'be', 'executed')) {
    return { type: 'not-executable', reason: 'no such file' };
  }
  if (words.accept('hangs')) return null;
  return words.unknown();
}

function changeService(host: ScenarioHost, words: Words): void {
  const name = words.next();
  const facts = host.service(name);
  if (words.accept('runs', 'as', 'process')) facts.processId = words.number();
  else if (words.accept('dies')) host.die(name);
  else if (words.accept('breaks')) {
    facts.starts = false;
    facts.testPasses = false;
  } else if (words.accept('cannot', 'start')) facts.starts = false;
  else if (words.accept('is', 'mended')) {
    facts.starts = true;
    facts.testPasses = true;
  } else if (words.accept('falls', 'silent')) facts.answers = false;
  else if (words.accept('answers')) facts.answers = true;
  else if (words.accept('is', 'to', 'reload')) {
    host.handle({ type: 'service-reload-requested', service: name });
  } else words.unknown();
}
