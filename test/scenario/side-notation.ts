/** Messages of the side channel in scenarios' steps; see the head of steps.ts. */
import type { Mutable } from '../../src/base/mutable.ts';
import { after, instant, seconds, type Instant } from '../../src/base/units.ts';
import type { IpAddress } from '../../src/model/address.ts';
import type { SideMessageReceived } from '../../src/model/core-event.ts';
import { declineReasons, type RouterReport, type SideBody } from '../../src/model/side-channel.ts';
import type { StateName } from '../../src/model/snapshot.ts';
import type { Words } from './words.ts';

/** The session that the host of a scenario opens its channel with. */
export const ownSession = sessionOf('aa');
/** What every secret has as its fingerprint. */
export const fingerprint = '0000000000000001';

/** What the peer's clock says, which is not ours; and a moment that no scenario lasts to. */
const peerClock = instant(seconds(7_000));
const never = instant(seconds(10_000));

const peerAddress = '192.0.2.2' as IpAddress;
const states: readonly StateName[] = ['Initialize', 'Backup', 'Master', 'Fault'];

/** From the only peer, who knows our session, but for what is said. */
export function parseSideMessage(words: Words, counter: number): SideMessageReceived {
  const body = parseBody(words);
  let source = peerAddress;
  let sender = sessionOf('bb');
  let receiver: string | null = ownSession;
  let number = counter;
  while (!words.done) {
    if (words.accept('from')) source = words.address();
    else if (words.accept('session')) sender = sessionOf(words.next());
    else if (words.accept('to', 'nobody')) receiver = null;
    else if (words.accept('to')) receiver = sessionOf(words.next());
    else if (words.accept('counter')) number = words.number();
    else words.unknown();
  }
  const message = { sender, receiver, counter: number, body };
  return { type: 'side-message-received', source, message };
}

function parseBody(words: Words): SideBody {
  if (words.accept('hello')) {
    return { type: 'hello', sentAt: peerClock, reports: parseReports(words) };
  }
  if (words.accept('take')) {
    const handOver = words.number();
    const instances = words.next().split(',');
    const before = words.accept('before') ? momentOf(words) : never;
    return { type: 'take', handOver, before, instances };
  }
  if (words.accept('taken')) return { type: 'taken', handOver: words.number() };
  if (!words.accept('declined')) words.unknown();
  const handOver = words.number();
  const word = words.next();
  const reason = declineReasons.find((one) => one === word);
  return reason === undefined ? words.unknown() : { type: 'declined', handOver, reason };
}

/** "of nothing", or "VI_1 Backup [priority 90] [...] [and VI_2 ...]", as the default instance. */
function parseReports(words: Words): readonly RouterReport[] {
  if (words.accept('of', 'nothing')) return [];
  const reports = [parseReport(words)];
  while (words.accept('and')) reports.push(parseReport(words));
  return reports;
}

function parseReport(words: Words): RouterReport {
  const name = words.next();
  const state = states.find((one) => words.accept(one)) ?? words.unknown();
  const report: Mutable<RouterReport> = {
    name,
    state,
    priority: 100,
    source: peerAddress,
    family: 'IPv4',
    virtualRouterId: 51,
    version: 2,
    transport: 'multicast',
    intervalCentiseconds: 100,
    authentication: 'none',
    fingerprint,
    addresses: ['192.0.2.10' as IpAddress],
  };
  for (;;) {
    if (words.accept('priority')) report.priority = words.number();
    else if (words.accept('vrid')) report.virtualRouterId = words.number();
    else if (words.accept('version')) report.version = words.number() === 3 ? 3 : 2;
    else if (words.accept('unicast')) report.transport = 'unicast';
    else if (words.accept('every')) report.intervalCentiseconds = words.duration() / 10_000;
    else if (words.accept('password')) report.authentication = 'simple';
    else if (words.accept('fingerprint')) report.fingerprint = sessionOf(words.next());
    else if (words.accept('addresses')) {
      report.addresses = words.next().split(',') as IpAddress[];
    } else return report;
  }
}

function momentOf(words: Words): Instant {
  return after(instant(0), words.duration());
}

function sessionOf(digits: string): string {
  return digits.padStart(16, '0');
}
