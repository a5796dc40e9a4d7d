/** Routes and rules in the kernel: the part of the Network port that is about them. */
import { constants } from 'node:os';
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { RouteVanished, RuleVanished } from '../model/core-event.ts';
import type { KernelError, RoutingOutcome, RoutingRequest } from '../ports/network.ts';
import { kernelError } from './libc.ts';
import type { LinkLookup } from './link-lookup.ts';

export type RoutingReport = (event: RouteVanished | RuleVanished) => void;

export interface RoutingClient {
  /** What to poll; one that is readable means that there is something to `drain`. */
  readonly descriptors: readonly number[];
  /** Carries out all requests in order and tells each one's outcome; other news is reported. */
  change(requests: readonly RoutingRequest[], report: RoutingReport): readonly RoutingOutcome[];
  /** Takes in what the kernel told since the last time, and reports what is news. */
  drain(report: RoutingReport): void;
  close(): void;
}

export interface RoutingOptions {
  readonly links: LinkLookup;
  readonly monitorBufferOctets: number;
  readonly commandBufferOctets?: number;
}

export function openRoutingClient(_options: RoutingOptions): Result<RoutingClient, KernelError> {
  return success({
    descriptors: [],
    change: (requests) =>
      requests.map((request) => ({
        id: request.id,
        text: 'route' in request ? request.route.text : request.rule.text,
        error: kernelError(constants.errno.ENOSYS, request.type),
      })),
    drain: () => undefined,
    close: () => undefined,
  });
}
