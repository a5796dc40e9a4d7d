import { describe, expect, it } from 'vitest';
import { command, config, instanceConfig, mail } from '../../test/scenario/configuration.ts';
import type { GlobalConfig, NotifyConfig, SyncGroupConfig } from '../model/config.ts';
import { noNotifications } from '../model/defaults.ts';
import type { Effect } from '../model/effect.ts';
import {
  notifyGroup,
  notifyInstance,
  notifyLowerPriority,
  notifyPriority,
  removalState,
  repeatState,
} from './notifications.ts';
import { Outbox } from './outbox.ts';

const fifo = { path: '/run/fifo', user: null, group: null, script: null };
const global: GlobalConfig = {
  ...config().global,
  mail,
  fifos: { fifos: [fifo], repeatStatesOnReload: false },
};
const notify: NotifyConfig = {
  ...noNotifications,
  any: command('/any', 'given'),
  master: command('/master'),
  deleted: command('/deleted'),
  lowerPriorityHeard: command('/lower'),
};
const instance = instanceConfig({ notify, smtpAlert: true });
const group: SyncGroupConfig = {
  name: 'VG',
  members: ['VI_1'],
  tracks: [],
  weighted: false,
  notify,
  smtpAlert: true,
};

/** What is told, each in one line. */
function told(tell: (recipients: { global: GlobalConfig; outbox: Outbox }) => void): string[] {
  const outbox = new Outbox();
  tell({ global, outbox });
  return outbox.drain().map(lineOf);
}

function lineOf(effect: Effect): string {
  if (effect.type === 'run-notify') {
    return [effect.command.program, ...effect.command.arguments].join(' ');
  }
  if (effect.type === 'write-fifos') return `FIFO ${effect.line}`;
  return effect.type === 'send-mail' ? `mail ${effect.subject}` : effect.type;
}

describe('a new state is told to scripts, then FIFOs, then by mail', () => {
  it('of an instance', () => {
    const lines = told((to) => {
      notifyInstance(instance, { state: 'MASTER', priority: 100 }, to);
    });
    expect(lines).toEqual([
      '/master',
      '/any given INSTANCE VI_1 MASTER 100',
      'FIFO INSTANCE "VI_1" MASTER 100',
      'mail [lab-a] VRRP Instance VI_1 - Entering MASTER state',
    ]);
  });

  it('of a group, with priority 0', () => {
    const lines = told((to) => {
      notifyGroup(group, { state: 'BACKUP', members: [instance] }, to);
    });
    expect(lines).toEqual([
      '/any given GROUP VG BACKUP 0',
      'FIFO GROUP "VG" BACKUP 0',
      'mail [lab-a] VRRP Group VG - Entering BACKUP state',
    ]);
  });

  it('of an instance that a reload removes', () => {
    expect(removalState(notify)).toBe('FAULT');
    expect(removalState({ ...notify, deletedAsSuch: true })).toBe('DELETED');
    const lines = told((to) => {
      notifyInstance(instance, { state: 'DELETED', priority: 100 }, to);
    });
    expect(lines[0]).toBe('/deleted');
    expect(lines[3]).toBe('mail [lab-a] VRRP Instance VI_1 - Deleted');
  });
});

describe('FIFOs are told', () => {
  it('of an advert with a lower priority, as is the script for it', () => {
    const lines = told((to) => {
      notifyLowerPriority(instance, { priority: 100, withScript: true }, to);
      notifyLowerPriority(instance, { priority: 100, withScript: false }, to);
    });
    const line = 'FIFO INSTANCE "VI_1" MASTER_RX_LOWER_PRI 100';
    expect(lines).toEqual(['/lower', line, line]);
  });

  it('of a priority only as Master or Backup', () => {
    const lines = (['Master', 'Backup', 'Fault', 'Initialize'] as const).flatMap((state) =>
      told((to) => {
        notifyPriority(instance, { state, priority: 90 }, to);
      }),
    );
    expect(lines).toEqual([
      'FIFO INSTANCE "VI_1" MASTER_PRIORITY 90',
      'FIFO INSTANCE "VI_1" BACKUP_PRIORITY 90',
    ]);
  });

  it('of a state again, without a script', () => {
    const lines = told((to) => {
      repeatState({ kind: 'GROUP', name: 'VG', state: 'Fault', priority: 0 }, to);
    });
    expect(lines).toEqual(['FIFO GROUP "VG" FAULT 0']);
  });
});
