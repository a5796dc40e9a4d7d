/** Hands messages to the configured relay by SMTP (RFC 5321), through nodemailer. */
import { Socket } from 'node:net';
import { times, toMilliseconds, toSeconds } from '../base/units.ts';
import type { Delivery, MailSender, Message } from '../ports/mail.ts';

/**
 * How many times the connect timeout a whole conversation may last. The timeout
 * itself bounds each silence in it; this bounds a relay that trickles.
 */
const conversationFactor = 10;

export class SmtpMailSender implements MailSender {
  async deliver(message: Message): Promise<Delivery> {
    const { mail } = message;
    // Loaded with the first mail, so that a start does not pay for it.
    const { createTransport } = await import('nodemailer');
    const timeout = toMilliseconds(mail.connectTimeout);
    const socket = new Socket();
    const transport = createTransport({
      host: mail.host,
      port: mail.port,
      name: mail.heloName,
      socket,
      connectionTimeout: timeout,
      socketTimeout: timeout,
      // STARTTLS only where it is offered. Without it the mail would go in the clear,
      // so a certificate that nobody has signed is no reason to refuse.
      opportunisticTLS: true,
      tls: { rejectUnauthorized: false },
    });
    const limit = times(mail.connectTimeout, conversationFactor);
    const watchdog = setTimeout(() => {
      socket.destroy(new Error(`the conversation took more than ${toSeconds(limit)} s`));
    }, toMilliseconds(limit));
    try {
      const { rejected } = await transport.sendMail({
        from: mail.from,
        to: [...mail.recipients],
        subject: message.subject,
        text: message.body,
        date: new Date(message.dateMs),
        xMailer: 'Baton',
      });
      return { type: 'delivered', refused: rejected.map(String) };
    } catch (error) {
      const { message: reason, responseCode = 0 } = error as Error & {
        readonly responseCode?: number;
      };
      return { type: responseCode >= 500 ? 'refused' : 'failed', reason };
    } finally {
      clearTimeout(watchdog);
      socket.destroy();
    }
  }
}
