/** The steps of the lab's story, in the order in which they are played. */
import type { OutageKind } from './budget.ts';
import type { Host } from './host.ts';
import { setCable } from './network.ts';
import type { HostName, Pair } from './pair.ts';

export interface Step {
  readonly name: string;
  /** What happens, with %s where the host's name belongs. */
  readonly title: string;
  readonly outage: OutageKind;
  /** Who has the address in the end: the host to which it happens, or the other. */
  readonly holder: 'victim' | 'peer';
  /** The step whose damage this one mends, and without which it can't be played. */
  readonly mends: string | null;
  /** It shows what Baton does on the host to which it happens, and is only played there. */
  readonly aboutBaton: boolean;
  readonly act: (victim: Host, peer: Host) => Promise<void>;
}

export const steps: readonly Step[] = [
  {
    name: 'start',
    title: 'both hosts start, nobody has the address yet',
    outage: 'election',
    holder: 'victim',
    mends: null,
    aboutBaton: false,
    act: async (victim, peer) => {
      await Promise.all([victim.startDaemon(), peer.startDaemon()]);
    },
  },
  {
    name: 'baton-stopped',
    title: 'the daemon on %s is stopped in order (SIGTERM)',
    outage: 'resignation',
    holder: 'peer',
    mends: null,
    aboutBaton: false,
    act: (victim) => victim.daemon.stop(),
  },
  {
    name: 'baton-back',
    title: 'the daemon on %s is started again and takes the address back',
    outage: 'preemption',
    holder: 'victim',
    mends: 'baton-stopped',
    aboutBaton: false,
    act: (victim) => victim.startDaemon(),
  },
  {
    name: 'nginx-killed',
    title: 'nginx on %s is killed (SIGKILL, all of its processes)',
    outage: 'restart-in-place',
    holder: 'victim',
    mends: null,
    aboutBaton: true,
    act: async (victim) => {
      await victim.killNginx();
    },
  },
  {
    name: 'nginx-broken',
    title: "nginx on %s is killed and can't start: its configuration is broken",
    outage: 'service-lost',
    holder: 'peer',
    mends: null,
    aboutBaton: true,
    act: async (victim) => {
      await victim.breakNginx();
      await victim.killNginx();
    },
  },
  {
    name: 'nginx-mended',
    title: 'the configuration of nginx on %s is mended',
    outage: 'preemption',
    holder: 'victim',
    mends: 'nginx-broken',
    aboutBaton: true,
    act: (victim) => victim.mendNginx(),
  },
  {
    name: 'baton-killed',
    title: 'the daemon on %s is killed (SIGKILL)',
    outage: 'silence',
    holder: 'peer',
    mends: null,
    aboutBaton: true,
    act: (victim) => victim.daemon.kill(),
  },
  {
    name: 'baton-restarted',
    title: 'the daemon on %s is started again after its death',
    outage: 'preemption',
    holder: 'victim',
    mends: 'baton-killed',
    aboutBaton: true,
    act: (victim) => victim.startDaemon(),
  },
  {
    name: 'baton-frozen',
    title: 'the daemon on %s is frozen (SIGSTOP)',
    outage: 'silence',
    holder: 'peer',
    mends: null,
    aboutBaton: true,
    act: (victim) => {
      victim.daemon.freeze();
      return Promise.resolve();
    },
  },
  {
    name: 'baton-thawed',
    title: 'the daemon on %s is thawed (SIGCONT)',
    outage: 'preemption',
    holder: 'victim',
    mends: 'baton-frozen',
    aboutBaton: true,
    act: (victim) => {
      victim.daemon.thaw();
      return Promise.resolve();
    },
  },
  {
    name: 'cable-cut',
    title: "the cable of %s's eth1 is cut",
    outage: 'silence',
    holder: 'peer',
    mends: null,
    aboutBaton: false,
    act: (victim) => setCable(victim.machine, 'down'),
  },
  {
    name: 'cable-healed',
    title: "the cable of %s's eth1 is plugged in again",
    outage: 'preemption',
    holder: 'victim',
    mends: 'cable-cut',
    aboutBaton: false,
    act: (victim) => setCable(victim.machine, 'up'),
  },
];

/** `start`, then the named steps with what they need before them; all of them where null. */
export function selectSteps(names: readonly string[] | null): readonly Step[] {
  if (names === null) return steps;
  const wanted = new Set(['start', ...names]);
  for (const { name, mends } of steps) {
    if (mends !== null && wanted.has(name)) wanted.add(mends);
  }
  return steps.filter(({ name }) => wanted.has(name));
}

/** Which host a step happens to with this pair; null, and why, where it makes no sense. */
export type Casting =
  { readonly victim: HostName } | { readonly victim: null; readonly reason: string };

/**
 * The better host, A, is the victim. A step about Baton that leaves the address
 * where it is can be played on B just as well, once A has been stopped.
 */
export function castStep(step: Step, pair: Pair): Casting {
  if (!step.aboutBaton || pair.A === pair.B || pair.A === 'baton') return { victim: 'A' };
  if (step.holder === 'victim' && step.mends === null) return { victim: 'B' };
  return { victim: null, reason: 'host A, which has to lose the address in it, is no Baton here' };
}
