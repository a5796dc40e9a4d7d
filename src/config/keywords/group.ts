/** Groups: of instances that move together, of interfaces whose ARPs are paced. */
import { decimal, interfaceName, text } from './argument-type.ts';
import { acted, entryBlock, keywordBlock, later, required, unsafe } from './keyword.ts';
import { scriptParameters, switchParameters } from './parameters.ts';
import {
  trackedBfd,
  trackedFiles,
  trackedInterfaces,
  trackedProcesses,
  trackedScripts,
} from './tracking.ts';

export const syncGroup = keywordBlock('vrrp_sync_group', [
  acted('group', [], 'its instances', { block: entryBlock('group', 'INSTANCE ...') }),
  acted('track_interface', [], 'interfaces that all follow', { block: trackedInterfaces }),
  acted('track_script', [], 'scripts that all follow', { block: trackedScripts }),
  acted('track_file', [], 'files that all follow', { block: trackedFiles }),
  acted('track_process', [], 'processes that all follow', { block: trackedProcesses }),
  unsafe('track_bfd', [], 'BFD sessions that all follow', { block: trackedBfd }),
  acted('notify_master', scriptParameters, 'runs when it becomes master'),
  acted('notify_backup', scriptParameters, 'runs when it becomes backup'),
  acted('notify_fault', scriptParameters, 'runs when it comes to Fault'),
  acted('notify_stop', scriptParameters, 'runs at the end'),
  acted('notify', scriptParameters, 'runs at every transition, with GROUP NAME STATE 0'),
  acted('smtp_alert', switchParameters, 'mail for each of its transitions', {
    default: 'smtp_alert_vrrp',
  }),
  acted('notify_priority_changes', switchParameters, 'tells FIFOs of each change of priority'),
  acted('sync_group_tracking_weight', [], 'lets its instances track with weights'),
  acted('global_tracking', [], 'old: the same'),
]);

export const garpGroup = keywordBlock('garp_group', [
  acted('garp_interval', [required('SECONDS', decimal())], 'pause between two gratuitous ARPs'),
  acted('gna_interval', [required('SECONDS', decimal())], 'pause between two unsolicited NAs'),
  acted('interface', [required('INTERFACE', interfaceName)], 'for this interface'),
  acted('interfaces', [], 'for these together', {
    block: entryBlock('interfaces', 'INTERFACE ...'),
  }),
]);

export const trackGroup = keywordBlock('track_group', [
  acted('group', [], 'instances that go down with a static address, route or rule', {
    block: entryBlock('group', 'INSTANCE ...'),
  }),
]);

export const ssl = keywordBlock('SSL', [
  later('password', [required('PASSWORD', text)], 'of the key'),
  later('ca', [required('FILE', text)], 'certificate authority'),
  later('certificate', [required('FILE', text)], 'client certificate'),
  later('key', [required('FILE', text)], 'its key'),
]);
