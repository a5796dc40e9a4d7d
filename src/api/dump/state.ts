/**
 * Configuration and state as keepalived writes them at SIGUSR1, for people and for
 * scrapers that look for its lines. Secrets are left out.
 */
import { toMilliseconds, type Duration } from '../../base/units.ts';
import type { Config, InstanceConfig, ScriptConfig } from '../../model/config.ts';
import type { InstanceSnapshot, Snapshot } from '../../model/snapshot.ts';
import { addressText } from './address-text.ts';

export interface StateDumpOptions {
  readonly config: Config;
  readonly snapshot: Snapshot;
  /** Milliseconds since 1970 UTC. */
  readonly nowMs: number;
}

/** What keepalived's parent process writes: the global definitions alone. */
export function globalDump({ global }: Config): string {
  const { scheduling, scriptSecurity } = global;
  return section('Global definitions', [
    ` Network namespace = ${global.networkNamespace ?? '(default)'}`,
    ...(global.instanceName === null ? [] : [` Instance name = ${global.instanceName}`]),
    ` Router ID = ${global.routerId}`,
    ` Dynamic interfaces = ${String(global.dynamicInterfaces !== 'no')}`,
    ` Disable local IGMP = ${global.disableLocalIgmp ? 'yes' : 'no'}`,
    ` FIFO write vrrp states on reload = ${String(global.fifos.repeatStatesOnReload)}`,
    ` Max auto priority = ${String(scheduling.automaticPriorityLimit)}`,
    ` VRRP process priority = ${String(scheduling.nice ?? 0)}`,
    ` VRRP don't swap = ${String(scheduling.lockMemory)}`,
    ` VRRP realtime priority = ${String(scheduling.realTimePriority ?? 0)}`,
    ` Script security ${scriptSecurity.enforced ? 'enabled' : 'disabled'}`,
  ]);
}

export function stateDump(options: StateDumpOptions): string {
  const { config, snapshot } = options;
  const instances = snapshot.instances.flatMap((state) => {
    const instance = config.instances.find(({ name }) => name === state.name);
    return instance === undefined ? [] : instanceLines(instance, state, options);
  });
  const groups = snapshot.groups.flatMap(({ name, state, members }) => [
    ` VRRP Sync Group = ${name}, ${state.toUpperCase()}`,
    `   VRRP member instances:`,
    ...members.map((member) => `     ${member}`),
  ]);
  return [
    globalDump(config),
    section('VRRP Topology', instances),
    section('VRRP Sync groups', groups),
    section(
      'VRRP Scripts',
      config.scripts.flatMap((script) => scriptLines(script, snapshot)),
    ),
  ].join('');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `------< ${title} >------\n${lines.join('\n')}\n`;
}

function instanceLines(
  instance: InstanceConfig,
  state: InstanceSnapshot,
  { nowMs }: StateDumpOptions,
): readonly string[] {
  const { announcement, transport, authentication } = instance;
  const since = nowMs - state.inStateForMs;
  const word = state.state === 'Initialize' ? 'INIT' : state.state.toUpperCase();
  const held = new Set(state.addresses.filter((one) => one.held).map(({ address }) => address));
  const addresses = instance.virtualAddresses.map(
    (one) => `     ${addressText(one, held.has(one.address))}`,
  );
  return [
    ` VRRP Instance = ${instance.name}`,
    `   VRRP Version = ${String(instance.version)}`,
    `   State = ${word}`,
    `   Wantstate = ${word}`,
    `   Last transition = ${(since / 1_000).toFixed(6)} (${new Date(since).toUTCString()})`,
    `   Master down timer = ${String(Math.round(state.masterDownIntervalMs * 1_000))} usecs`,
    ...(instance.interface === null ? [] : [`   Interface = ${instance.interface}`]),
    ...(state.sourceAddress === null ? [] : [`   Using src_ip = ${state.sourceAddress}`]),
    ...(transport.type === 'multicast'
      ? [`   Multicast address ${transport.group}`]
      : ['   Unicast Peer :', ...transport.peers.map(({ address }) => `     ${address}`)]),
    `   Gratuitous ARP delay = ${wholeSeconds(announcement.delay)}`,
    `   Gratuitous ARP repeat = ${String(announcement.repeat)}`,
    `   Gratuitous ARP refresh = ${wholeSeconds(announcement.refresh)}`,
    `   Gratuitous ARP refresh repeat = ${String(announcement.refreshRepeat)}`,
    `   Gratuitous ARP lower priority delay = ${wholeSeconds(announcement.lowerPriorityDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${String(announcement.lowerPriorityRepeat)}`,
    `   Down timer adverts = ${String(instance.downTimerAdverts)}`,
    `   Send advert after receive lower priority advert = ${String(instance.answerLowerPriority)}`,
    `   Send advert after receive higher priority advert = ${String(instance.advertiseBeforeYielding)}`,
    `   Virtual Router ID = ${String(instance.virtualRouterId)}`,
    `   Priority = ${String(state.basePriority)}`,
    `   Effective priority = ${String(state.effectivePriority)}`,
    `   Total priority = ${String(state.effectivePriority)}`,
    `   Advert interval = ${intervalText(instance)}`,
    `   Accept = ${ability(instance.accept)}`,
    `   Preempt = ${ability(instance.preempt)}`,
    `   Promote_secondaries = ${ability(instance.promoteSecondaries)}`,
    ...(authentication.type === 'none'
      ? []
      : [
          `   Authentication type = ${authentication.type === 'simple' ? 'SIMPLE_PASSWORD' : 'IPSEC_AH'}`,
        ]),
    ...(addresses.length === 0
      ? []
      : [`   Virtual IP (${String(addresses.length)}):`, ...addresses]),
    `   Using smtp notification = ${instance.smtpAlert ? 'yes' : 'no'}`,
    `   Notify deleted = ${instance.notify.deletedAsSuch ? 'Deleted' : 'Fault'}`,
    `   Notify priority changes = ${String(instance.notify.priorityChanges)}`,
  ];
}

function scriptLines(script: ScriptConfig, { scripts }: Snapshot): readonly string[] {
  const status = scripts.find(({ name }) => name === script.name)?.status ?? 'unknown';
  return [
    ` VRRP Script = ${script.name}`,
    `   Command = '${[script.command.program, ...script.command.arguments].join("' '")}'`,
    `   Interval = ${wholeSeconds(script.interval)} sec`,
    `   Timeout = ${wholeSeconds(script.timeout)} sec`,
    `   Rise = ${String(script.rise)}`,
    `   Fall = ${String(script.fall)}`,
    `   Status = ${{ up: 'GOOD', down: 'BAD', unknown: 'unknown' }[status]}`,
  ];
}

function intervalText({ version, advertisementInterval }: InstanceConfig): string {
  const intervalMs = toMilliseconds(advertisementInterval);
  return version === 2 ? `${String(intervalMs / 1_000)} sec` : `${String(intervalMs)} milli-sec`;
}

function ability(enabled: boolean): string {
  return enabled ? 'enabled' : 'disabled';
}

function wholeSeconds(duration: Duration): string {
  return String(Math.trunc(toMilliseconds(duration) / 1_000));
}
