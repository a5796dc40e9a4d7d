/** What the configuration asks of the host as a whole, whoever is master. */
import type { GlobalConfig } from '../model/config.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';

export class HostSettings {
  private fifos: GlobalConfig['fifos']['fifos'] = [];
  private reportsSuppressed = false;

  /** Before any group is joined, and before anything is written to a FIFO. */
  adopt({ disableLocalIgmp: suppressed, fifos: { fifos } }: GlobalConfig, outbox: Outbox): void {
    if (suppressed !== this.reportsSuppressed) {
      this.reportsSuppressed = suppressed;
      outbox.push({ type: 'suppress-local-reports', id: outbox.nextId(), suppressed });
    }
    if (sameValue(this.fifos, fifos)) return;
    this.fifos = fifos;
    outbox.push({ type: 'open-fifos', fifos });
  }
}
