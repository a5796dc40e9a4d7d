/** What is done to the simulated world in each step of the lab's story, by the step's name. */
import type { SimulatedHost } from './simulated-host.ts';
import type { SimulatedWorld } from './simulated-world.ts';

export interface Cast {
  readonly world: SimulatedWorld;
  /** The better host, to which it happens. */
  readonly victim: SimulatedHost;
  readonly peer: SimulatedHost;
}

export type Act = (cast: Cast) => void;

export const acts: ReadonlyMap<string, Act> = new Map<string, Act>(
  Object.entries({
    start({ victim, peer }: Cast) {
      victim.startBaton();
      peer.startBaton();
    },
    'baton-stopped'({ victim }: Cast) {
      victim.stopBaton();
    },
    'baton-back'({ victim }: Cast) {
      victim.startBaton();
    },
    'nginx-killed'({ victim }: Cast) {
      victim.nginx.kill();
    },
    'nginx-broken'({ victim }: Cast) {
      victim.nginx.break();
      victim.nginx.kill();
    },
    'nginx-mended'({ victim }: Cast) {
      victim.nginx.mend();
    },
    'baton-killed'({ victim }: Cast) {
      victim.killBaton();
    },
    'baton-restarted'({ victim }: Cast) {
      victim.startBaton();
    },
    'baton-frozen'({ victim }: Cast) {
      victim.freezeBaton();
    },
    'baton-thawed'({ victim }: Cast) {
      victim.thawBaton();
    },
    'cable-cut'({ world, victim }: Cast) {
      world.lan.setCable(victim.name, 'down');
    },
    'cable-healed'({ world, victim }: Cast) {
      world.lan.setCable(victim.name, 'up');
    },
  }),
);
