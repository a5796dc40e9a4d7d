/** What the core asks for of the side channel; part of the effects. */
import type { Authentication, HmacConfig, SideChannelConfig } from './config.ts';
import type { SideEndpoint, SideMessage } from './side-channel.ts';

/**
 * Be heard by these peers, and be able to speak to them; replaces what was open. Answered by
 * side-channel-opened or side-channel-failed.
 */
export interface OpenSideChannel {
  readonly type: 'open-side-channel';
  /** With the key, a secret. */
  readonly channel: SideChannelConfig;
  /** What fingerprints are to be made of. */
  readonly secrets: readonly InstanceSecrets[];
}

/** What of a virtual router has to be the same on all hosts and to stay secret. */
export interface InstanceSecrets {
  readonly instance: string;
  readonly authentication: Authentication;
  readonly hmacKeys: HmacConfig['keys'];
}

export interface CloseSideChannel {
  readonly type: 'close-side-channel';
}

/** Send this, signed, after all that stands before it was done. */
export interface SendSideMessage {
  readonly type: 'send-side-message';
  readonly to: SideEndpoint;
  readonly message: SideMessage;
}
