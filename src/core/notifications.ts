/** What people, scripts and the readers of FIFOs are told. */
import type { Command } from '../model/command.ts';
import type { GlobalConfig, InstanceConfig, NotifyConfig } from '../model/config.ts';
import type { SyncGroupConfig } from '../model/config.ts';
import type { StateName } from '../model/snapshot.ts';
import type { Outbox } from './outbox.ts';

/** The words that notify scripts get as their third argument (keepalived's interface). */
export type NotifiedState = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' | 'DELETED';

/** What a FIFO is told of an instance besides its states. */
export type NotifiedRemark = 'MASTER_RX_LOWER_PRI' | 'MASTER_PRIORITY' | 'BACKUP_PRIORITY';

/** Where notifications go. */
export interface Recipients {
  readonly global: GlobalConfig;
  readonly outbox: Outbox;
}

interface Subject {
  readonly kind: 'INSTANCE' | 'GROUP';
  readonly name: string;
  readonly notify: NotifyConfig;
  readonly smtpAlert: boolean;
  /** A group's is 0. */
  readonly priority: number;
  /** For mail: what it holds. */
  readonly addresses: string;
}

/** Tells of an instance's new state: scripts, then FIFOs, then mail. */
export function notifyInstance(
  config: InstanceConfig,
  told: { readonly state: NotifiedState; readonly priority: number },
  recipients: Recipients,
): void {
  const { name, notify, smtpAlert } = config;
  const addresses = addressText([config]);
  const subject: Subject = {
    ...{ kind: 'INSTANCE', name, notify, smtpAlert, addresses },
    priority: told.priority,
  };
  tell(subject, told.state, recipients);
}

/** Tells of a sync group's new state, which all its members have. */
export function notifyGroup(
  { name, notify, smtpAlert }: SyncGroupConfig,
  told: { readonly state: NotifiedState; readonly members: readonly InstanceConfig[] },
  recipients: Recipients,
): void {
  const addresses = addressText(told.members);
  const subject: Subject = { kind: 'GROUP', name, notify, smtpAlert, priority: 0, addresses };
  tell(subject, told.state, recipients);
}

/** A Master has heard of one with a lower priority. */
export function notifyLowerPriority(
  config: InstanceConfig,
  { priority, withScript }: { readonly priority: number; readonly withScript: boolean },
  { global, outbox }: Recipients,
): void {
  const { lowerPriorityHeard } = config.notify;
  if (lowerPriorityHeard !== null && withScript) {
    outbox.push({ type: 'run-notify', command: lowerPriorityHeard });
  }
  writeFifos(`INSTANCE "${config.name}" MASTER_RX_LOWER_PRI ${String(priority)}`, global, outbox);
}

/** An instance's effective priority has changed: told to FIFOs, where that is asked for. */
export function notifyPriority(
  config: InstanceConfig,
  told: { readonly state: StateName; readonly priority: number },
  { global, outbox }: Recipients,
): void {
  if (told.state !== 'Master' && told.state !== 'Backup') return;
  const word: NotifiedRemark = told.state === 'Master' ? 'MASTER_PRIORITY' : 'BACKUP_PRIORITY';
  writeFifos(`INSTANCE "${config.name}" ${word} ${String(told.priority)}`, global, outbox);
}

/** Repeats a state for readers who have just opened their FIFO (`fifo_write_vrrp_states_on_reload`). */
export function repeatState(
  told: {
    readonly kind: 'INSTANCE' | 'GROUP';
    readonly name: string;
    readonly state: StateName;
    readonly priority: number;
  },
  { global, outbox }: Recipients,
): void {
  if (told.state === 'Initialize') return;
  const state = told.state.toUpperCase();
  writeFifos(`${told.kind} "${told.name}" ${state} ${String(told.priority)}`, global, outbox);
}

/** How the removal of an instance by a reload is told. */
export function removalState({ deletedAsSuch }: NotifyConfig): NotifiedState {
  return deletedAsSuch ? 'DELETED' : 'FAULT';
}

function tell(subject: Subject, state: NotifiedState, { global, outbox }: Recipients): void {
  const { kind, name, priority } = subject;
  runScripts(subject, state, outbox);
  writeFifos(`${kind} "${name}" ${state} ${String(priority)}`, global, outbox);
  mailOperators(subject, state, { global, outbox });
}

/** The script for this very state first, then the general one with its four arguments. */
function runScripts(subject: Subject, state: NotifiedState, outbox: Outbox): void {
  const { kind, name, notify, priority } = subject;
  const specific = scriptFor(notify, state);
  if (specific !== null) outbox.push({ type: 'run-notify', command: specific });
  if (notify.any === null) return;
  const added = [kind, name, state, String(priority)];
  const command = { ...notify.any, arguments: [...notify.any.arguments, ...added] };
  outbox.push({ type: 'run-notify', command });
}

function writeFifos(line: string, { fifos }: GlobalConfig, outbox: Outbox): void {
  if (fifos.fifos.length > 0) outbox.push({ type: 'write-fifos', line });
}

function mailOperators(
  { kind, name, smtpAlert, addresses }: Subject,
  state: NotifiedState,
  { global, outbox }: Recipients,
): void {
  const { mail, routerId } = global;
  if (mail === null || !smtpAlert) return;
  if (state === 'FAULT' && !mail.mailOnFault) return;
  const holds = state === 'MASTER' ? 'now holds' : 'does not hold';
  const what = kind === 'GROUP' ? 'Group' : 'Instance';
  outbox.push({
    type: 'send-mail',
    mail,
    subject: `[${routerId}] VRRP ${what} ${name} - ${headline(state)}`,
    body: `${routerId} ${holds} the virtual addresses of ${name}: ${addresses}\n`,
  });
}

function headline(state: NotifiedState): string {
  if (state === 'STOP') return 'Stopping';
  return state === 'DELETED' ? 'Deleted' : `Entering ${state} state`;
}

function addressText(configs: readonly InstanceConfig[]): string {
  return configs.flatMap((one) => one.virtualAddresses.map(({ address }) => address)).join(', ');
}

function scriptFor(notify: NotifyConfig, state: NotifiedState): Command | null {
  switch (state) {
    case 'MASTER':
      return notify.master;
    case 'BACKUP':
      return notify.backup;
    case 'FAULT':
      return notify.fault;
    case 'STOP':
      return notify.stop;
    case 'DELETED':
      return notify.deleted;
  }
}
