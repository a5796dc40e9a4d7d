/** How a running Baton starts the one that is to take its place, and ends for it. */
import type { SucceedRequest, SuccessionOutcome, UpgradeOutcome } from './api/contract.ts';
import { failure, success } from './base/result.ts';
import type { Instant } from './base/units.ts';
import { successionFormat } from './model/succession.ts';
import type { LogSink } from './ports/log.ts';
import type { ServiceNotification } from './system/service-notification.ts';
import { startSuccessor, type Successor } from './system/successor.ts';

interface GivingWayParts {
  readonly errandPorts: { readonly log: LogSink };
  readonly serviceNotification: ServiceNotification;
}

interface GivingWayCallbacks {
  /** Asks the core to end for another; `reported` has to follow. */
  readonly ask: (notAfter: Instant) => void;
  readonly mayGiveWay: () => boolean;
  /** When the configuration was read that is in force. */
  readonly configuredAt: () => Instant;
  /** The other one may be told: from now on what only one process can have is its own. */
  readonly begins: () => void;
}

const notNow = 'it starts or stops at this moment: try again';

/** Why nothing else is done meanwhile. */
export const givesWay = 'another Baton takes the place of this one at this moment: try again';

export class GivingWay {
  /** Another Baton has taken the place of this one. */
  done = false;
  /** One asks for it, and has no answer yet. */
  private asked = false;
  /** Resolves when that knows all that it has to, or is gone. */
  readonly told: Promise<void>;
  private readonly log: LogSink;
  private readonly serviceNotification: ServiceNotification;
  private readonly callbacks: GivingWayCallbacks;
  private successor: Successor | null = null;
  private settleTold: () => void = () => undefined;
  private settleReport: (outcome: SuccessionOutcome) => void = () => undefined;

  constructor({ errandPorts, serviceNotification }: GivingWayParts, callbacks: GivingWayCallbacks) {
    this.log = errandPorts.log;
    this.serviceNotification = serviceNotification;
    this.callbacks = callbacks;
    this.told = new Promise((resolve) => {
      this.settleTold = resolve;
    });
  }

  /** What is asked of this one now would be lost. */
  get isUnderWay(): boolean {
    return this.asked || this.done;
  }

  /** Starts the program that is installed now, which asks for the place of this one when ready. */
  async upgrade(): Promise<UpgradeOutcome> {
    if (!this.callbacks.mayGiveWay()) return failure(notNow);
    if (this.successor !== null) return failure('an upgrade is under way');
    const successor = startSuccessor();
    this.successor = successor;
    this.log.write('notice', `Upgrading: ${successor.name} is to take the place of this one`);
    const reason = await successor.ended;
    this.successor = null;
    if (this.done) return success(`${successor.name} has taken over`);
    this.log.write('error', `Upgrade failed: ${reason}`);
    return failure(`${reason}: this Baton goes on as before, and the log says why`);
  }

  /** Ends for the process that asks, which is told what there is to go on with. */
  async giveWay({
    processId,
    format,
    configuredAt,
    notAfter,
  }: SucceedRequest): Promise<SuccessionOutcome> {
    if (format !== successionFormat) {
      return failure('what there is to go on with has another format: stop and start Baton');
    }
    if (!this.callbacks.mayGiveWay() || this.isUnderWay) return failure(notNow);
    if (configuredAt < this.callbacks.configuredAt()) {
      return failure('the configuration was reloaded since the new one read it: try again');
    }
    this.asked = true;
    const outcome = await new Promise<SuccessionOutcome>((resolve) => {
      this.settleReport = resolve;
      this.callbacks.ask(notAfter);
    });
    this.asked = false;
    if (!outcome.ok) return outcome;
    this.log.write('notice', `Process ${String(processId)} takes the place of this one`);
    this.serviceNotification.succeededBy(processId);
    this.successor?.leave();
    this.callbacks.begins();
    return outcome;
  }

  /** The core's answer. */
  reported(outcome: SuccessionOutcome): void {
    this.done = outcome.ok;
    this.settleReport(outcome);
  }

  successorTold(): void {
    this.settleTold();
  }
}
