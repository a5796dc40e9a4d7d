import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/units.ts';
import type { MailConfig } from '../model/config.ts';
import type { Delivery, Message } from '../ports/mail.ts';
import { SmtpMailSender } from './mail-sender.ts';

const sender = new SmtpMailSender();
const host = '127.0.0.1';
const running: { close(): void }[] = [];

afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

interface Received {
  readonly heloName: string;
  readonly secure: boolean;
  readonly envelope: SMTPServerSession['envelope'];
  readonly text: string;
}

/** A real relay; what it received, and its port. */
async function relay(options: SMTPServerOptions = {}): Promise<{ port: number; all: Received[] }> {
  const all: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, callback) {
      const { hostNameAppearsAs: heloName, secure } = session;
      const envelope = structuredClone(session.envelope);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        all.push({ heloName, secure, envelope, text: Buffer.concat(chunks).toString() });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, host);
  await once(server.server, 'listening');
  running.push({
    close() {
      server.close(() => undefined);
    },
  });
  return { port: (server.server.address() as AddressInfo).port, all };
}

async function listen(server: Server): Promise<number> {
  running.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function message(port: number, changes: Partial<MailConfig> = {}): Message {
  return {
    mail: {
      recipients: ['operator@example.org', 'second@example.org'],
      from: 'baton@lb1.example.org',
      host,
      port,
      heloName: 'lb1.example.org',
      connectTimeout: seconds(5),
      mailOnFault: true,
      ...changes,
    },
    subject: '[LB1] VRRP Instance VI_1 - Entering MASTER state',
    body: 'LB1 now holds the virtual addresses of VI_1: 192.0.2.5\n',
    dateMs: Date.UTC(2026, 10, 22, 21, 27, 49),
  };
}

function reasonOf(delivery: Delivery): string {
  return delivery.type === 'delivered' ? '' : delivery.reason;
}

describe('a mail', () => {
  it('reaches every recipient with its headers', async () => {
    const { port, all } = await relay();
    expect(await sender.deliver(message(port))).toEqual({ type: 'delivered', refused: [] });
    expect(all).toHaveLength(1);
    const { heloName, envelope, text = '' } = all[0] ?? {};
    expect(heloName).toBe('lb1.example.org');
    expect(envelope?.mailFrom).toMatchObject({ address: 'baton@lb1.example.org' });
    expect(envelope?.rcptTo.map((one) => one.address)).toEqual([
      'operator@example.org',
      'second@example.org',
    ]);
    const [head = '', body] = text.split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual(
      expect.arrayContaining([
        'From: baton@lb1.example.org',
        'To: operator@example.org, second@example.org',
        'Subject: [LB1] VRRP Instance VI_1 - Entering MASTER state',
        'Date: Sun, 22 Nov 2026 21:27:49 +0000',
        'X-Mailer: Baton',
      ]),
    );
    expect(head).toMatch(/^Content-Type: text\/plain/m);
    expect(body?.trimEnd()).toBe('LB1 now holds the virtual addresses of VI_1: 192.0.2.5');
  });

  it('goes encrypted to a relay that signed its own certificate', async () => {
    const { port, all } = await relay({ disabledCommands: [] });
    expect(await sender.deliver(message(port))).toEqual({ type: 'delivered', refused: [] });
    expect(all[0]?.secure).toBe(true);
  });

  it('tells the recipients that are refused while others are not', async () => {
    const { port } = await relay({
      onRcptTo({ address }, _session, callback) {
        callback(address.startsWith('second') ? new Error('no such mailbox') : null);
      },
    });
    const delivery = await sender.deliver(message(port));
    expect(delivery).toEqual({ type: 'delivered', refused: ['second@example.org'] });
  });

  it('that the relay will never take is refused', async () => {
    const { port } = await relay({
      onMailFrom(_address, _session, callback) {
        callback(Object.assign(new Error('who are you'), { responseCode: 550 }));
      },
    });
    const delivery = await sender.deliver(message(port));
    expect(delivery.type).toBe('refused');
    expect(reasonOf(delivery)).toContain('who are you');
  });

  it('that the relay may take later has failed', async () => {
    const { port } = await relay({
      onMailFrom(_address, _session, callback) {
        callback(Object.assign(new Error('try again'), { responseCode: 451 }));
      },
    });
    expect((await sender.deliver(message(port))).type).toBe('failed');
  });

  it('to a relay that is not there has failed', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    await once(server, 'close');
    const delivery = await sender.deliver(message(port));
    expect(delivery.type).toBe('failed');
    expect(reasonOf(delivery)).toContain('ECONNREFUSED');
  });

  it('to a relay that never answers has failed within the timeout', async () => {
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined).resume();
      }),
    );
    const begun = performance.now();
    const delivery = await sender.deliver(message(port, { connectTimeout: milliseconds(300) }));
    expect(delivery.type).toBe('failed');
    expect(performance.now() - begun).toBeGreaterThan(290);
    expect(performance.now() - begun).toBeLessThan(2_900);
  });

  it('to a relay that falls silent halfway has failed within the timeout', async () => {
    const { port } = await relay({ onMailFrom: () => undefined });
    const begun = performance.now();
    const delivery = await sender.deliver(message(port, { connectTimeout: milliseconds(300) }));
    expect(delivery.type).toBe('failed');
    expect(performance.now() - begun).toBeLessThan(2_900);
  });

  it('to a relay that trickles has failed after ten times the timeout', async () => {
    const port = await listen(
      createServer((socket) => {
        socket.write('220 so\r\n');
        const timer = setInterval(() => socket.write('250-more\r\n'), 50);
        socket
          .on('error', () => undefined)
          .on('close', () => {
            clearInterval(timer);
          });
        socket.resume();
      }),
    );
    const begun = performance.now();
    const delivery = await sender.deliver(message(port, { connectTimeout: milliseconds(100) }));
    expect(delivery.type).toBe('failed');
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
