import { describe, expect, it } from 'vitest';
import type { StatusResponse } from '../api/contract.ts';
import { emptySnapshot, noCounts } from '../model/defaults.ts';
import type { InstanceSnapshot } from '../model/snapshot.ts';
import { statusText } from './status-text.ts';

/** In local time, wherever the test runs. */
const nowMs = new Date(2026, 4, 4, 14, 2, 11).getTime();

const plain = (_style: string, text: string): string => text;

function status(snapshot: Partial<StatusResponse['snapshot']>): StatusResponse {
  return {
    type: 'status',
    identity: {
      version: '0.1.0',
      processId: 4242,
      startedAtMs: nowMs - 11_520_000,
      configurationPath: '/etc/keepalived/keepalived.conf',
    },
    snapshot: { ...emptySnapshot, ...snapshot },
  };
}

const master: InstanceSnapshot = {
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
  inStateForMs: 123_456,
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

const backup: InstanceSnapshot = {
  ...master,
  name: 'VI_backup',
  state: 'Backup',
  basePriority: 100,
  effectivePriority: 90,
  preempt: false,
  passed: true,
  conflicts: [{ cause: 'passwords-differ', with: '192.0.2.9', sinceMs: 7_000 }],
  master: { address: '192.0.2.2', priority: 150 },
  addresses: [
    { address: '192.0.2.6', held: false },
    { address: '192.0.2.7', held: false },
  ],
  inStateForMs: 90_000_000,
  counters: { ...master.counters, advertsSent: 0, advertsReceived: 9, drops: { 'ip-ttl': 2 } },
};

const fault: InstanceSnapshot = {
  ...master,
  name: 'VI_3',
  state: 'Fault',
  interface: 'eth1',
  sourceAddress: null,
  effectivePriority: 0,
  addresses: [{ address: '198.51.100.5', held: false }],
  reasons: ['interface eth1 is down', 'script chk_nginx is down'],
  inStateForMs: 400,
  counters: { ...master.counters, advertsSent: 0, becameMaster: 0 },
};

describe('statusText', () => {
  it('is a table of instances, scripts and services', () => {
    const text = statusText(
      status({
        instances: [master, backup, fault],
        scripts: [
          {
            name: 'chk_nginx',
            status: 'down',
            runs: 12,
            contrary: 0,
            running: false,
            lastDetail: 'exited with status 1',
          },
          { name: 'chk', status: 'unknown', runs: 0, contrary: 0, running: false, lastDetail: '' },
        ],
        services: [
          {
            name: 'nginx',
            state: 'running',
            status: 'up',
            processId: 312,
            restarts: 1,
            detail: 'answers\u001b[2J',
          },
          {
            name: 'dns',
            state: 'failed',
            status: 'down',
            processId: null,
            restarts: 3,
            detail: 'spent',
          },
        ],
        drops: { checksum: 4 },
      }),
      { paint: plain, nowMs },
    );
    expect(text).toMatchInlineSnapshot(`
      "Baton 0.1.0, process 4242, running for 3 h 12 min, configured by /etc/keepalived/keepalived.conf

      INSTANCE   STATE   SINCE                          PRIORITY       MASTER           ADDRESSES
      VI_1       Master  14:00:07 (2 min 3 s)           100            this host        192.0.2.5 held
        on eth0 from 192.0.2.1 by multicast, VRID 51
        advert every 1 s, skew 0.609 s, master down after 3.609 s
        adverts sent 124, became master 1
      VI_backup  Backup  2026-05-03 13:02:11 (1 d 1 h)  90 (base 100)  192.0.2.2 (150)  192.0.2.6 not held
                                                                                        192.0.2.7 not held
        conflict for 7 s, with 192.0.2.9: it has another password or key than this host; give both the same auth_pass, or the same auth_hmac keys under the same ids
        on eth0 from 192.0.2.1 by multicast, VRID 51, does not preempt
        advert every 1 s, skew 0.609 s, master down after 3.609 s
        adverts received 9, became master 1, dropped: ip-ttl 2
        mastership was passed on: it waits until the new master falls silent or gets worse
      VI_3       Fault   14:02:10 (0 s)                 0 (base 100)   none seen        198.51.100.5 not held
        because interface eth1 is down; script chk_nginx is down
        on eth1 by multicast, VRID 51
        advert every 1 s, skew 0.609 s, master down after 3.609 s

      SCRIPT     STATUS   RUNS  LAST RESULT
      chk_nginx  down     12    exited with status 1
      chk        unknown  0

      SERVICE  STATUS  STATE    PROCESS  RESTARTS  DETAIL
      nginx    up      running  312      1         answers\\x1b[2J
      dns      down    failed   none     3         spent

      Packets dropped that belong to no instance: checksum 4
      "
    `);
  });

  it('shows groups, files, processes, and what is not the common case', () => {
    const learned: InstanceSnapshot = {
      ...backup,
      version: 3,
      family: 'IPv6',
      interface: null,
      transport: 'unicast',
      peers: ['2001:db8::2', '2001:db8::3'],
      group: 'G1',
      masterAdvertisementIntervalMs: 250,
      counters: { ...noCounts, remarks: { 'address-list': 3 }, checksums: { message: 5 } },
    };
    const text = statusText(
      status({
        instances: [learned],
        groups: [{ name: 'G1', state: 'Backup', members: ['VI_backup', 'VI_3'] }],
        files: [
          { name: 'load', value: -20 },
          { name: 'gone', value: null },
        ],
        processes: [{ name: 'haproxy', status: 'up', count: 2, pendingDelay: null }],
      }),
      { paint: plain, nowMs },
    );
    expect(text).toMatchInlineSnapshot(`
      "Baton 0.1.0, process 4242, running for 3 h 12 min, configured by /etc/keepalived/keepalived.conf

      INSTANCE   STATE   SINCE                          PRIORITY       MASTER           ADDRESSES
      VI_backup  Backup  2026-05-03 13:02:11 (1 d 1 h)  90 (base 100)  192.0.2.2 (150)  192.0.2.6 not held
                                                                                        192.0.2.7 not held
        conflict for 7 s, with 192.0.2.9: it has another password or key than this host; give both the same auth_pass, or the same auth_hmac keys under the same ids
        on no interface of its own from 192.0.2.1 by unicast to 2001:db8::2 and 2001:db8::3, VRID 51, version 3 over IPv6, in group G1, does not preempt
        advert every 1 s, the master's every 0.25 s, skew 0.609 s, master down after 3.609 s
        taken in spite of: address-list 3, checksums: message 5
        mastership was passed on: it waits until the new master falls silent or gets worse

      GROUP  STATE   MEMBERS
      G1     Backup  VI_backup, VI_3

      FILE  VALUE
      load  -20
      gone  no number

      PROCESS  STATUS  RUNNING
      haproxy  up      2
      "
    `);
  });

  it('shows other Batons, and what differs there', () => {
    const counterpart = { instance: 'VI_1', name: 'VI_1', state: 'Backup', priority: 50 } as const;
    const sideChannel = {
      ...{ address: '192.0.2.1', port: 8112, failure: null },
      peers: [
        {
          ...{ address: '192.0.2.2', port: 8112, alive: true },
          counterparts: [
            { ...counterpart, differences: [] },
            {
              ...{ ...counterpart, instance: 'VI_2' },
              differences: [{ field: 'advert_int', ours: '1 s', theirs: '2 s' }],
            },
          ],
        },
        { address: '192.0.2.3', port: 8112, alive: false, counterparts: [] },
      ],
    };
    const text = statusText(status({ sideChannel }), { paint: plain, nowMs });
    expect(text.slice(text.indexOf('SIDE'))).toMatchInlineSnapshot(`
      "SIDE CHANNEL TO  STATUS  INSTANCE  THERE  STATE   PRIORITY
      192.0.2.2        heard   VI_1      VI_1   Backup  50
                               VI_2      VI_1   Backup  50
      192.0.2.3        silent  none
        VI_2 differs on 192.0.2.2: advert_int here: 1 s; there: 2 s
      "
    `);
    const failed = { ...sideChannel, failure: 'bind: EADDRINUSE' };
    expect(statusText(status({ sideChannel: failed }), { paint: plain, nowMs })).toContain(
      'Side channel on 192.0.2.1 port 8112 is not open: bind: EADDRINUSE\n',
    );
  });

  it('says so when there is nothing to show', () => {
    expect(statusText(status({}), { paint: plain, nowMs })).toMatchInlineSnapshot(`
      "Baton 0.1.0, process 4242, running for 3 h 12 min, configured by /etc/keepalived/keepalived.conf

      No instances are configured.
      "
    `);
  });

  it('lines up with colours as without', () => {
    const options = { instances: [master, backup, fault] };
    const painted = statusText(status(options), {
      nowMs,
      paint: (style, text) => `<${style}>${text}</${style}>`,
    });
    expect(painted).toContain('<good>Master</good>');
    expect(painted).toContain('<bad>Fault</bad>');
    expect(painted.replace(/<\/?[a-z]+>/g, '')).toBe(
      statusText(status(options), { paint: plain, nowMs }),
    );
  });
});
