/** A core with a kernel around it that does what it is told at once, and answers for it. */
import { after, instant, type Instant } from '../../src/base/units.ts';
import { Core } from '../../src/core/core.ts';
import type { IpAddress, MacAddress } from '../../src/model/address.ts';
import type { Config } from '../../src/model/config.ts';
import type { CoreEvent } from '../../src/model/core-event.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { Happening } from './arbitrary.ts';
import { eth0 } from './configuration.ts';

/** eth0 and eth1 are up with an address of each kind, and everything is listed. */
export const beginning: readonly CoreEvent[] = [
  ...[eth0, 'eth1' as typeof eth0].flatMap((name): CoreEvent[] => [
    {
      type: 'link-changed',
      interface: name,
      present: true,
      up: true,
      multicast: true,
      macAddress: '02:00:00:00:00:0a' as MacAddress,
    },
    ...['192.0.2.1/24', 'fe80::1/64', '2001:db8::1/64'].map((text): CoreEvent => {
      const [address = '', length] = text.split('/');
      return {
        type: 'address-appeared',
        interface: name,
        address: address as IpAddress,
        prefixLength: Number(length),
        secondary: false,
        tentative: false,
        own: false,
        renewedAt: null,
      };
    }),
  ]),
  { type: 'network-listed' },
];

export class Play {
  readonly effects: Effect[] = [];
  readonly core: Core;
  now = instant(0);
  private readonly look: (play: Play, effects: readonly Effect[], event: CoreEvent) => void;

  constructor(config: Config, look: Play['look'] = () => undefined) {
    this.core = new Core(config);
    this.look = look;
    for (const event of beginning) this.handle(event);
  }

  handle(event: CoreEvent): readonly Effect[] {
    const effects = this.core.handle({ at: this.now, event });
    this.effects.push(...effects);
    this.look(this, effects, event);
    for (const effect of effects) {
      const answered =
        effect.type === 'join-interface' ||
        effect.type === 'hold-addresses' ||
        effect.type === 'release-addresses';
      if (answered) this.handle({ type: 'effect-settled', id: effect.id, error: null });
    }
    return effects;
  }

  runTo(end: Instant): void {
    for (;;) {
      const deadline = this.core.nextDeadline();
      if (deadline === null || deadline > end) break;
      if (deadline > this.now) this.now = deadline;
      this.handle({ type: 'time-passed' });
    }
    this.now = end;
  }

  tell(story: readonly Happening[]): this {
    for (const { wait, asleep, event } of story) {
      const then = after(this.now, wait);
      if (asleep) this.now = then;
      else this.runTo(then);
      this.handle(event);
    }
    return this;
  }
}
