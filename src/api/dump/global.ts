/** The global definitions as keepalived writes them. */
import { toMilliseconds, toSeconds, zero } from '../../base/units.ts';
import type { Config, MailConfig, NotifyFifo } from '../../model/config.ts';
import { commandText, section, when, type DumpContent } from './dump-content.ts';
import { shortNumber } from './number-text.ts';

export type GlobalContent = Pick<DumpContent, 'config' | 'owner'>;

/** What keepalived's parent process writes, and what the state dump begins with. */
export function globalDump({ config, owner }: GlobalContent): string {
  return section('Global definitions', [
    ...identityLines(config),
    ...mailLines(config.global.mail),
    ...reloadLines(config),
    ...programLines({ config, owner }),
    ...fifoLines({ config, owner }),
    ...announcementLines(config),
    ...firewallLines(config),
    ...schedulingLines(config),
    ` Script security ${config.global.scriptSecurity.enforced ? 'enabled' : 'disabled'}`,
    ...bufferLines(config),
    ` umask = 0${(config.global.umask ?? 0o177).toString(8)}`,
    ...when(
      config.global.startupDelay > 0,
      ` vrrp_startup_delay = ${shortNumber(toSeconds(config.global.startupDelay))}`,
    ),
    ...when(config.global.logUnknownVirtualRouters, ' log_unknown_vrids'),
  ]);
}

function identityLines({ global }: Config): readonly string[] {
  const { instanceName, processName } = global;
  return [
    ` Network namespace = ${global.networkNamespace ?? '(default)'}`,
    ...(instanceName === null ? [] : [` Instance name = ${instanceName}`]),
    ...(processName === null ? [] : [` Parent process name = ${processName}`]),
    ` Router ID = ${global.routerId}`,
  ];
}

function mailLines(mail: MailConfig | null): readonly string[] {
  if (mail === null) return [];
  return [
    ` Smtp server = ${mail.host}`,
    ` Smtp server port = ${String(mail.port)}`,
    ` Smtp HELO name = ${mail.heloName}`,
    ` Smtp server connection timeout = ${String(Math.trunc(toSeconds(mail.connectTimeout)))}`,
    ` Email notification from = ${mail.from}`,
    ' Email notification to:',
    ...mail.recipients.map((recipient) => `   ${recipient}`),
  ];
}

function reloadLines({ global: { reload, dumps } }: Config): readonly string[] {
  return [
    reload.complaintsFile === null
      ? ' No test config before reload'
      : ` Test config before reload, log to ${reload.complaintsFile}`,
    ...(reload.timeFile === null
      ? []
      : [` Reload time file = ${reload.timeFile}${reload.repeat ? ' (repeat)' : ''}`]),
    ...(reload.marker === null ? [] : [` Reload_file = ${reload.marker}`]),
    ...when(dumps.useInstanceName, ' Use instance name in data dumps'),
  ];
}

function programLines({ config: { global }, owner }: GlobalContent): readonly string[] {
  const { startupScript, shutdownScript, dynamicInterfaces } = global;
  const scripts = [
    [' Startup script', startupScript, ','],
    [' Shutdown script', shutdownScript, ''],
  ] as const;
  return [
    ...scripts.flatMap(([label, script, comma]) =>
      script === null
        ? []
        : [
            `${label} = ${commandText(script.command)}, uid:gid ${owner(script.command)}${comma}` +
              ` timeout ${String(Math.trunc(toSeconds(script.timeout)))}`,
          ],
    ),
    ` Dynamic interfaces = ${String(dynamicInterfaces !== 'no')}`,
    ...when(
      dynamicInterfaces !== 'no',
      ` Allow interface changes = ${String(dynamicInterfaces === 'even-if-they-change')}`,
    ),
    ...when(global.mail?.mailOnFault === false, ' Send emails for fault transitions = off'),
    ` Disable local IGMP = ${global.disableLocalIgmp ? 'yes' : 'no'}`,
  ];
}

function fifoLines({ config: { global }, owner }: GlobalContent): readonly string[] {
  const { fifos, repeatStatesOnReload } = global.fifos;
  const lines = (kind: string, fifo: NotifyFifo): readonly string[] => [
    ` ${kind} notify fifo = ${fifo.path}, uid:gid ${owner(fifo)}`,
    ...(fifo.script === null
      ? []
      : [
          ` ${kind} notify fifo script = ${commandText(fifo.script)}` +
            `, uid:gid ${owner(fifo.script)}`,
        ]),
  ];
  // A single one serves the same purpose under either name.
  return [
    ...fifos.flatMap((fifo, place) => lines(place < fifos.length - 1 ? 'Global' : 'VRRP', fifo)),
    ` FIFO write vrrp states on reload = ${String(repeatStatesOnReload)}`,
  ];
}

function announcementLines({ announcementGroups }: Config): readonly string[] {
  const everywhere = announcementGroups.find((group) => group.interfaces === null);
  return [
    ` Gratuitous ARP interval = ${toSeconds(everywhere?.arpInterval ?? zero).toFixed(6)}`,
    ` Gratuitous NA interval = ${toSeconds(everywhere?.neighbourInterval ?? zero).toFixed(6)}`,
  ];
}

function firewallLines({ global: { firewall } }: Config): readonly string[] {
  return [
    ...(firewall === null
      ? []
      : [
          ` nftables table name = ${firewall.table}`,
          ` nftables base chain priority = ${String(firewall.priority)}`,
          ` nftables ${firewall.byIndex ? '' : "don't "}force use ifindex for link local IPv6`,
        ]),
    ` nftables with${firewall?.counters === true ? '' : 'out'} counters`,
  ];
}

function schedulingLines({ global: { scheduling } }: Config): readonly string[] {
  const { automaticPriorityLateness, processors, realTimeLimit } = scheduling;
  const latenessUs = toMilliseconds(automaticPriorityLateness) * 1_000;
  return [
    ` Max auto priority = ${String(scheduling.automaticPriorityLimit)}`,
    ` Min auto priority delay = ${String(latenessUs)} usecs`,
    ` VRRP process priority = ${String(scheduling.nice ?? 0)}`,
    ` VRRP don't swap = ${String(scheduling.lockMemory)}`,
    ` VRRP realtime priority = ${String(scheduling.realTimePriority ?? 0)}`,
    ...when(processors.length > 0, ` VRRP CPU Affinity = ${processors.join(' ')}`),
    ...(realTimeLimit === null ? [] : [` VRRP realtime limit = ${String(realTimeLimit)}`]),
  ];
}

function bufferLines({ global: { netlinkBuffers } }: Config): readonly string[] {
  return [
    ` vrrp_netlink_cmd_rcv_bufs = ${String(netlinkBuffers.command ?? 0)}`,
    ` vrrp_netlink_monitor_rcv_bufs = ${String(netlinkBuffers.monitor ?? 0)}`,
    ` process_monitor_rcv_bufs = ${String(netlinkBuffers.processes ?? 0)}`,
  ];
}
