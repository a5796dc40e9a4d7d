/**
 * A sync group (`vrrp_sync_group`): its members are Master together or not at all.
 *
 * Theory of operation. Members are judged together: a fault of one is a fault of all, and
 * none begins before all can. A member whose Master_Down_Timer fires says by that that it
 * wants to be Master, and becomes it only if all others want to, too; until then it waits
 * for another Master_Down_Interval, and an advert that it heeds makes it change its mind.
 * Whatever moved a member, the others follow in the same pass: first the one that moved,
 * then a line in the log, then the others, then the scripts of the group. Each pass moves
 * a member once at the most, and after it all members are in the same state.
 */
import { assert } from '../base/assert.ts';
import type { Instant } from '../base/units.ts';
import type { InstanceConfig, SyncGroupConfig } from '../model/config.ts';
import type { GroupMoved } from '../model/cause.ts';
import type { GroupSnapshot, StateName } from '../model/snapshot.ts';
import { instanceSubject, type Subject } from './journal-links.ts';
import { notifyGroup, repeatState, type NotifiedState, type Recipients } from './notifications.ts';

/** What stands between an instance and its duty. */
export interface Judgement {
  readonly faults: readonly string[];
  /** What the faults come of, as far as the journal tells of it. */
  readonly subjects: readonly Subject[];
  /** What it waits for before it begins. */
  readonly awaited: readonly string[];
}

/** A virtual router as its group sees it. */
export interface GroupMember<Surroundings> {
  readonly name: string;
  readonly config: InstanceConfig;
  readonly stateName: StateName;
  /** Whether it is Master, or its timer has fired and nothing has spoken against it since. */
  readonly wantsMaster: boolean;
  /** Whether it will go on with what an earlier run has left. */
  readonly inherits: boolean;
  renounce(surroundings: Surroundings): void;
  judge(surroundings: Surroundings): Judgement;
  settle(surroundings: Surroundings, judgement: Judgement): void;
  takeoverDue(at: Instant): boolean;
  timePassed(surroundings: Surroundings): void;
  /** Its timer has fired, and the others are not ready: it wants, and waits once more. */
  waitForGroup(at: Instant): void;
  followToMaster(surroundings: Surroundings, leader: GroupLeader): void;
  followToBackup(surroundings: Surroundings, leader: GroupLeader): void;
}

/** Who has moved first, and in which group. */
export type GroupLeader = Pick<GroupMoved, 'group' | 'member'>;

type Around = Recipients & {
  readonly at: Instant;
  /** Whether mastership of these is on its way to another host: they go on until then. */
  handsOver(instances: readonly string[]): boolean;
};

/** Moves of members in one pass: one each, and one more that finds nothing to do. */
const passLimit = 2;

export class SyncGroup<Member extends GroupMember<Surroundings>, Surroundings extends Around> {
  readonly config: SyncGroupConfig;
  private members: readonly Member[];
  private state: StateName;
  /** In which state each member was when the group last looked. */
  private former: ReadonlyMap<string, StateName> = new Map();

  constructor(config: SyncGroupConfig, members: readonly Member[], predecessor: StateName | null) {
    this.config = config;
    this.members = members;
    this.state = predecessor ?? 'Initialize';
    this.remember();
  }

  get name(): string {
    return this.config.name;
  }

  get stateName(): StateName {
    return this.state;
  }

  /** Of its members. */
  get names(): readonly string[] {
    return this.members.map(({ name }) => name);
  }

  /** Whether an instance of this name is a member. */
  has(instance: string): boolean {
    return this.members.some(({ name }) => name === instance);
  }

  /** Judges all members, and lets each move by what holds for all. */
  settle(surroundings: Surroundings): void {
    this.inheritTogether(surroundings);
    const judged = this.members.map((member) => ({ member, own: member.judge(surroundings) }));
    const trigger = judged.find(({ own }) => own.faults.length > 0);
    if (trigger === undefined) {
      this.settleFaultless(surroundings, judged);
      return;
    }
    if (surroundings.handsOver(this.names)) return;
    const faulty = judged.filter(({ own }) => own.faults.length > 0);
    for (const { member, own } of faulty) member.settle(surroundings, own);
    const others = judged.filter(({ own }) => own.faults.length === 0);
    if (others.some(({ member }) => member.stateName !== 'Fault')) this.sync(surroundings, 'FAULT');
    const shared = this.faultOf(trigger.member, trigger.own.subjects);
    for (const { member } of others) member.settle(surroundings, { ...shared, awaited: [] });
    this.follow(surroundings);
  }

  /** Lets members do what is due; a take-over only if the whole group is for it. */
  timePassed(surroundings: Surroundings): void {
    for (const member of this.members) {
      if (member.takeoverDue(surroundings.at) && !this.allowsMaster(member)) {
        member.waitForGroup(surroundings.at);
        continue;
      }
      const before = member.stateName;
      member.timePassed(surroundings);
      if (member.stateName !== before) this.follow(surroundings);
    }
  }

