/** The mail errand against a real SMTP server that is not always well. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../../src/base/units.ts';
import type { SendMail } from '../../src/model/effect.ts';
import { Errands } from './errands.ts';
import { Relay } from './relay.ts';

const host = '127.0.0.1';
const running: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function startRelay(port = 0): Promise<{ readonly relay: Relay; readonly port: number }> {
  const relay = new Relay();
  running.push(relay);
  return { relay, port: await relay.listen(port) };
}

/** A relay that accepts connections and never says a word. */
async function muteRelay(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).resume());
  }).listen(0, host);
  await once(server, 'listening');
  running.push({
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  return (server.address() as AddressInfo).port;
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function mail(port: number, subject: string): SendMail {
  return {
    type: 'send-mail',
    mail: {
      recipients: ['operator@example.org'],
      from: 'baton@example.org',
      host,
      port,
      heloName: 'lb1.example.org',
      connectTimeout: milliseconds(300),
      mailOnFault: true,
    },
    subject,
    body: `${subject}\n`,
  };
}

describe('mail', () => {
  it('waits until the relay is there again', async () => {
    const port = await unusedPort();
    const errands = new Errands();
    errands.runner.execute([mail(port, 'while it was down')]);
    while (errands.logged.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const { relay } = await startRelay(port);
    expect(await relay.next()).toBe('while it was down');
    await errands.runner.stop(seconds(5));
    expect(errands.logged).toEqual([
      expect.stringMatching(/^error: Mail can't be delivered .*ECONNREFUSED/),
      'notice: Mail is delivered again; failed attempts: 1',
    ]);
  });

  it('is not held up by a relay that never answers', async () => {
    const { relay, port } = await startRelay();
    const errands = new Errands();
    errands.runner.execute([
      mail(await muteRelay(), 'into silence'),
      mail(port, 'one'),
      mail(port, 'two'),
    ]);
    expect([await relay.next(), await relay.next()]).toEqual(['one', 'two']);
    await errands.runner.stop(seconds(5));
    expect(errands.logged.at(-1)).toMatch(/Mail "into silence" is given up after 2 attempts/);
  });

  it('is no reason for Baton to stay longer than its patience', async () => {
    const errands = new Errands();
    const slow = mail(await muteRelay(), 'into silence');
    const connectTimeout = seconds(20);
    errands.runner.execute([{ ...slow, mail: { ...slow.mail, connectTimeout } }]);
    await errands.runner.stop(milliseconds(200));
    expect(errands.logged).toEqual(['warning: Left unfinished (mail: 1)']);
  });
});
