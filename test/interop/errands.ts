/** An errand runner with the real adapters, for tests that take the core's part. */
import { MonotonicClock } from '../../src/linux/monotonic-clock.ts';
import type { CoreEvent } from '../../src/model/core-event.ts';
import type { ErrandEffect } from '../../src/model/effect.ts';
import { ErrandRunner } from '../../src/runtime/errand-runner.ts';
import { Journal } from '../../src/runtime/journal.ts';
import { NotifyFifos } from '../../src/system/fifos.ts';
import { SmtpMailSender } from '../../src/system/mail-sender.ts';
import { NodeTimer } from '../../src/system/node-timer.ts';
import { NodeProbes } from '../../src/system/probes.ts';
import { NodeProcesses } from '../../src/system/processes.ts';
import { WatchedFiles } from '../../src/system/tracked-files.ts';

export class Errands {
  readonly logged: string[] = [];
  readonly runner: ErrandRunner;
  private readonly events: CoreEvent[] = [];
  private wake: () => void = () => undefined;

  constructor() {
    const log = { write: (level: string, text: string) => this.logged.push(`${level}: ${text}`) };
    const clock = new MonotonicClock();
    const processes = new NodeProcesses({ log });
    const timer = new NodeTimer();
    this.runner = new ErrandRunner(
      {
        processes,
        fifos: new NotifyFifos({ processes, log, timer }),
        files: new WatchedFiles({ log }),
        probes: new NodeProbes({ processes }),
        mailSender: new SmtpMailSender(),
        log,
        journal: new Journal(clock),
        clock,
        timer,
      },
      {
        report: (event) => {
          this.events.push(event);
          this.wake();
        },
        onSnapshot: () => undefined,
        onSuccession: () => undefined,
        onFinish: () => undefined,
      },
    );
  }

  /** Has the effect executed and waits for the event that answers it. */
  async ask(effect: ErrandEffect): Promise<CoreEvent> {
    this.runner.execute([effect]);
    for (;;) {
      const event = this.events.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
