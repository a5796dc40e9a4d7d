import type { Duration } from '../base/units.ts';
import type { Probe } from '../model/service-config.ts';

export interface ProbeResult {
  readonly answered: boolean;
  readonly detail: string;
}

export interface Probes {
  /** Asks once. Never rejects; silence past `timeout` is an answer too: no. */
  ask(probe: Probe, timeout: Duration): Promise<ProbeResult>;
}
