import type { MailConfig } from '../model/config.ts';

export interface Message {
  readonly mail: MailConfig;
  readonly subject: string;
  readonly body: string;
  /** Milliseconds since 1970 UTC. */
  readonly dateMs: number;
}

export interface MailSender {
  /** Delivers one message or rejects with the reason; bounded by the configured timeout. */
  deliver(message: Message): Promise<void>;
}
