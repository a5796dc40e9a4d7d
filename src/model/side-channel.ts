/**
 * What Batons tell each other beside VRRP, by signed datagrams: how each of their virtual
 * routers is, and who takes mastership over from whom.
 */
import type { Instant } from '../base/units.ts';
import type { AddressFamily, IpAddress } from './address.ts';
import type { Priority, VrrpVersion } from './advert.ts';
import type { StateName } from './snapshot.ts';

/** One life of a channel: 16 hexadecimal digits, drawn anew whenever it is opened. */
export type SideSession = string;

/** Where datagrams come from, or go to. */
export interface SideEndpoint {
  readonly address: IpAddress;
  readonly port: number;
}

export interface SideMessage {
  readonly sender: SideSession;
  /** As the sender has learned it last; null: it knows none. */
  readonly receiver: SideSession | null;
  /** Greater with every message of a session. */
  readonly counter: number;
  readonly body: SideBody;
}

export type SideBody = Hello | Take | Taken | Declined;

/** The sender is there, and this is how some of its virtual routers are. */
export interface Hello {
  readonly type: 'hello';
  /** By the sender's clock, so that others can name moments by it. */
  readonly sentAt: Instant;
  readonly reports: readonly RouterReport[];
}

/** Become Master of these virtual routers at once; the sender is, and wants to be no more. */
export interface Take {
  readonly type: 'take';
  /** Which hand-over of the sender's this is; all repetitions have the same number. */
  readonly handOver: number;
  /** By the receiver's clock: until then the sender certainly waits for an answer. */
  readonly before: Instant;
  /** As the receiver calls them. */
  readonly instances: readonly string[];
}

/** It is done: the sender is Master, has the addresses and has announced them. */
export interface Taken {
  readonly type: 'taken';
  readonly handOver: number;
}

/** It is not done, and won't be. */
export interface Declined {
  readonly type: 'declined';
  readonly handOver: number;
  readonly reason: DeclineReason;
}

export const declineReasons = [
  'unknown-instance',
  'not-master',
  'not-backup',
  'other-master',
  'divided-group',
  'stopping',
] as const;

/** Why mastership is not taken over. */
export type DeclineReason = (typeof declineReasons)[number];

export type AuthenticationKind = 'none' | 'simple' | 'header' | 'hmac';

/** One virtual router: how it is, and what has to be the same on all hosts. */
export interface RouterReport {
  /** As its host calls it. */
  readonly name: string;
  readonly state: StateName;
  readonly priority: Priority;
  /** Where its adverts come from; null: it has no address for them. */
  readonly source: IpAddress | null;
  readonly family: AddressFamily;
  readonly virtualRouterId: number;
  readonly version: VrrpVersion;
  readonly transport: 'multicast' | 'unicast';
  readonly intervalCentiseconds: number;
  readonly authentication: AuthenticationKind;
  /** Of its passwords and keys, under the channel's key: 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** In the order of the configuration. */
  readonly addresses: readonly IpAddress[];
}
