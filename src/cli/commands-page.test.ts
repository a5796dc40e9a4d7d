/** docs/commands.md says what is true. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { controlLimits, defaultSocketPath, protocolVersion } from '../api/contract.ts';
import { emptySnapshot, noCounts } from '../model/defaults.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { InstanceSnapshot } from '../model/snapshot.ts';
import type { JournalLine } from '../ports/journal.ts';
import { eventText } from './event-text.ts';
import { exitCodes } from './exit-code.ts';
import { explain, explanationText } from './explanation.ts';
import { defaultRecordingMebibytes, describeRunFlags } from './run-flags.ts';
import { statusText } from './status-text.ts';
import { localTimeExact } from './time-text.ts';

const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');

/** src/system/recording-channel.ts; its test holds it to the same. */
const recordingQueueMebibytes = 8;

/** In local time, wherever the test runs. */
const nowMs = new Date(2026, 4, 4, 14, 2, 11).getTime();

const instance: InstanceSnapshot = {
  name: 'VI_1',
  state: 'Master',
  version: 2,
  family: 'IPv4',
  interface: 'eth0',
  group: null,
  virtualRouterId: 51,
  basePriority: 100,
  effectivePriority: 100,
  preempt: true,
  sourceAddress: '192.0.2.1',
  transport: 'multicast',
  peers: [],
  heard: null,
  master: null,
  addresses: [{ address: '192.0.2.5', held: true }],
  reasons: [],
  inStateForMs: 123_000,
  advertisementIntervalMs: 1_000,
  masterAdvertisementIntervalMs: 1_000,
  skewTimeMs: 609.375,
  masterDownIntervalMs: 3_609.375,
  answersForMs: 2_500,
  nextTimeoutInMs: 400,
  passed: false,
  conflicts: [],
  counters: { ...noCounts, advertsSent: 124, becameMaster: 1 },
};

describe('docs/commands.md', () => {
  it('lists the flags of run as its help does', () => {
    expect(page).toContain(`\`\`\`\n${describeRunFlags()}\`\`\``);
  });

  it('shows status as it is printed', () => {
    const text = statusText(
      {
        type: 'status',
        identity: {
          version: '0.1.0',
          processId: 4242,
          startedAtMs: nowMs - 127_000,
          configurationPath: '/etc/keepalived/keepalived.conf',
        },
        snapshot: {
          ...emptySnapshot,
          instances: [instance],
          services: [
            {
              name: 'nginx',
              state: 'running',
              status: 'up',
              processId: 312,
              restarts: 0,
              detail: '',
            },
          ],
        },
      },
      { paint: (_style, text) => text, nowMs },
    );
    expect(page).toContain(`$ baton status\n${text}\`\`\``);
  });

  it('shows events as they are printed', () => {
    const text = eventText({
      sequence: 3,
      timeMs: nowMs - 123_000,
      entry: {
        kind: 'transition',
        instance: 'VI_1',
        from: 'Backup',
        to: 'Master',
        reason: 'no master heard',
        priority: 100,
        cause: { type: 'started' },
      },
      because: [],
    });
    expect(page).toContain(`$ baton events\n${text}\`\`\``);
  });

  it('shows an explanation as it is printed', () => {
    const at = (sequence: number, entry: JournalEntry, because: number[] = []): JournalLine => ({
      sequence,
      timeMs: nowMs - 3_600,
      entry,
      because,
    });
    const lines = [
      at(1, { kind: 'script', script: 'chk_nginx', up: false, detail: 'now returning 1' }),
      at(
        2,
        {
          kind: 'priority',
          instance: 'VI_1',
          from: 150,
          to: 90,
          changes: [{ subject: 'script chk_nginx', from: 0, to: -60 }],
        },
        [1],
      ),
      {
        ...at(
          3,
          {
            kind: 'transition',
            instance: 'VI_1',
            from: 'Master',
            to: 'Backup',
            reason: '192.0.2.2 has priority 100',
            priority: 90,
            cause: {
              type: 'outranked',
              by: { address: '192.0.2.2', priority: 100 },
              priority: 90,
              basePriority: 150,
              address: '192.0.2.1',
            },
          },
          [2],
        ),
        timeMs: nowMs - 2_988,
      },
    ];
    const standing: InstanceSnapshot = {
      ...instance,
      state: 'Backup',
      master: { address: '192.0.2.2', priority: 100 },
      effectivePriority: 90,
    };
    const [explained] = explain(lines, [standing], null);
    if (explained === undefined) throw new Error('nothing to explain');
    const moment = (timeMs: number) => localTimeExact(timeMs, nowMs);
    const text = explanationText(explained, { nowMs, moment });
    expect(page).toContain(`$ baton explain\n${text}\n\`\`\``);
  });

  it('names the bounds of a recording', () => {
    for (const fact of [
      `It ends at ${String(defaultRecordingMebibytes)} MiB`,
      `more than ${String(recordingQueueMebibytes)} MiB wait`,
    ]) {
      expect(page.replace(/\s+/g, ' ')).toContain(fact);
    }
  });

  it('has a row for each exit code', () => {
    const listed = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(expect.arrayContaining(Object.values(exitCodes)));
    expect(listed).toEqual([...new Set(listed)].sort((one, other) => one - other));
  });

  it('names the bounds of the control socket', () => {
    for (const fact of [
      `\`${defaultSocketPath}\``,
      `"protocol":${String(protocolVersion)}`,
      `at most ${String(controlLimits.requestOctets)} octets`,
      `${String(controlLimits.clients)} clients`,
      `${String(controlLimits.followerOctets / 1_024)} KiB`,
    ]) {
      expect(page.replace(/\s+/g, ' ')).toContain(fact);
    }
  });
});
