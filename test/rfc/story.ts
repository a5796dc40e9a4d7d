/** One virtual router, told what happens, as the sentences of an RFC have it. */
import { parseConfiguration } from '../scenario/notation.ts';
import { ScenarioHost } from '../scenario/host.ts';
import { takeStep } from '../scenario/steps.ts';
import type { Effect, SendAdvert } from '../../src/model/effect.ts';
import type { InstanceSnapshot } from '../../src/model/snapshot.ts';

/** A virtual router with its surroundings, told what happens as scenarios are. */
export class Story {
  private readonly host: ScenarioHost;

  constructor(...configuration: readonly string[]) {
    this.host = new ScenarioHost(parseConfiguration(configuration));
  }

  /** What goes to the network and the kernel in these steps, with its time. */
  after(...steps: readonly string[]): string[] {
    this.host.takeTrace();
    for (const step of steps) takeStep(this.host, { step, configuration: [] });
    return this.host
      .takeTrace()
      .map((line) => line.trim().replace(/ on eth0/g, ''))
      .filter((line) => /^\S+ {2}(advert|hold|release|announce|firewall) /.test(line))
      .map((line) => line.replace(/eth0 .* > /, 'to ').replace(/: vrid 51, /, ', '));
  }

  status(): InstanceSnapshot {
    this.host.handle({ type: 'snapshot-requested', id: 0 });
    const report = this.host.effects.findLast(isReport);
    const [instance] = report?.snapshot.instances ?? [];
    if (instance === undefined) throw new Error('no virtual router');
    return instance;
  }

  get state(): string {
    return this.status().state;
  }

  /** All adverts so far. */
  adverts(): readonly SendAdvert[] {
    return this.host.effects.filter((effect) => effect.type === 'send-advert');
  }

  logLines(word: string): string[] {
    return this.host.effects.flatMap((effect) =>
      effect.type === 'write-log' && effect.text.includes(word) ? [effect.text] : [],
    );
  }
}

function isReport(effect: Effect): effect is Extract<Effect, { type: 'report-snapshot' }> {
  return effect.type === 'report-snapshot';
}
