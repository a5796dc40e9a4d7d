import { expect, it } from 'vitest';
import type { JournalEntry } from '../model/journal.ts';
import { eventText } from './event-text.ts';

const timeMs = new Date(2026, 4, 4, 14, 2, 11, 7).getTime();

const entries: readonly JournalEntry[] = [
  {
    kind: 'transition',
    instance: 'VI_1',
    from: 'Backup',
    to: 'Master',
    reason: 'master silent',
    priority: 100,
    cause: { type: 'started' },
  },
  { kind: 'priority', instance: 'VI_1', from: 100, to: 80, changes: [] },
  { kind: 'address-restored', instance: 'VI_1', address: '192.0.2.5', interface: 'eth0' },
  { kind: 'restored', instance: 'VI_1', what: 'route', subject: '198.51.100.0/24 via 192.0.2.9' },
  { kind: 'restored', instance: null, what: 'address', subject: '192.0.2.7 on eth0' },
  { kind: 'group', group: 'VG', from: 'Backup', to: 'Master' },
  { kind: 'file', file: 'load', value: 3 },
  { kind: 'process', process: 'named', up: false, detail: '0 running, 1 wanted' },
  { kind: 'script', script: 'chk_nginx', up: false, detail: 'exited with status 1\n\u001b[2J' },
  { kind: 'script', script: 'chk_nginx', up: true, detail: '' },
  { kind: 'service', service: 'nginx', state: 'failed', detail: '3 restarts in 60 s' },
  { kind: 'link', interface: 'eth0', state: 'gone' },
  { kind: 'duplicate', interface: 'eth0', address: 'fe80::1' },
  {
    kind: 'conflict',
    instance: 'VI_1',
    state: 'seen',
    cause: 'passwords-differ',
    with: '192.0.2.2',
    whileMaster: false,
  },
  {
    kind: 'conflict',
    instance: 'VI_1',
    state: 'ended',
    cause: 'not-hearing',
    with: '192.0.2.3',
    whileMaster: true,
  },
  { kind: 'command', command: 'stop', instance: null },
  { kind: 'command', command: 'pass', instance: 'VI_1' },
  { kind: 'config', detail: 'reloaded' },
];

it('tells each kind of event on one line', () => {
  const text = entries
    .map((entry, sequence) => eventText({ sequence, timeMs, entry, because: [] }))
    .join('');
  expect(text).toMatchInlineSnapshot(`
    "2026-05-04 14:02:11.007  VI_1 Backup -> Master: master silent (priority 100)
    2026-05-04 14:02:11.007  VI_1 priority 100 -> 80
    2026-05-04 14:02:11.007  VI_1 192.0.2.5 put back on eth0: something removed it
    2026-05-04 14:02:11.007  VI_1 route 198.51.100.0/24 via 192.0.2.9 put back: something removed it
    2026-05-04 14:02:11.007  static address 192.0.2.7 on eth0 put back: something removed it
    2026-05-04 14:02:11.007  group VG Backup -> Master
    2026-05-04 14:02:11.007  file load is 3
    2026-05-04 14:02:11.007  process named is down: 0 running, 1 wanted
    2026-05-04 14:02:11.007  script chk_nginx is down: exited with status 1 \\x1b[2J
    2026-05-04 14:02:11.007  script chk_nginx is up
    2026-05-04 14:02:11.007  service nginx is failed: 3 restarts in 60 s
    2026-05-04 14:02:11.007  interface eth0 is gone
    2026-05-04 14:02:11.007  fe80::1 on eth0 is a duplicate: another host has it
    2026-05-04 14:02:11.007  VI_1 conflict, with 192.0.2.2: it has another password or key than this host (passwords-differ)
    2026-05-04 14:02:11.007  VI_1 two masters, with 192.0.2.3: ended (not-hearing)
    2026-05-04 14:02:11.007  operator's command: stop
    2026-05-04 14:02:11.007  operator's command: pass VI_1
    2026-05-04 14:02:11.007  configuration: reloaded
    "
  `);
});
