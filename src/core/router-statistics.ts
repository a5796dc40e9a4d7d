/** What a virtual router counts, and what it has already told of. */
import type { IpAddress } from '../model/address.ts';
import { resigningPriority, type ChecksumForm, type Priority } from '../model/advert.ts';
import type { DropReason } from '../model/drop-reason.ts';
import type { InstanceCounters } from '../model/snapshot.ts';
import { countDrop, type DropCounts } from './drop-counts.ts';

type Report =
  | DropReason
  | 'lower-priority'
  | 'hold-failed'
  | 'send-failed'
  | 'other-checksum'
  | `duplicate ${IpAddress}`;

type Countable = {
  [Name in keyof InstanceCounters]: InstanceCounters[Name] extends number ? Name : never;
}[keyof InstanceCounters];

export class RouterStatistics {
  private readonly counters: Record<Countable, number> = {
    advertsReceived: 0,
    advertsSent: 0,
    becameMaster: 0,
    releasedMaster: 0,
    priorityZeroReceived: 0,
    priorityZeroSent: 0,
    addressesRestored: 0,
    addressClaims: 0,
    addressDefences: 0,
  };
  private drops: DropCounts = {};
  private remarks: DropCounts = {};
  private checksums: Partial<Record<ChecksumForm, number>> = {};
  private newMasterReason: InstanceCounters['newMasterReason'] = 'not-master';
  private readonly reported = new Set<Report>();

  count(counter: Countable): void {
    this.counters[counter] += 1;
  }

  advertReceived(priority: Priority): void {
    this.count('advertsReceived');
    if (priority === resigningPriority) this.count('priorityZeroReceived');
  }

  advertSent(priority: Priority): void {
    this.count('advertsSent');
    if (priority === resigningPriority) this.count('priorityZeroSent');
  }

  checksumReceived(form: ChecksumForm): void {
    this.checksums[form] = (this.checksums[form] ?? 0) + 1;
  }

  newMaster(reason: InstanceCounters['newMasterReason']): void {
    this.newMasterReason = reason;
  }

  remarked(reason: DropReason): void {
    countDrop(this.remarks, reason);
  }

  dropped(reason: DropReason): void {
    countDrop(this.drops, reason);
  }

  /**
   * Whether this is the first report of its kind since state or master changed:
   * the rate limit that RFC 9568 section 7.1 asks of logs.
   */
  firstOf(report: Report): boolean {
    if (this.reported.has(report)) return false;
    this.reported.add(report);
    return true;
  }

  forgetReports(): void {
    this.reported.clear();
  }

  clear(): void {
    for (const name of Object.keys(this.counters)) this.counters[name as Countable] = 0;
    this.drops = {};
    this.remarks = {};
    this.checksums = {};
  }

  /** Counts on from these. */
  resume({ drops, remarks, checksums, newMasterReason, ...counters }: InstanceCounters): void {
    Object.assign(this.counters, counters);
    this.drops = { ...drops };
    this.remarks = { ...remarks };
    this.checksums = { ...checksums };
    this.newMasterReason = newMasterReason;
  }

  snapshot(): InstanceCounters {
    const { drops, remarks, checksums, newMasterReason } = this;
    return {
      ...this.counters,
      drops: { ...drops },
      remarks: { ...remarks },
      checksums: { ...checksums },
      newMasterReason,
    };
  }
}
