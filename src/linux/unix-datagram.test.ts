import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind, close } from './libc.ts';
import { ReceiveBatch } from './message-batch.ts';
import { allocate } from './native-memory.ts';
import { openSocket } from './socket.ts';
import { UnixDatagramSender } from './unix-datagram.ts';

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Receives what is sent to a path, or to an abstract name. */
class Receiver {
  readonly #descriptor: number;
  readonly #batch = new ReceiveBatch({ capacity: 8, datagramOctets: 1024 });

  constructor(address: string) {
    const opened = openSocket(1, 'datagram', 0, 'receive');
    if (!opened.ok) throw new Error(opened.error.code);
    this.#descriptor = opened.value;
    const memory = allocate(2 + address.length);
    memory.view.setUint16(0, 1, true);
    memory.octets.set(octets(address), 2);
    if (bind(this.#descriptor, memory.address, memory.octets.length) < 0) throw new Error('bind');
  }

  received(): readonly string[] {
    const count = this.#batch.receive(this.#descriptor);
    return Array.from({ length: Math.max(count, 0) }, (_, index) =>
      new TextDecoder().decode(this.#batch.datagram(index)),
    );
  }

  close(): void {
    close(this.#descriptor);
  }
}

describe('sending a datagram to a unix socket', () => {
  const sender = new UnixDatagramSender();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-datagram-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('reaches a path', () => {
    const path = join(folder, 'log');
    const receiver = new Receiver(path);
    expect(sender.send(path, octets('one'))).toBeNull();
    expect(sender.send(path, octets('two'))).toBeNull();
    expect(receiver.received()).toEqual(['one', 'two']);
    receiver.close();
  });

  it('reaches an abstract name', () => {
    const name = `baton-test-${process.pid}`;
    const receiver = new Receiver(`\0${name}`);
    expect(sender.send(`@${name}`, octets('READY=1'))).toBeNull();
    expect(receiver.received()).toEqual(['READY=1']);
    receiver.close();
  });

  it('tells that nobody is there', () => {
    const path = join(folder, 'log');
    const missing = { code: 'ENOENT', call: `send to ${path}` };
    expect(sender.send(path, octets('one'))).toEqual(missing);
    new Receiver(path).close();
    expect(sender.send(path, octets('one'))).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('does not wait for a receiver that does not read', () => {
    const path = join(folder, 'log');
    const receiver = new Receiver(path);
    const results = Array.from({ length: 5_000 }, () => sender.send(path, octets('one')));
    expect(results[0]).toBeNull();
    expect(results.at(-1)).toMatchObject({ code: 'EAGAIN' });
    receiver.close();
  });

  it('takes the longest path that the kernel takes, and refuses a longer one', () => {
    const longest = join(folder, 'x'.repeat(107 - folder.length - 1));
    const receiver = new Receiver(longest);
    expect(sender.send(longest, octets('one'))).toBeNull();
    expect(receiver.received()).toEqual(['one']);
    receiver.close();
    expect(sender.send(`${longest}x`, octets('one'))).toMatchObject({ code: 'ENAMETOOLONG' });
  });
});
