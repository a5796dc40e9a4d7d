import { describe, expect, it } from 'vitest';
import { formatComparison } from './comparison.ts';
import { formatClosing, formatEntrance, formatStep, formatTimeline, isGood } from './report.ts';
import type { PlayedStep } from './story-event.ts';

const played: PlayedStep = {
  step: 'baton-stopped',
  title: 'the daemon on A is stopped in order (SIGTERM)',
  holder: 'B',
  expected_holder: 'B',
  answering: 'B',
  holders_max: 1,
  overlap_ms: 0,
  outage_ms: 811.6,
  udp_outage_ms: 809.2,
  budget_ms: 1_004.7,
  requests: 1_200,
  failed_requests: 700,
  udp_failed_requests: 690,
  answers: { A: 2, B: 498 },
  client_stalled_ms: 0,
  took_ms: 1_320,
  ok: true,
  faults: [],
};

const skipped = { step: 'baton-frozen', skipped: 'host A is no Baton here' };

describe('the report of a step', () => {
  it('says what was measured, what was allowed, and who has the address', () => {
    expect(formatStep(played)).toBe(
      '  ok    baton-stopped    outage   812 ms of  1005 ms   holder B   700 of 1200 requests failed',
    );
  });

  it('says in a line of its own each thing that was wrong', () => {
    const report = { ...played, ok: false, faults: ['two hosts had the address for 500 ms'] };
    expect(formatStep(report).split('\n')).toEqual([
      '  FAIL  baton-stopped    outage   812 ms of  1005 ms   holder B   700 of 1200 requests failed',
      '          two hosts had the address for 500 ms',
    ]);
  });

  it('names a step that is not played, with the reason, and holds it against nobody', () => {
    expect(formatStep(skipped)).toBe(
      '  --    baton-frozen     not played: host A is no Baton here',
    );
    expect(isGood(skipped)).toBe(true);
    expect(isGood({ ...played, ok: false })).toBe(false);
  });

  it('closes with the counts', () => {
    const closing = formatClosing([played, { ...played, ok: false }, skipped], 61_400);
    expect(closing).toContain('1 ok, 1 failed, 1 not played, in 61 s.');
    expect(closing).toContain('200 ms for the scheduling');
  });
});

describe('the rest of what is printed', () => {
  it('gives each line of the timeline its time and its host', () => {
    const event = { type: 'timeline', atMs: 12_345.4, who: 'A', text: 'Entering MASTER STATE' };
    expect(formatTimeline(event as never)).toBe('   12.345 s  A       Entering MASTER STATE');
  });

  it('enters the user namespace too where there is one', () => {
    const entrance = { machine: 'host-a', processId: 4_711, userNamespace: true };
    expect(formatEntrance(entrance)).toBe(
      '  host-a   nsenter --target 4711 --user --preserve-credentials --net --pid --mount --uts --ipc',
    );
  });

  it('puts keepalived and Baton side by side', () => {
    const never = { ...played, step: 'nginx-broken', answering: null, outage_ms: 21_003 };
    const text = formatComparison([
      { kind: 'keepalived', report: { ...played, step: 'nginx-killed', outage_ms: 1_757.2 } },
      { kind: 'keepalived', report: never },
      { kind: 'baton', report: { ...played, step: 'nginx-killed', outage_ms: 31.4 } },
    ]);
    expect(text.split('\n')).toEqual([
      'The client is answered again                keepalived             Baton',
      '  nginx is killed                        after 1757 ms       after 31 ms',
      "  nginx can't start again               never, in 21 s        not played",
    ]);
  });
});
