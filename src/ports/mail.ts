import type { MailConfig } from '../model/config.ts';

export interface Message {
  readonly mail: MailConfig;
  readonly subject: string;
  readonly body: string;
  /** Milliseconds since 1970 UTC. */
  readonly dateMs: number;
}

/** What became of one attempt to hand a message to the relay. */
export type Delivery =
  /** The relay has it, for all recipients but those in `refused`. */
  | { readonly type: 'delivered'; readonly refused: readonly string[] }
  /** The relay will not take this message, now or later (a 5yz reply, RFC 5321 section 4.2.1). */
  | { readonly type: 'refused'; readonly reason: string }
  /** It may work later. */
  | { readonly type: 'failed'; readonly reason: string };

export interface MailSender {
  /** Tries once to deliver a message; bounded by the configured timeout. Never rejects. */
  deliver(message: Message): Promise<Delivery>;
}
