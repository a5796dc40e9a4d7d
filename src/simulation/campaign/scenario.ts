/**
 * Plays one plan from the start of the hosts to their end, with everybody watching:
 * the faults, then quiet for as long as it takes, then all hosts stopped.
 */
import { milliseconds, zero, type Duration } from '../../base/units.ts';
import type { Trace } from '../lan.ts';
import { longestSettling } from './bounds.ts';
import { CausedMoves } from './caused-moves.ts';
import { ClientFollows } from './client-follows.ts';
import { FailoverCount } from './failover-count.ts';
import { scheduleFault } from './fault-player.ts';
import type { FaultPlan } from './fault-plan.ts';
import { FaultWorld } from './fault-world.ts';
import { LapsedLease } from './lapsed-lease.ts';
import { LateWaking } from './late-waking.ts';
import { LettingGo } from './letting-go.ts';
import { NotificationOrder } from './notification-order.ts';
import { RestartInPlace } from './restart-in-place.ts';
import { RightHolder } from './right-holder.ts';
import { settingOf } from './setting.ts';
import { TwoHolders } from './two-holders.ts';
import { Vacancy } from './vacancy.ts';
import { WireTiming } from './wire-timing.ts';
import type { Finding } from './witness.ts';

export type Failure = { readonly kind: 'crash'; readonly text: string } | Finding;

export interface Outcome {
  readonly failures: readonly Failure[];
  /** How often the address has come to another host than the one before. */
  readonly failovers: number;
  /** How much virtual time it took. */
  readonly simulated: Duration;
}

/** Time for hosts that are stopped one after the other, and for the last of them. */
const stopGap = milliseconds(300);
const stopPatience = milliseconds(1_600);

export interface Playing {
  /** Takes every frame, address change, log line and finding. */
  readonly trace?: Trace;
  /** Ends with the first finding: what comes of it need not be seen, and may take for ever. */
  readonly stopAtFirst?: boolean;
}

export async function playPlan(plan: FaultPlan, playing: Playing = {}): Promise<Outcome> {
  const { trace = null, stopAtFirst = false } = playing;
  const failures: Failure[] = [];
  const report = (finding: Finding): void => {
    failures.push(finding);
    trace?.(`${finding.at} ${finding.kind} FAILURE: ${finding.text}`);
    if (stopAtFirst) world.clock.halt();
  };
  const setting = settingOf(plan);
  const notifications = new NotificationOrder(report);
  const world = new FaultWorld({ plan, notifications, trace });
  const failovers = new FailoverCount();
  world.witness.add([
    failovers,
    new TwoHolders(setting, report),
    new LapsedLease(setting, report),
    new LateWaking(setting, report),
    new Vacancy(setting, report),
    new CausedMoves(setting, report),
    new WireTiming(setting, report),
    new ClientFollows(setting, report),
    new LettingGo(setting, report),
    new RestartInPlace(setting, report),
    new RightHolder(setting, report, (host) => notifications.isMaster(host)),
  ]);
  try {
    await play(world, plan);
    if (failures.length === 0) judgeLeftovers(world, report);
  } catch (error) {
    failures.push({ kind: 'crash', text: textOf(error) });
  }
  return { failures, failovers: failovers.count, simulated: (world.clock.now() - 0) as Duration };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function play(world: FaultWorld, plan: FaultPlan): Promise<void> {
  const { clock, inhabitants, site } = world;
  for (const [place, inhabitant] of inhabitants.entries()) {
    if (site.service) inhabitant.host.nginx.boot();
    clock.schedule(plan.starts[place] ?? zero, () => {
      world.happened(inhabitant.host.name, 'start');
      world.start(inhabitant);
    });
  }
  for (const fault of plan.faults) scheduleFault(world, fault);
  await world.play(endOf(plan));
  for (const { host } of inhabitants) {
    clock.schedule(zero, () => {
      world.happened(host.name, host.batonRuns ? 'leave' : 'life');
      if (host.batonLives) host.stopBaton();
    });
    await world.play(stopGap);
  }
  await world.play(stopPatience);
}

/** When the last fault is over and its consequences too, with some quiet behind them. */
function endOf(plan: FaultPlan): Duration {
  const { site, faults } = plan;
  const { aftermath } = settingOf(plan);
  let last = 0;
  for (const fault of faults) {
    const lasts = 'lasts' in fault ? fault.lasts : 'down' in fault ? fault.down : zero;
    last = Math.max(last, fault.at + lasts);
  }
  return (last + longestSettling(site) + aftermath + 2 * site.interval) as Duration;
}

/** Nothing is left behind: what was stopped has taken all of it away itself. */
function judgeLeftovers(world: FaultWorld, report: (finding: Finding) => void): void {
  for (const { host } of world.inhabitants) {
    const { kernel, name } = host;
    const left = [
      ...kernel.guests().map(({ address }) => address),
      ...kernel.routing,
      ...(kernel.guard.isEmpty ? [] : ['the guard']),
    ];
    if (host.batonLives) left.push('Baton itself');
    if (left.length === 0) continue;
    const text = `left behind on ${name}: ${left.join(', ')}`;
    report({ kind: 'safety', at: world.clock.now(), text });
  }
}
