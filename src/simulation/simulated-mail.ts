/** The MailSender port on a simulated host: a relay that takes whatever it is given. */
import type { Random } from '../base/random.ts';
import { milliseconds } from '../base/units.ts';
import type { Delivery, MailSender, Message } from '../ports/mail.ts';
import { drawDuration } from './draw.ts';
import type { Perform } from './simulated-processes.ts';
import type { VirtualClock } from './virtual-clock.ts';

const deliveryTakes = { least: milliseconds(5), most: milliseconds(80) };

export interface SimulatedMailOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly perform: Perform;
  /** What has come to the relay. */
  readonly onDelivered: (message: Message) => void;
}

export class SimulatedMail implements MailSender {
  private readonly options: SimulatedMailOptions;

  constructor(options: SimulatedMailOptions) {
    this.options = options;
  }

  deliver(message: Message): Promise<Delivery> {
    const { clock, random, perform, onDelivered } = this.options;
    return new Promise((resolve) => {
      clock.schedule(drawDuration(random, deliveryTakes), () => {
        onDelivered(message);
        perform(() => {
          clock.movePromises();
          resolve({ type: 'delivered', refused: [] });
        });
      });
    });
  }
}
