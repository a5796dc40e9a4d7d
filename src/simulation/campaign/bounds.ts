/**
 * How long things may take in a site, worked out from the protocol and from how slow
 * the simulated world is at its slowest; docs/simulation.md derives each of them.
 * Nothing is taken from the core, whose mistakes the checkers would share.
 */
import { milliseconds, seconds, times, zero, type Duration } from '../../base/units.ts';
import { slowestStart, slowestWakeUp } from '../simulated-baton.ts';
import { jiffy, latestExpiry } from '../simulated-kernel.ts';
import type { Site } from './site.ts';

/** From one station's send to another's interrupt. */
export const lanDelay = { least: milliseconds(0.03), most: milliseconds(0.3) };

/** A frame travels and is acted on. */
export const travel = (lanDelay.most + slowestWakeUp) as Duration;

/** Of intervals, in which the kernel lets a host answer after its last advert. */
export const leaseIntervals = 2.5;

/**
 * For 100 ms another host is asked to take over, before mastership is given up as VRRP has it; for
 * 50 ms more the other one passes over what is still under way.
 */
export const longestHandOver = milliseconds(150);

/** To fork, run and hear of a script, and of probes. */
const scriptTakes = milliseconds(50);
const serviceTakes = seconds(3);

/** By site: by how much a host's clock and the world's disagree at most, of a duration. */
const worstDrifts = new WeakMap<Site, number>();

/** The most by which a host's clock, and the world's, disagree over a duration. */
export function drift(site: Site, duration: Duration): Duration {
  let worst = worstDrifts.get(site);
  if (worst === undefined) {
    worst = Math.max(...site.hosts.map(({ clockRate }) => Math.abs(clockRate - 1)));
    worstDrifts.set(site, worst);
  }
  return Math.ceil(duration * worst * 1.01) as Duration;
}

/** Skew_Time (RFC 3768 and RFC 9568 section 6.1). */
export function skew({ version, interval }: Site, priority: number): Duration {
  return times(version === 2 ? seconds(1) : interval, (256 - priority) / 256);
}

const highestPriority = 254;

/** The most that a host may take its priority for, until it has heard of its check script. */
export function believedPriority({ script }: Site, priority: number): number {
  return Math.min(highestPriority, priority + Math.abs(script?.weight ?? 0));
}

/** Master_Down_Interval (section 6.1). */
export function silence(site: Site, priority: number): Duration {
  return (3 * site.interval + skew(site, priority)) as Duration;
}

/** From a host's last advert until its kernel no longer lets it answer. */
export function leaseEnd(site: Site): Duration {
  const lease = times(site.interval, leaseIntervals);
  return (lease + jiffy + drift(site, lease)) as Duration;
}

/**
 * From a host's last advert until its kernel has taken the addresses off. The lifetime is
 * in whole seconds, not over before the next advert, and else before a backup takes over.
 */
export function lifetimeEnd(site: Site): Duration {
  const longest = Math.max(3 * site.interval, site.interval + seconds(1.1)) as Duration;
  return (longest + latestExpiry + drift(site, longest)) as Duration;
}

/** From exec until Baton does what it is there for, tracked things included. */
export function readiness(site: Site): Duration {
  const { script, service } = site;
  const first = script === null ? zero : times(script.interval, script.rise);
  return (slowestStart +
    first +
    (script === null ? 0 : scriptTakes) +
    (service ? serviceTakes : 0)) as Duration;
}

/** From a change of what Baton watches until it has acted on it. */
export function noticing({ script, service }: Site): Duration {
  const rows = script === null ? 0 : Math.max(script.rise, script.fall) + 1;
  const scripts = script === null ? 0 : rows * script.interval + scriptTakes;
  return (scripts + (service ? serviceTakes : 0)) as Duration;
}

/** From the last of all troubles until everything is as it should be, whatever it was. */
export function longestSettling(site: Site): Duration {
  const delays = Math.max(...site.hosts.map(({ preemptDelay }) => preemptDelay));
  // With a delay it has to hear a worse master first, and waits again when the delay is over.
  const waits = (delays === 0 ? 1 : 2) * silence(site, 1);
  const whole = (readiness(site) + noticing(site) + delays + waits + 2 * site.interval) as Duration;
  return (whole + drift(site, whole) + milliseconds(20)) as Duration;
}
