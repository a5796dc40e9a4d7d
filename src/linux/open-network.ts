/** What LinuxNetwork has open between `start` and `stop`. */
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { Clock } from '../ports/clock.ts';
import type { KernelError } from '../ports/network.ts';
import type { ClaimSockets } from './claim-sockets.ts';
import { openClaimSockets } from './claim-sockets.ts';
import type { Firewall } from './firewall.ts';
import { openFirewall } from './firewall.ts';
import type { FrameSocket } from './frame-socket.ts';
import { openFrameSocket } from './frame-socket.ts';
import type { LeaseGuard } from './lease-guard.ts';
import { openLeaseGuard } from './lease-guard.ts';
import type { LinkLookup } from './link-lookup.ts';
import { ProcessCounter } from './process-counter.ts';
import type { RoutingClient } from './routing-client.ts';
import { openRoutingClient } from './routing-client.ts';
import type { RtnetlinkClient } from './rtnetlink-client.ts';
import { openRtnetlinkClient } from './rtnetlink-client.ts';
import { SysctlChanges } from './sysctl-changes.ts';
import { SysctlLedger } from './sysctl-ledger.ts';
import type { VirtualInterfaces } from './virtual-interfaces.ts';
import { openVirtualInterfaces } from './virtual-interfaces.ts';
import type { WakeUp } from './wake-up.ts';
import { openWakeUp } from './wake-up.ts';

export interface OpenNetwork {
  readonly wakeUp: WakeUp;
  readonly rtnetlink: RtnetlinkClient;
  readonly frames: FrameSocket;
  readonly claims: ClaimSockets;
  readonly routing: RoutingClient;
  readonly virtualInterfaces: VirtualInterfaces;
  readonly firewall: Firewall;
  readonly leaseGuard: LeaseGuard;
  readonly counter: ProcessCounter;
  /** `disable_local_igmp`: what it has changed. */
  readonly localReports: SysctlChanges;
  readonly ledger: SysctlLedger;
}

/** Octets of receive buffers; where one is not given, what serves thousands of addresses. */
export interface NetworkBuffers {
  /** One too small for a burst of changes costs a new listing, no news. */
  readonly monitorBufferOctets?: number;
  readonly commandBufferOctets?: number;
  readonly processBufferOctets?: number;
}

export interface NetworkSettings extends NetworkBuffers {
  /** The file for what the kernel can't mark as Baton's; null: nothing outlives the process. */
  readonly statePath?: string | null;
}

/** Opens all of it; nothing is left open where that fails half-way. */
export function openNetwork(
  clock: Clock,
  { statePath = null, ...buffers }: NetworkSettings,
): Result<OpenNetwork, KernelError> {
  const closers: (() => void)[] = [];
  const keep = <Value extends { close(): void }>(
    opened: Result<Value, KernelError>,
  ): Result<Value, KernelError> => {
    if (opened.ok) {
      closers.push(() => {
        opened.value.close();
      });
    } else {
      for (const close of closers.toReversed()) close();
    }
    return opened;
  };
  const ledger = new SysctlLedger(statePath);
  const sizes = { ...buffers, monitorBufferOctets: buffers.monitorBufferOctets ?? 1 << 22 };
  const wakeUp = keep(openWakeUp());
  if (!wakeUp.ok) return wakeUp;
  const rtnetlink = keep(openRtnetlinkClient(sizes));
  if (!rtnetlink.ok) return rtnetlink;
  const links: LinkLookup = {
    indexOf: (name) => rtnetlink.value.link(name)?.index ?? null,
    nameOf: (index) => rtnetlink.value.nameOf(index),
  };
  const frames = keep(openFrameSocket());
  if (!frames.ok) return frames;
  const claims = keep(openClaimSockets(links));
  if (!claims.ok) return claims;
  const routing = keep(openRoutingClient({ links, ...sizes }));
  if (!routing.ok) return routing;
  const virtualInterfaces = keep(openVirtualInterfaces({ links, ledger }));
  if (!virtualInterfaces.ok) return virtualInterfaces;
  const firewall = keep(openFirewall({ links }));
  if (!firewall.ok) return firewall;
  const leaseGuard = keep(openLeaseGuard({ links }));
  if (!leaseGuard.ok) return leaseGuard;
  return success({
    wakeUp: wakeUp.value,
    rtnetlink: rtnetlink.value,
    frames: frames.value,
    claims: claims.value,
    routing: routing.value,
    virtualInterfaces: virtualInterfaces.value,
    firewall: firewall.value,
    leaseGuard: leaseGuard.value,
    counter: new ProcessCounter({ clock, bufferOctets: buffers.processBufferOctets ?? null }),
    localReports: new SysctlChanges(ledger),
    ledger,
  });
}

/** All but the wake-up, which another thread may be about to write to. */
export function closeNetwork(open: OpenNetwork): void {
  open.localReports.restore();
  open.counter.close();
  open.leaseGuard.close();
  open.firewall.close();
  open.virtualInterfaces.close();
  open.routing.close();
  open.claims.close();
  open.frames.close();
  open.rtnetlink.close();
}
