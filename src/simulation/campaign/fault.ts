/**
 * All that a plan can do to a site, as data. What lasts brings its own end along, so
 * that any fault can be taken out of a plan and the others still make sense.
 */
import { toMilliseconds, zero, type Duration } from '../../base/units.ts';
import type { WayName } from '../lan.ts';
import type { Impairment } from '../way.ts';

export type Fault = HostFault | LinkFault;

/** When it begins, from the start of the scenario. */
interface Timed {
  readonly at: Duration;
}

/** In place of a host's name: the fault meets whichever has the address at that moment. */
export const theHolder = 'whoever has the address';

export type HostFault = Timed & { readonly host: string } & (
    | {
        /** SIGKILL; SIGTERM, which hands over first; the power of the host. */
        readonly type: 'kill' | 'stop' | 'power-cut';
        /** How long until Baton is started again. */
        readonly down: Duration;
      }
    | {
        /** SIGSTOP and SIGCONT; a cable; a check script that fails; nginx that can't start. */
        readonly type: 'freeze' | 'cable-cut' | 'script-failure' | 'service-broken';
        readonly lasts: Duration;
      }
    /** `baton pass`; `baton upgrade`; nginx killed; `ip address del` by somebody else. */
    | { readonly type: 'pass' | 'upgrade' | 'service-killed' | 'address-removed' }
    /** With another priority in the file; null: with the file as it was. */
    | { readonly type: 'reload'; readonly priority: number | null }
    /** Threads run, and timers fire, so much later than usual. */
    | { readonly type: 'late'; readonly by: Duration; readonly lasts: Duration }
  );

export interface LinkFault extends Timed {
  readonly type: 'link';
  /** Of hosts and the client. */
  readonly ways: readonly WayName[];
  readonly impairment: Impairment;
  readonly lasts: Duration;
}

/** One line for people. */
export function describeFault(fault: Fault): string {
  return `at ${milliseconds(fault.at)}: ${deed(fault)}`;
}

function deed(fault: Fault): string {
  switch (fault.type) {
    case 'kill':
      return `${fault.host} is killed, and started again ${afterwards(fault.down)}`;
    case 'stop':
      return `${fault.host} is stopped, and started again ${afterwards(fault.down)}`;
    case 'power-cut':
      return `${fault.host} loses its power, and starts again ${afterwards(fault.down)}`;
    case 'freeze':
      return `${fault.host} is frozen for ${milliseconds(fault.lasts)}`;
    case 'cable-cut':
      return `the cable of ${fault.host} is out for ${milliseconds(fault.lasts)}`;
    case 'script-failure':
      return `the check script on ${fault.host} fails for ${milliseconds(fault.lasts)}`;
    case 'service-broken':
      return `nginx on ${fault.host} dies and can't start for ${milliseconds(fault.lasts)}`;
    case 'service-killed':
      return `nginx on ${fault.host} is killed`;
    case 'address-removed':
      return `somebody takes the address off ${fault.host}`;
    case 'pass':
      return `${fault.host} is told to pass`;
    case 'upgrade':
      return `${fault.host} is upgraded`;
    case 'reload':
      return fault.priority === null
        ? `${fault.host} reloads an unchanged file`
        : `${fault.host} reloads with priority ${String(fault.priority)}`;
    case 'late': {
      const { host, by, lasts } = fault;
      return `${host} runs ${milliseconds(by)} late for ${milliseconds(lasts)}`;
    }
    case 'link':
      return `${describeImpairment(fault.impairment)} for ${milliseconds(fault.lasts)} on ${ways(fault)}`;
  }
}

function describeImpairment(impairment: Impairment): string {
  switch (impairment.type) {
    case 'blocked':
      return 'nothing passes';
    case 'lossy':
      return `${percent(impairment.share)} are lost`;
    case 'duplicating':
      return `${percent(impairment.share)} arrive twice`;
    case 'slow':
      return `frames take up to ${milliseconds(impairment.most)}`;
    case 'reordering':
      return `frames overtake each other by up to ${milliseconds(impairment.most)}`;
  }
}

function ways({ ways: names }: LinkFault): string {
  return names.map(([from, to]) => `${from}>${to}`).join(' ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function milliseconds(duration: Duration): string {
  return `${String(toMilliseconds(duration))} ms`;
}

function afterwards(down: Duration): string {
  return down === zero ? 'at once' : `${milliseconds(down)} later`;
}
