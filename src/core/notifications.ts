/** What people and scripts are told of a transition. */
import type { Command, GlobalConfig, InstanceConfig } from '../model/config.ts';
import type { Outbox } from './outbox.ts';

/** The words that notify scripts get as their third argument (keepalived's interface). */
export type NotifiedState = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP';

interface Notification {
  readonly config: InstanceConfig;
  readonly state: NotifiedState;
  readonly priority: number;
}

/** The script for this very state first, then the general one with its four arguments. */
export function notifyScripts(notification: Notification, outbox: Outbox): void {
  const { config, state, priority } = notification;
  const specific = scriptFor(config, state);
  if (specific !== null) outbox.push({ type: 'run-notify', command: specific });
  const { any } = config.notify;
  if (any === null) return;
  const added = ['INSTANCE', config.name, state, String(priority)];
  const command = { ...any, arguments: [...any.arguments, ...added] };
  outbox.push({ type: 'run-notify', command });
}

export function mailOperators(
  notification: Notification,
  global: GlobalConfig,
  outbox: Outbox,
): void {
  const { config, state } = notification;
  const { mail } = global;
  if (mail === null || !config.smtpAlert) return;
  if (state === 'FAULT' && !mail.mailOnFault) return;
  const headline = state === 'STOP' ? 'Stopping' : `Entering ${state} state`;
  const addresses = config.virtualAddresses.map((one) => one.address).join(', ');
  const holds = state === 'MASTER' ? 'now holds' : 'does not hold';
  outbox.push({
    type: 'send-mail',
    mail,
    subject: `[${global.routerId}] VRRP Instance ${config.name} - ${headline}`,
    body: `${global.routerId} ${holds} the virtual addresses of ${config.name}: ${addresses}\n`,
  });
}

function scriptFor(config: InstanceConfig, state: NotifiedState): Command | null {
  switch (state) {
    case 'MASTER':
      return config.notify.master;
    case 'BACKUP':
      return config.notify.backup;
    case 'FAULT':
      return config.notify.fault;
    case 'STOP':
      return config.notify.stop;
  }
}
