/**
 * Another Baton on the side channel, and which of its messages count.
 *
 * Theory of operation. Each life of a channel has a random session. A message counts if it
 * names our present session, which its sender can only have learned from us in this life, and
 * has a counter above all that were seen of its sender's session. So whatever was recorded
 * before is of no use to anybody, no clocks are compared, and nothing has to be kept on disk.
 * Two that don't know each other's session get there by three hellos: one that names none,
 * its answer that names the first one's session, and one that names both. A session that
 * another has replaced never counts again, though it was signed right: who held its messages
 * back can't use them.
 */
import { after, between, milliseconds, type Instant } from '../base/units.ts';
import type {
  Hello,
  RouterReport,
  SideEndpoint,
  SideMessage,
  SideSession,
} from '../model/side-channel.ts';
import { sameValue } from './reload-plan.ts';

/** How long after the last hello a peer still counts as there: three and a half hellos. */
const sidePatience = milliseconds(3_500);

/** Not more often than this a hello is sent only because a peer doesn't know our session. */
const introductionPause = milliseconds(50);

/** So many replaced sessions are remembered; each was a start or a reload of the peer. */
const retiredLimit = 256;

/** What becomes of a message that is signed right. */
export type SideVerdict =
  | 'counts'
  /** It counts, and its sender's session is a new one. */
  | 'introduces'
  /** Its sender does not know our session: a hello tells it. */
  | 'asks'
  | 'replayed'
  | 'own';

export class SidePeer {
  readonly endpoint: SideEndpoint;
  /** By the peer's names, with the moment of the last hello that told of each. */
  readonly reports = new Map<string, { readonly report: RouterReport; readonly at: Instant }>();
  alive = false;
  private session: SideSession | null = null;
  private counter = 0;
  /** Heard, and not known to be more than a recording. */
  private candidate: SideSession | null = null;
  private readonly retired = new Set<SideSession>();
  private heardAt: Instant | null = null;
  /** The last hello of its session. */
  private hello: { readonly sentAt: Instant; readonly heardAt: Instant } | null = null;
  private introducedAt: Instant | null = null;

  constructor(endpoint: SideEndpoint) {
    this.endpoint = endpoint;
  }

  /** What messages to this peer name. */
  get addressee(): SideSession | null {
    return this.session ?? this.candidate;
  }

  /** When it counts as gone unless it is heard; null: it is not there. */
  get silentAt(): Instant | null {
    return this.alive && this.heardAt !== null ? after(this.heardAt, sidePatience) : null;
  }

  /** Judges a message by the session that is ours now, and takes note of it. */
  judge(at: Instant, message: SideMessage, own: SideSession): SideVerdict {
    const { sender, receiver, counter } = message;
    if (sender === own) return 'own';
    if (this.retired.has(sender)) return 'replayed';
    if (receiver !== own) {
      if (this.session === null) this.candidate = sender;
      return 'asks';
    }
    if (sender !== this.session) {
      this.introduce(sender, counter);
      this.heardAt = at;
      return 'introduces';
    }
    if (counter <= this.counter) return 'replayed';
    this.counter = counter;
    this.heardAt = at;
    return 'counts';
  }

  /** Whether a hello may be sent for an introduction now; then it is. */
  mayIntroduce(at: Instant): boolean {
    const may = this.introducedAt === null || at >= after(this.introducedAt, introductionPause);
    if (may) this.introducedAt = at;
    return may;
  }

  /**
   * By the peer's clock, a moment that is not after `at`, however long its last hello was under
   * way: clocks need not be equal, only go equally fast. Null where no hello of it was heard.
   */
  byItsClock(at: Instant): Instant | null {
    return this.hello && after(this.hello.sentAt, between(this.hello.heardAt, at));
  }

  /** True where what has to be alike is not what it was. */
  takeHello(at: Instant, { sentAt, reports }: Hello): boolean {
    this.hello = { sentAt, heardAt: at };
    let changed = false;
    for (const report of reports) {
      const former = this.reports.get(report.name)?.report;
      changed ||= former === undefined || !sameValue(fixedPart(former), fixedPart(report));
      this.reports.set(report.name, { report, at });
    }
    // What a hello no longer tells of is no longer there.
    for (const [name, one] of this.reports) {
      if (after(one.at, sidePatience) < at) this.reports.delete(name);
    }
    return changed;
  }

  private introduce(session: SideSession, counter: number): void {
    if (this.session !== null) this.retired.add(this.session);
    const [oldest] = this.retired;
    if (this.retired.size > retiredLimit && oldest !== undefined) this.retired.delete(oldest);
    this.session = session;
    this.counter = counter;
    this.candidate = null;
    this.hello = null;
    this.reports.clear();
  }
}

/** What of a report only a configuration changes. */
function fixedPart(report: RouterReport): unknown {
  return { ...report, state: null, priority: null, source: null };
}
