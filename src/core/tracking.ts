/** What tracked things do to an instance: a weight on its priority, or Fault. */
import { ownerPriority, type Priority } from '../model/advert.ts';
import type { InstanceConfig, TrackWeight } from '../model/config.ts';

export type TrackedStatus = 'unknown' | 'up' | 'down';

/** One tracked thing as an instance sees it. */
export interface Track extends TrackWeight {
  /** For people: "script chk_http_port". */
  readonly subject: string;
  readonly status: TrackedStatus;
}

export interface TrackingResult {
  readonly effectivePriority: Priority;
  /** What puts the instance into Fault. */
  readonly faults: readonly string[];
  /** What has to be known before the instance may begin. */
  readonly awaited: readonly string[];
}

const lowestPriority: Priority = 1;
const highestPriority: Priority = 254;

export function tracksOf(
  config: InstanceConfig,
  status: {
    readonly script: (name: string) => TrackedStatus;
    readonly service: (name: string) => TrackedStatus;
  },
): readonly Track[] {
  const scripts = config.trackScripts.map(({ script, weight, reverse }) => ({
    subject: `script ${script}`,
    status: status.script(script),
    weight,
    reverse,
  }));
  const services = config.trackServices.map(({ service, weight, reverse }) => ({
    subject: `service ${service}`,
    status: status.service(service),
    weight,
    reverse,
  }));
  return [...scripts, ...services];
}

/**
 * Adds the weights up. A positive weight counts while the thing is up, a negative
 * one while it is down, `reverse` turns the sign of what counts; weight 0 means
 * Fault while it is down (with `reverse`: while it is up). The sum stays within
 * 1 to 254, and an address owner's 255 never changes.
 */
export function evaluateTracking(base: Priority, tracks: readonly Track[]): TrackingResult {
  const decisive = tracks.filter((track) => track.weight === 0);
  const weight = tracks.reduce((sum, track) => sum + contribution(track), 0);
  return {
    effectivePriority:
      base === ownerPriority
        ? base
        : Math.min(highestPriority, Math.max(lowestPriority, base + weight)),
    faults: decisive
      .filter((track) => track.status === (track.reverse ? 'up' : 'down'))
      .map((track) => `${track.subject} ${track.status}`),
    awaited: decisive
      .filter((track) => track.status === 'unknown')
      .map((track) => `waiting for ${track.subject}`),
  };
}

function contribution({ weight, reverse, status }: Track): number {
  const counts = (weight > 0 && status === 'up') || (weight < 0 && status === 'down');
  if (!counts) return 0;
  return reverse ? -weight : weight;
}
