/** The Probes port on a simulated host: its service answers, or refuses at once. */
import type { Random } from '../base/random.ts';
import { microseconds, milliseconds } from '../base/units.ts';
import type { ProbeResult, Probes } from '../ports/probes.ts';
import { drawDuration } from './draw.ts';
import type { SimulatedNginx } from './simulated-nginx.ts';
import type { Perform } from './simulated-processes.ts';
import type { VirtualClock } from './virtual-clock.ts';

const answerTakes = { least: microseconds(300), most: milliseconds(3) };

export interface SimulatedProbesOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly nginx: SimulatedNginx;
  readonly perform: Perform;
}

export class SimulatedProbes implements Probes {
  private readonly options: SimulatedProbesOptions;

  constructor(options: SimulatedProbesOptions) {
    this.options = options;
  }

  ask(): Promise<ProbeResult> {
    const { clock, random, nginx, perform } = this.options;
    return new Promise((resolve) => {
      clock.schedule(drawDuration(random, answerTakes), () => {
        const answered = nginx.answers;
        perform(() => {
          clock.movePromises();
          resolve({ answered, detail: answered ? 'status 200' : 'ECONNREFUSED' });
        });
      });
    });
  }
}
