/** Which channels adverts are to come and go on, and which of them are open. */
import { after, seconds, sooner, type Instant } from '../base/units.ts';
import { channelKey, type AdvertChannel, type JoinedChannel } from '../model/channel.ts';
import type { EffectSettled } from '../model/core-event.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';

/** How long to wait before a join that failed is tried again. */
const joinRetryInterval = seconds(1);

/** `open`: what the kernel has open while more, or something else, is asked for; null: nothing. */
type Membership =
  | {
      readonly type: 'joining';
      readonly channel: JoinedChannel;
      readonly effectId: number;
      readonly open: AdvertChannel | null;
    }
  | { readonly type: 'joined'; readonly open: JoinedChannel }
  | {
      readonly type: 'failed';
      readonly error: string;
      readonly retryAt: Instant;
      readonly open: AdvertChannel | null;
    };

export class ChannelMembership {
  private readonly memberships = new Map<string, Membership>();

  joined(channel: AdvertChannel): boolean {
    return this.memberships.get(channelKey(channel))?.type === 'joined';
  }

  /** Why the channel could not be joined; null when it is, or will be at once. */
  failure(channel: AdvertChannel): string | null {
    const membership = this.memberships.get(channelKey(channel));
    return membership?.type === 'failed' ? membership.error : null;
  }

  /** The kernel has closed what was open on an interface that is gone. */
  forget(name: AdvertChannel['interface']): void {
    for (const key of this.memberships.keys()) {
      if (key.startsWith(`${name ?? '*'} `)) this.memberships.delete(key);
    }
  }

  /** Joins the channels that instances use, and leaves those that none uses any more. */
  joinWanted(at: Instant, wanted: readonly JoinedChannel[], outbox: Outbox): void {
    for (const channel of wanted) this.join(at, channel, outbox);
    const keys = new Set(wanted.map(channelKey));
    for (const [key, membership] of this.memberships) {
      if (keys.has(key)) continue;
      // What is being joined is left once it is.
      if (membership.type === 'joining') continue;
      if (membership.open !== null) {
        const { interface: name, family, protocol } = membership.open;
        const channel = { interface: name, family, protocol };
        outbox.push({ type: 'leave-interface', channel });
      }
      this.memberships.delete(key);
    }
  }

  /** Whether the answer was for a join. */
  effectSettled(at: Instant, event: EffectSettled): boolean {
    for (const [key, membership] of this.memberships) {
      if (membership.type !== 'joining' || membership.effectId !== event.id) continue;
      const { channel, open } = membership;
      const { error } = event;
      this.memberships.set(
        key,
        error === null
          ? { type: 'joined', open: channel }
          : { type: 'failed', error, retryAt: after(at, joinRetryInterval), open },
      );
      return true;
    }
    return false;
  }

  nextDeadline(): Instant | null {
    let first: Instant | null = null;
    for (const one of this.memberships.values()) {
      if (one.type === 'failed') first = sooner(first, one.retryAt);
    }
    return first;
  }

  private join(at: Instant, channel: JoinedChannel, outbox: Outbox): void {
    const key = channelKey(channel);
    const membership = this.memberships.get(key);
    if (membership?.type === 'joining') return;
    if (membership?.type === 'failed' && membership.retryAt > at) return;
    if (membership?.type === 'joined' && sameValue(membership.open, channel)) return;
    const effectId = outbox.nextId();
    const open = membership?.open ?? null;
    this.memberships.set(key, { type: 'joining', channel, effectId, open });
    outbox.push({ type: 'join-interface', id: effectId, channel });
  }
}

/** What several instances want of the same channel, made one: all groups, the largest buffer. */
export function mergeChannels(wanted: readonly JoinedChannel[]): readonly JoinedChannel[] {
  if (wanted.length < 2) return wanted;
  const merged = new Map<string, JoinedChannel>();
  for (const channel of wanted) {
    const key = channelKey(channel);
    const former = merged.get(key);
    merged.set(key, former === undefined ? channel : merge(former, channel));
  }
  return [...merged.values()];
}

function merge(one: JoinedChannel, other: JoinedChannel): JoinedChannel {
  const octets = Math.max(one.receiveBufferOctets ?? 0, other.receiveBufferOctets ?? 0);
  return {
    ...one,
    groups: [...new Set([...one.groups, ...other.groups])].sort(),
    receiveBufferOctets: octets === 0 ? null : octets,
  };
}