  /** Brings the members together after some have moved by themselves. */
  follow(surroundings: Surroundings): void {
    for (let pass = 0; this.followOnce(surroundings); pass += 1) {
      assert(pass < passLimit, `sync group ${this.name} does not come to rest`);
    }
    this.remember();
    this.enter(surroundings, this.commonState());
  }

  /** Tells that the group stops, after its members have. */
  stop(surroundings: Surroundings): void {
    const members = this.members.map((member) => member.config);
    notifyGroup(this.config, { state: 'STOP', members }, surroundings);
  }

  repeatState(recipients: Recipients): void {
    repeatState({ kind: 'GROUP', name: this.name, state: this.state, priority: 0 }, recipients);
  }

  snapshot(): GroupSnapshot {
    const members = this.members.map((member) => member.name);
    return { name: this.name, state: this.state, members };
  }

  /** An earlier run was Master with all of them, or with none. */
  private inheritTogether(surroundings: Surroundings): void {
    const heirs = this.members.filter(({ inherits }) => inherits);
    if (heirs.length === this.members.length) return;
    for (const member of heirs) member.renounce(surroundings);
  }

  private settleFaultless(
    surroundings: Surroundings,
    judged: readonly { readonly member: Member; readonly own: Judgement }[],
  ): void {
    const awaited = judged.flatMap(({ own }) => own.awaited);
    const ready = awaited.length === 0;
    // As in keepalived the group is told to begin before its members are; one that a reload
    // makes of masters is Master already.
    const begins = ready && this.state === 'Initialize';
    if (begins && !this.members.some(isMaster)) {
      this.enter(surroundings, 'Backup');
    }
    // It stays in Fault until it is known to be well; one that comes to the group meanwhile
    // (a reload) shares that.
    const faulty = ready ? undefined : this.members.find(({ stateName }) => stateName === 'Fault');
    for (const { member, own } of judged) {
      const shares = faulty !== undefined && ['Master', 'Backup'].includes(member.stateName);
      const fault = shares ? this.faultOf(faulty, []) : { faults: [], subjects: [] };
      // One that waits for itself says so; the others wait for the group.
      const waits = own.awaited.length > 0 || ready ? own.awaited : this.waitReasons(awaited);
      member.settle(surroundings, { ...fault, awaited: waits });
    }
    this.follow(surroundings);
  }

  /** What a fault of this member is to the others; `subjects` are what it comes of. */
  private faultOf(
    { name }: Member,
    subjects: readonly Subject[],
  ): Pick<Judgement, 'faults' | 'subjects'> {
    return {
      faults: [`sync group ${this.name}: ${name} in Fault`],
      subjects: [instanceSubject(name), ...subjects],
    };
  }

  private waitReasons(awaited: readonly string[]): readonly string[] {
    return awaited.map((reason) => `sync group ${this.name}: ${reason}`);
  }

  private allowsMaster(candidate: Member): boolean {
    return this.members.every((member) => member === candidate || member.wantsMaster);
  }

  /** Moves those that have to follow; false where there is none. */
  private followOnce(surroundings: Surroundings): boolean {
    const retreated = this.members.find(
      (member) => this.former.get(member.name) === 'Master' && member.stateName === 'Backup',
    );
    const masters = this.members.filter((member) => member.stateName === 'Master');
    if (retreated !== undefined && masters.length > 0) {
      this.sync(surroundings, 'BACKUP');
      const leader = { group: this.name, member: retreated.name };
      for (const member of masters) member.followToBackup(surroundings, leader);
      return true;
    }
    const [first] = masters;
    const backups = this.members.filter((member) => member.stateName === 'Backup');
    if (first === undefined || backups.length === 0) return false;
    this.sync(surroundings, 'MASTER');
    const leader = { group: this.name, member: first.name };
    for (const member of backups) member.followToMaster(surroundings, leader);
    return true;
  }

  private sync({ outbox }: Surroundings, state: NotifiedState): void {
    outbox.log('notice', `VRRP_Group(${this.name}) Syncing instances to ${state} state`);
  }

  /** The state that counts for the group: what is worst of it keeps the others from more. */
  private commonState(): StateName {
    const states = new Set(this.members.map((member) => member.stateName));
    for (const name of ['Fault', 'Master', 'Backup'] as const) if (states.has(name)) return name;
    return 'Initialize';
  }

  private enter(surroundings: Surroundings, to: StateName): void {
    const from = this.state;
    if (from === to) return;
    this.state = to;
    surroundings.outbox.journal({ kind: 'group', group: this.name, from, to });
    if (to === 'Initialize') return;
    const told = { Master: 'MASTER', Backup: 'BACKUP', Fault: 'FAULT' } as const;
    const members = this.members.map((member) => member.config);
    notifyGroup(this.config, { state: told[to], members }, surroundings);
  }

  private remember(): void {
    this.former = new Map(this.members.map((member) => [member.name, member.stateName]));
  }
}

/** Or is about to go on as one. */
function isMaster({
  stateName,
  inherits,
}: {
  readonly stateName: StateName;
  readonly inherits: boolean;
}): boolean {
  return stateName === 'Master' || inherits;
}
