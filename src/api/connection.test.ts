/** What an idle client costs: nothing, after a while. */
import { createServer, createConnection, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failure, success } from '../base/result.ts';
import { emptySnapshot } from '../model/defaults.ts';
import { Connection } from './connection.ts';
import { protocolVersion } from './contract.ts';
import type { ControlTarget } from './control-target.ts';
import { encodeLine } from './json-lines.ts';

const idleMs = 60;
const patience = { timeout: 4_000 };

/** It takes three times the limit to reload. */
const target: ControlTarget = {
  identity: { version: '0.1.0', processId: 1, startedAtMs: 0, configurationPath: '/k.conf' },
  journal: { lines: () => [], subscribe: () => () => undefined },
  snapshot: async () => Promise.resolve(emptySnapshot),
  pass: async () => Promise.resolve(success('')),
  reload: async () =>
    new Promise((resolve) => {
      setTimeout(() => {
        resolve(success('slowly done'));
      }, 3 * idleMs);
    }),
  upgrade: async () => Promise.resolve(success('')),
  giveWay: async () => Promise.resolve(failure('')),
  told: () => undefined,
  stop: () => undefined,
};

let directory: string;
let server: Server;
let client: Socket;
let received: string;
let served: { isClosed: boolean };

beforeEach(async () => {
  const connection = { isClosed: false };
  served = connection;
  directory = mkdtempSync(join(tmpdir(), 'baton-idle-'));
  const path = join(directory, 's');
  server = createServer({ allowHalfOpen: true }, (socket) => {
    new Connection({
      socket,
      target,
      log: { write: () => undefined },
      idleMs,
      closed: () => (connection.isClosed = true),
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  received = '';
  client = createConnection({ path });
  client.on('data', (chunk: Buffer) => (received += chunk.toString()));
});

afterEach(() => {
  client.destroy();
  server.close();
  rmSync(directory, { recursive: true });
});

it('closes a connection that asks nothing', async () => {
  await expect.poll(() => served.isClosed, patience).toBe(true);
});

it('does not close one that waits for an answer, and does once it has it', async () => {
  client.write(encodeLine({ protocol: protocolVersion, request: 'reload' }));
  await expect.poll(() => received, patience).toContain('slowly done');
  await expect.poll(() => served.isClosed, patience).toBe(true);
});

it('does not close one that follows', async () => {
  client.write(encodeLine({ protocol: protocolVersion, request: 'events', follow: true }));
  await new Promise((resolve) => setTimeout(resolve, 4 * idleMs));
  expect(served.isClosed).toBe(false);
});
