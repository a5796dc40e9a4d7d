/** Does to the world what the faults of a plan say, and undoes it when its time is over. */
import { between, instant, milliseconds, zero, type Duration } from '../../base/units.ts';
import { longestHandOver, travel } from './bounds.ts';
import { describeFault, type Fault, type HostFault } from './fault.ts';
import type { FaultWorld, Inhabitant } from './fault-world.ts';
import { configurationOf } from './site-configuration.ts';
import type { Happening } from './witness.ts';

/** How often whoever restarts Baton looks whether it has ended. */
const initSystemLooks = milliseconds(20);

/** Puts a fault, and its end, on the world's clock. */
export function scheduleFault(world: FaultWorld, fault: Fault): void {
  world.clock.scheduleAt(instant(fault.at), () => {
    world.tell(describeFault(fault));
    if (fault.type !== 'link') befall(world, world.target(fault.host), fault);
    else {
      const mend = world.lan.impair(fault.ways, fault.impairment);
      world.happened(null, 'links');
      finishAfter(world, fault.lasts, { host: null, of: 'links' }, mend);
    }
  });
}

function befall(world: FaultWorld, inhabitant: Inhabitant, fault: HostFault): void {
  const { host } = inhabitant;
  const { name } = host;
  const life = { host: name, of: 'life' } as const;
  // Who is dead, frozen or cut off can't take its leave.
  const refused = fault.type === 'pass' && host.batonGivesWay;
  const heard = host.batonRuns && world.lan.hasCarrier(name) && !refused;
  const of = ofWhat(fault);
  // It will take its leave when it wakes.
  inhabitant.leavesOnWaking ||= of === 'leave' && host.batonLives && !host.batonRuns;
  if (of === 'leave') inhabitant.leftAt = world.clock.now();
  // An upgrade is no cause of anything: nobody is to notice.
  if (fault.type !== 'upgrade')
    world.happened(name, of === 'rank' || of === 'pace' || heard ? of : 'life');
  switch (fault.type) {
    case 'kill':
      if (host.batonLives) host.killBaton();
      restart(world, inhabitant, fault.down);
      return;
    case 'stop':
      if (host.batonLives) host.stopBaton();
      restart(world, inhabitant, fault.down);
      return;
    case 'power-cut':
      host.kernel.reset();
      restart(world, inhabitant, fault.down);
      return;
    case 'freeze':
      freeze(world, inhabitant, fault.lasts);
      return;
    case 'pass':
      if (!host.batonLives || refused) return;
      // Frozen it may have lost them unseen.
      inhabitant.passed ||=
        host.kernel.has(world.address) || inhabitant.stripped || !host.batonRuns;
      host.passBaton();
      return;
    case 'upgrade':
      host.upgradeBaton();
      return;
    case 'reload':
      reload(world, inhabitant, fault.priority);
      return;
    case 'cable-cut':
      world.lan.setCable(name, 'down');
      finishAfter(world, fault.lasts, life, () => {
        world.lan.setCable(name, 'up');
      });
      return;
    case 'address-removed':
      inhabitant.stripped ||= host.kernel.has(world.address);
      for (const one of host.kernel.guests()) host.kernel.release(one, null);
      return;
    case 'script-failure':
      inhabitant.scriptFails = true;
      finishAfter(world, fault.lasts, { host: name, of: 'rank' }, () => {
        inhabitant.scriptFails = false;
      });
      return;
    case 'service-killed':
      host.nginx.kill();
      return;
    case 'service-broken':
      host.nginx.break();
      host.nginx.kill();
      finishAfter(world, fault.lasts, life, () => {
        host.nginx.mend();
      });
      return;
    case 'late':
      host.lateness = fault.by;
      finishAfter(world, fault.lasts, { host: name, of: 'pace' }, () => {
        host.lateness = zero;
      });
      return;
  }
}

function ofWhat({ type }: HostFault): Happening['of'] {
  switch (type) {
    case 'stop':
    case 'pass':
      return 'leave';
    case 'reload':
    case 'script-failure':
      return 'rank';
    case 'kill':
    case 'power-cut':
    case 'freeze':
    case 'cable-cut':
    case 'service-broken':
    case 'service-killed':
    case 'address-removed':
    case 'upgrade':
      return 'life';
    case 'late':
      return 'pace';
  }
}

/** As an init system does, it waits for a Baton that takes its time to end. */
function restart(world: FaultWorld, inhabitant: Inhabitant, down: Duration): void {
  const { life } = inhabitant;
  world.clock.schedule(down, () => {
    if (inhabitant.life !== life) return;
    if (inhabitant.host.batonLives) {
      restart(world, inhabitant, initSystemLooks);
      return;
    }
    world.happened(inhabitant.host.name, 'start');
    world.start(inhabitant);
  });
}

function freeze(world: FaultWorld, inhabitant: Inhabitant, lasts: Duration): void {
  const { host } = inhabitant;
  if (!host.batonLives) return;
  if (inhabitant.freezes === 0) host.freezeBaton();
  const { leftAt } = inhabitant;
  const since = leftAt === null ? null : between(leftAt, world.clock.now());
  // To hear that it is to go, and to hand over, takes its time.
  const leaving = 2 * (host.lateness + travel) + (world.site.sideChannel ? longestHandOver : 0);
  inhabitant.leavesOnWaking ||= since !== null && since < leaving;
  inhabitant.freezes += 1;
  const { life } = inhabitant;
  finishAfter(world, lasts, { host: host.name, of: 'life' }, () => {
    if (!host.batonLives || inhabitant.life !== life) return;
    inhabitant.freezes -= 1;
    if (inhabitant.freezes > 0) return;
    if (inhabitant.leavesOnWaking) world.happened(host.name, 'leave');
    inhabitant.leavesOnWaking = false;
    host.thawBaton();
  });
}

function reload(world: FaultWorld, inhabitant: Inhabitant, priority: number | null): void {
  const { host, place } = inhabitant;
  if (priority !== null) inhabitant.priority = priority;
  host.config = configurationOf(world.site, place, inhabitant.priority);
  if (host.batonLives) host.reloadBaton();
}

function finishAfter(
  world: FaultWorld,
  delay: Duration,
  { host, of }: Pick<Happening, 'host' | 'of'>,
  finish: () => void,
): void {
  world.clock.schedule(delay, () => {
    world.happened(host, of);
    finish();
  });
}
