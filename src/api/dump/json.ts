/**
 * State and statistics as keepalived's JSON signal writes them: one line, slashes
 * escaped, some flags as numbers and some as booleans, just as programs that read
 * it have come to expect. The password is left out: `auth_data` is empty.
 */
import { toMilliseconds, type Duration } from '../../base/units.ts';
import type { InstanceConfig } from '../../model/config.ts';
import type { InstanceSnapshot, StateName } from '../../model/snapshot.ts';
import { commandText, type DumpContent } from './dump-content.ts';
import { addressTexts, promotes, wantedState } from './instance.ts';
import { routeText, ruleText } from './routing-text.ts';

export type JsonContent = Pick<DumpContent, 'config' | 'snapshot' | 'nowMs'>;

const stateNumbers: Readonly<Record<StateName, number>> = {
  Initialize: 0,
  Backup: 1,
  Master: 2,
  Fault: 3,
};

export function jsonDump(options: JsonContent): string {
  const { config, snapshot } = options;
  const instances = snapshot.instances.flatMap((state) => {
    const instance = config.instances.find(({ name }) => name === state.name);
    if (instance === undefined) return [];
    return [{ data: instanceData(instance, state, options), stats: instanceCounts(state) }];
  });
  const content =
    config.global.dumps.jsonVersion === 1
      ? instances
      : { vrrp: instances, track_process: snapshot.processes.map(({ name }) => name) };
  const text = JSON.stringify(content).replaceAll('/', '\\/');
  return `${text.replaceAll(transitionField, withSixDecimals)}\n`;
}

/** In a string of the configuration the first quotation mark would have a backslash before it. */
const transitionField = /(?<=(?<!\\)"last_transition":)[\d.]+/g;

function withSixDecimals(seconds: string): string {
  return Number(seconds).toFixed(6);
}

function instanceData(
  instance: InstanceConfig,
  state: InstanceSnapshot,
  { config, nowMs }: JsonContent,
): Readonly<Record<string, unknown>> {
  const { announcement, virtualMac, authentication, tracks } = instance;
  const held = state.addresses.length > 0 && state.addresses.every((address) => address.held);
  const addresses = addressTexts({ instance, state });
  const namesOf = (kind: string): readonly string[] =>
    tracks.filter((track) => track.kind === kind).map(({ name }) => name);
  const scripts = config.scripts.filter(({ name }) => namesOf('script').includes(name));
  return {
    iname: instance.name,
    dont_track_primary: flag(!instance.trackOwnInterface),
    skip_check_adv_addr: flag(instance.checkAddressListOnce),
    strict_mode: flag(instance.strict),
    vmac_ifname: virtualMac?.virtual.name ?? '',
    ifp_ifname: virtualMac?.virtual.name ?? instance.interface ?? '',
    master_priority: state.master?.priority ?? 0,
    last_transition: (nowMs - state.inStateForMs) / 1_000,
    garp_delay: wholeSeconds(announcement.delay),
    garp_refresh: wholeSeconds(announcement.refresh),
    garp_rep: announcement.repeat,
    garp_refresh_rep: announcement.refreshRepeat,
    garp_lower_prio_delay: wholeSeconds(announcement.lowerPriorityDelay),
    garp_lower_prio_rep: announcement.lowerPriorityRepeat,
    lower_prio_no_advert: flag(!instance.answerLowerPriority),
    higher_prio_send_advert: flag(instance.advertiseBeforeYielding),
    vrid: instance.virtualRouterId,
    base_priority: state.basePriority,
    effective_priority: state.effectivePriority,
    vipset: held,
    promote_secondaries: promotes(instance),
    adver_int: state.advertisementIntervalMs / 1_000,
    master_adver_int: state.masterAdvertisementIntervalMs / 1_000,
    accept: flag(instance.accept),
    nopreempt: !instance.preempt,
    preempt_delay: wholeSeconds(instance.preemptDelay),
    state: stateNumbers[state.state],
    wantstate: stateNumbers[wantedState(state)],
    version: instance.version,
    smtp_alert: instance.smtpAlert,
    notify_deleted: instance.notify.deletedAsSuch,
    ...scriptPaths(instance),
    ...list('vips', addresses.virtual),
    ...list('evips', addresses.excluded),
    ...list('vroutes', instance.virtualRoutes.map(routeText)),
    ...list('vrules', instance.virtualRules.map(ruleText)),
    ...list('track_ifp', namesOf('interface')),
    ...list(
      'track_script',
      scripts.map(({ command }) => commandText(command)),
    ),
    ...list('track_process', namesOf('process')),
    auth_type: { none: 0, simple: 1, header: 2 }[authentication.type],
    ...(authentication.type === 'none' ? {} : { auth_data: '' }),
  };
}

/** An empty list is left out. */
function list(key: string, values: readonly string[]): Readonly<Record<string, unknown>> {
  return values.length === 0 ? {} : { [key]: values };
}

function scriptPaths({ notify }: InstanceConfig): Readonly<Record<string, string>> {
  const named = {
    script_backup: notify.backup,
    script_master: notify.master,
    script_fault: notify.fault,
    script_stop: notify.stop,
    script_deleted: notify.deleted,
    script: notify.any,
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([key, command]) =>
      command === null ? [] : [[key, commandText(command)] as const],
    ),
  );
}

function instanceCounts({ counters }: InstanceSnapshot): Readonly<Record<string, number>> {
  const { drops } = counters;
  return {
    advert_rcvd: counters.advertsReceived,
    advert_sent: counters.advertsSent,
    become_master: counters.becameMaster,
    release_master: counters.releasedMaster,
    packet_len_err: drops['packet-length'] ?? 0,
    advert_interval_err: drops['advertisement-interval'] ?? 0,
    ip_ttl_err: drops['ip-ttl'] ?? 0,
    invalid_type_rcvd: drops['packet-type'] ?? 0,
    addr_list_err: drops['address-list'] ?? 0,
    invalid_authtype: drops['authentication-type-unknown'] ?? 0,
    authtype_mismatch: drops['authentication-type-mismatch'] ?? 0,
    auth_failure: drops['authentication-failure'] ?? 0,
    auth_ext_missing: drops['hmac-missing'] ?? 0,
    auth_ext_malformed: drops['hmac-malformed'] ?? 0,
    auth_ext_unknown_key: drops['hmac-unknown-key'] ?? 0,
    auth_ext_invalid_hmac: drops['hmac-forged'] ?? 0,
    auth_ext_stale: drops['hmac-stale'] ?? 0,
    auth_ext_replay: drops['hmac-replayed'] ?? 0,
    pri_zero_rcvd: counters.priorityZeroReceived,
    pri_zero_sent: counters.priorityZeroSent,
  };
}

function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

function wholeSeconds(duration: Duration): number {
  return Math.trunc(toMilliseconds(duration) / 1_000);
}
