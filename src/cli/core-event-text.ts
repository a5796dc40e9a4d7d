/** What the core was told, as one line that a person can read, without secrets. */
import type { AdvertReceived, CoreEvent, LinkChanged } from '../model/core-event.ts';
import type { Succession } from '../model/succession.ts';
import { sideMessageText } from './side-message-text.ts';

export function coreEventText(event: CoreEvent): string {
  switch (event.type) {
    case 'network-listed':
      return 'all links and addresses are listed';
    case 'advert-received':
      return advertText(event);
    case 'packet-dropped':
      return `unreadable packet from ${event.source ?? 'nobody known'}: ${event.reason}`;
    case 'send-failed':
      return `sending on ${event.interface ?? 'no interface'} failed: ${event.error}`;
    case 'link-changed':
      return `link ${event.interface} ${linkText(event)}`;
    case 'address-appeared':
      return `address ${event.address}/${event.prefixLength} appeared on ${event.interface}`;
    case 'address-vanished':
      return `address ${event.address}/${event.prefixLength} vanished from ${event.interface}`;
    case 'address-duplicate':
      return `address ${event.address} on ${event.interface} is a duplicate`;
    case 'address-claimed':
      return (
        `${event.macAddress} ${event.toAll ? 'announces' : 'answers'} on ${event.interface} ` +
        `that it has ${event.address}`
      );
    case 'claim-dropped':
      return `unreadable claim on ${event.interface}: ${event.reason}`;
    case 'route-vanished':
      return `route ${event.route.text} vanished`;
    case 'rule-vanished':
      return `rule ${event.rule.text} vanished`;
    case 'leases-lapsed':
      return `leases ${event.numbers.join(', ')} have lapsed`;
    case 'guard-vanished':
      return `the lease guard is gone: ${event.error}`;
    case 'side-message-received':
    case 'side-message-dropped':
    case 'side-channel-opened':
    case 'side-channel-failed':
      return sideEventText(event);
    case 'effect-settled':
      return `effect ${event.id} ${event.error === null ? 'done' : `failed: ${event.error}`}`;
    case 'script-finished':
      return `script ${event.script} finished: ${outcomeText(event.outcome)}`;
    case 'file-read':
      return `file ${event.file} has ${event.value ?? 'no value'}`;
    case 'processes-counted':
      return `processes of ${event.tracker}: ${event.count}`;
    case 'service-found':
      return `service ${event.service} ${runsAs(event.processId)}`;
    case 'service-started':
      return `service ${event.service} started, ${runsAs(event.processId)}`;
    case 'service-start-failed':
      return `service ${event.service} did not start: ${event.reason}`;
    case 'service-tested':
      return `test of service ${event.service} ${event.passed ? 'passed' : 'failed'}: ${event.detail}`;
    case 'service-probed':
      return `service ${event.service} ${event.answered ? 'answers' : 'is silent'}: ${event.detail}`;
    case 'process-exited':
      return `process ${event.processId} of service ${event.service} exited`;
    case 'config-replaced':
      return `new configuration: ${event.config.instances.map(({ name }) => name).join(', ')}`;
    case 'pass-requested':
      return `the operator passes ${event.instance ?? 'all instances'} on`;
    case 'service-reload-requested':
      return `the operator reloads service ${event.service}`;
    case 'snapshot-requested':
      return 'the operator asks for the status';
    case 'statistics-cleared':
      return 'the operator clears the statistics';
    case 'stop-requested':
      return 'the operator stops Baton';
    case 'succession-requested':
      return 'another Baton is ready to take the place of this one';
    case 'succession-received':
      return `it takes the place of another Baton: ${standingsText(event.succession)}`;
    case 'takeover-nears':
      return 'a take-over is near';
    case 'time-passed':
      return 'time passed';
  }
}

type SideEvent = Extract<CoreEvent, { readonly type: `side-${string}` }>;

function sideEventText(event: SideEvent): string {
  switch (event.type) {
    case 'side-message-received':
      return `side channel: ${event.source} says ${sideMessageText(event.message)}`;
    case 'side-message-dropped':
      return `side channel: unusable datagram from ${event.source}: ${event.reason}`;
    case 'side-channel-opened':
      return `side channel opened, session ${event.session}`;
    case 'side-channel-failed':
      return `side channel not opened: ${event.error}`;
  }
}

function advertText({ channel, source, destination, advert }: AdvertReceived): string {
  const { virtualRouterId, priority, addresses } = advert;
  return (
    `advert on ${channel.interface ?? 'no interface'} ${source} > ${destination}: ` +
    `vrid ${virtualRouterId}, priority ${priority}, ${addresses.join(' ')}`
  );
}

function linkText({ present, up }: LinkChanged): string {
  if (!present) return 'is gone';
  return up ? 'is up' : 'is down';
}

function runsAs(processId: number | null): string {
  return processId === null ? 'does not run' : `runs as process ${processId}`;
}

function outcomeText(
  outcome: Extract<CoreEvent, { readonly type: 'script-finished' }>['outcome'],
): string {
  switch (outcome.type) {
    case 'exited':
      return `exit code ${outcome.status}`;
    case 'signalled':
      return `ended by ${outcome.signal}`;
    case 'timed-out':
      return 'timed out';
    case 'not-executable':
      return `can't be executed: ${outcome.reason}`;
  }
}

export function standingsText({ instances }: Succession): string {
  return instances.map(({ name, state }) => `${name} ${state.name}`).join(', ');
}
