/** A real SMTP server that keeps the subjects of what it receives, each as it comes. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export class Relay {
  private readonly subjects: string[] = [];
  private wake: () => void = () => undefined;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        this.subjects.push(/^Subject: (.*)\r$/m.exec(text)?.[1] ?? '');
        callback();
        this.wake();
      });
    },
  });

  /** Listens in the network where the call is made, on any address; returns its port. */
  async listen(port = 0): Promise<number> {
    this.server.listen(port);
    await once(this.server.server, 'listening');
    return (this.server.server.address() as AddressInfo).port;
  }

  /** The subject of the next mail, waited for where none has come yet. */
  async next(): Promise<string> {
    while (this.subjects.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.subjects.shift() ?? '';
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(resolve);
    });
  }
}
