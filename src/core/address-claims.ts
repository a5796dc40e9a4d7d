/**
 * What one virtual router remembers of others' claims of its addresses (ARP and neighbour
 * advertisements), and of who speaks VRRP for it. What is made of it stands in `claim-watch.ts`.
 */
import { after, between, sooner, type Duration, type Instant } from '../base/units.ts';
import type { IpAddress, MacAddress } from '../model/address.ts';
import type { Sign } from './conflicts.ts';

/** Others at a time; who claims under more names than this makes no more of them known. */
const limit = 8;

/** One station that claims an address, until it is known what to make of it. */
export interface Claim {
  readonly macAddress: MacAddress;
  readonly address: IpAddress;
  /** When it is judged: adverts and answers that explain it have come by then. */
  readonly judgeAt: Instant;
}

/** One that nothing explains; `sign` is what its conflict goes by. */
export interface KnownClaim {
  readonly macAddress: MacAddress;
  readonly address: IpAddress;
  readonly sign: Sign;
}

/** Rounds of probes that are still to be sent. */
export interface ProbePlan {
  readonly rounds: number;
  readonly nextAt: Instant;
  readonly pause: Duration;
}

export class AddressClaims {
  plan: ProbePlan | null = null;
  pending: readonly Claim[] = [];
  known: readonly KnownClaim[] = [];
  /** When the addresses of known claims are asked for again. */
  recheckAt: Instant | null = null;
  /** Whose packets came last when: whoever speaks VRRP for this virtual router. */
  private readonly voices = new Map<IpAddress, Instant>();
  private readonly defendedAt = new Map<IpAddress, Instant>();

  /** Whether claims are of interest at all. */
  get active(): boolean {
    return this.plan !== null || this.pending.length > 0 || this.known.length > 0;
  }

  forgetAll(): void {
    this.plan = null;
    this.pending = [];
    this.known = [];
    this.recheckAt = null;
  }

  heardVoice(source: IpAddress, at: Instant): void {
    this.voices.delete(source);
    this.voices.set(source, at);
    if (this.voices.size <= limit) return;
    const [oldest] = this.voices.keys();
    if (oldest !== undefined) this.voices.delete(oldest);
  }

  /** Who was heard within this time. */
  voicesSince(at: Instant, time: Duration): readonly IpAddress[] {
    return [...this.voices].filter(([, heard]) => between(heard, at) <= time).map(([who]) => who);
  }

  /** Everybody who was ever heard, as far as they are remembered. */
  speakers(): readonly IpAddress[] {
    return [...this.voices.keys()];
  }

  isPending(macAddress: MacAddress, address: IpAddress): boolean {
    return this.pending.some((one) => one.macAddress === macAddress && one.address === address);
  }

  add(claim: Claim): void {
    if (this.pending.length < limit) this.pending = [...this.pending, claim];
  }

  makeKnown(claim: KnownClaim): void {
    if (this.known.length < limit) this.known = [...this.known, claim];
  }

  knownBy(macAddress: MacAddress, address: IpAddress): KnownClaim | undefined {
    return this.known.find((one) => one.macAddress === macAddress && one.address === address);
  }

  /** True, and remembered, where the address was not defended for so long. */
  mayDefend(address: IpAddress, at: Instant, interval: Duration): boolean {
    const last = this.defendedAt.get(address);
    if (last !== undefined && at < after(last, interval)) return false;
    this.defendedAt.set(address, at);
    return true;
  }

  nextDeadline(): Instant | null {
    let first = sooner(this.plan?.nextAt ?? null, this.recheckAt);
    for (const { judgeAt } of this.pending) first = sooner(first, judgeAt);
    return first;
  }
}
