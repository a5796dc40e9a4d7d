import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordingEndReason } from '../model/recording.ts';
import { RecordingChannel, RecordingGauge, recordingQueueOctets } from './recording-channel.ts';
import { RecordingFile, startRecording } from './recording-file.ts';

let directory = '';
let logged: string[] = [];
const log = {
  write: (level: string, text: string) => {
    logged.push(`${level}: ${text}`);
  },
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'baton-recording-'));
  logged = [];
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function create(path: string): Promise<RecordingFile> {
  const file = await RecordingFile.create(path, log);
  if (!file.ok) throw new Error(file.error);
  return file.value;
}

/** A channel whose messages the file takes at once. */
function channelTo(file: RecordingFile): RecordingChannel {
  const port = {
    postMessage: (message: Parameters<RecordingFile['take']>[0]) => {
      file.take(message);
    },
  };
  return new RecordingChannel(port, new RecordingGauge(file.gauge.memory));
}

describe('the file of a recording', () => {
  it("is its owner's alone, and holds all lines in order", async () => {
    const path = join(directory, 'r');
    const file = await create(path);
    const channel = channelTo(file);
    for (let line = 0; line < 100; line += 1) expect(channel.take(`${line}\n`)).toBe('taken');
    channel.end('end\n', 'stopped');
    await file.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const expected = Array.from({ length: 100 }, (_, line) => `${line}\n`).join('');
    expect(readFileSync(path, 'utf8')).toBe(`${expected}end\n`);
    expect(file.gauge.waitingOctets).toBe(0);
    expect(logged).toEqual([]);
  });

  it('must be new, and no link leads to it', async () => {
    const path = join(directory, 'r');
    writeFileSync(path, 'of somebody else');
    expect(await startRecording({ path, limitOctets: 1 }, { version: '1', log })).toBeNull();
    expect(logged).toEqual([
      `error: Not recording: ${path} is there already, and is not overwritten`,
    ]);
    expect(readFileSync(path, 'utf8')).toBe('of somebody else');

    const link = join(directory, 'link');
    symlinkSync(join(directory, 'elsewhere'), link);
    expect((await RecordingFile.create(link, log)).ok).toBe(false);
    expect(existsSync(join(directory, 'elsewhere'))).toBe(false);
  });

  it.each<[RecordingEndReason, string]>([
    ['size', 'it has reached the size that --record-limit sets'],
    ['queue', 'the disk is slower than what there is to record'],
  ])('that ends by %s is told of', async (reason, words) => {
    const file = await create(join(directory, 'r'));
    const channel = channelTo(file);
    channel.end('end\n', reason);
    await file.close();
    expect(logged).toEqual([`warning: Recording to ${file.path} has ended: ${words}`]);
    expect(channel.take('more\n')).toBe('closed');
  });

  it('that can not be written ends, and the other thread learns of it', async () => {
    // Every write to this device fails as on a full disk.
    const file = new RecordingFile('/r', await open('/dev/full', 'w'), log);
    const channel = channelTo(file);
    expect(channel.take('a line\n')).toBe('taken');
    await file.close();
    expect(logged).toEqual([
      expect.stringMatching(/^warning: Recording to \/r has ended: .* be written: ENOSPC/),
    ]);
    expect(channel.take('more\n')).toBe('closed');
    expect(file.gauge.waitingOctets).toBe(0);
  });

  it('of a disk that is filling up ends with a line that says so', async () => {
    const path = join(directory, 'r');
    const disk = await open(path, 'w');
    const roomFor = { octets: 20 };
    const filling = {
      truncate: async (octets: number) => disk.truncate(octets),
      close: async () => disk.close(),
      async write(octets: Buffer, start: number, _: null, position: number) {
        // It takes what still finds room, and then nothing; another file goes meanwhile.
        const room = roomFor.octets - position;
        if (room <= 0) {
          roomFor.octets = 1_000;
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        }
        return disk.write(octets, start, Math.min(room, octets.length - start), position);
      },
    };
    const file = new RecordingFile(path, filling as unknown as FileHandle, log);
    const channel = channelTo(file);
    for (const line of ['header\n', 'input 1\n', 'input 2\n', 'input 3\n']) channel.take(line);
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('header\ninput 1\n{"end":"disk","inputs":1}\n');
    expect(logged).toHaveLength(1);
  });

  it('is not waited for: what is under way has a bound', () => {
    const gauge = new RecordingGauge();
    const posted: unknown[] = [];
    const channel = new RecordingChannel(
      { postMessage: (one: unknown) => posted.push(one) },
      gauge,
    );
    const megabyte = 'x'.repeat(2 ** 20);
    let taken = 0;
    while (channel.take(megabyte) === 'taken') taken += 1;
    // As docs/commands.md has it.
    expect(taken).toBe(8);
    expect(recordingQueueOctets).toBe(8 * 2 ** 20);
    expect(channel.take('x')).toBe('full');
    channel.end('end', 'queue');
    expect(posted).toHaveLength(taken + 1);
  });
});
