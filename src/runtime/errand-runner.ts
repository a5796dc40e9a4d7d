/**
 * The main thread's side of the core: executes the effects that may be slow and
 * reports what came of them. An effect never waits for one of another kind:
 * scripts and probes run at once, notify scripts in a queue, mail in another.
 */
import type { Result } from '../base/result.ts';
import { milliseconds, seconds, times, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { ErrandEffect, ProbeService, RunScript, SendMail } from '../model/effect.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Succession } from '../model/succession.ts';
import type { Clock } from '../ports/clock.ts';
import type { Fifos } from '../ports/fifos.ts';
import type { LogSink } from '../ports/log.ts';
import type { MailSender } from '../ports/mail.ts';
import type { Probes } from '../ports/probes.ts';
import type { Processes } from '../ports/processes.ts';
import type { Timer } from '../ports/timer.ts';
import type { TrackedFiles } from '../ports/tracked-files.ts';
import type { Journal } from './journal.ts';
import { MailQueue } from './mail-queue.ts';
import { describeFailure, succeeded } from './process-words.ts';
import { SerialQueue } from './serial-queue.ts';
import { ServiceKeeper } from './service-keeper.ts';

export interface ErrandPorts {
  readonly processes: Processes;
  readonly probes: Probes;
  readonly fifos: Fifos;
  readonly files: TrackedFiles;
  readonly mailSender: MailSender;
  readonly log: LogSink;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timer: Timer;
}

export interface ErrandCallbacks {
  /** Takes each event to the core. */
  readonly report: (event: CoreEvent) => void;
  readonly onSnapshot: (id: number, snapshot: Snapshot) => void;
  readonly onSuccession: (outcome: Result<Succession, string>) => void;
  /** The core has handed over and taken down everything. */
  readonly onFinish: () => void;
}

/** A notify script that takes longer holds up those behind it no more. */
const notifyTimeout = seconds(60);
const notifyLimit = 256;

/** How long scripts wait for an earlier Baton to end, and how often it is looked for. */
const longestFollowed = seconds(10);
const looksAgain = milliseconds(20);

export class ErrandRunner {
  private readonly ports: ErrandPorts;
  private readonly callbacks: ErrandCallbacks;
  private readonly services: ServiceKeeper;
  private readonly notifications: SerialQueue;
  private readonly mail: MailQueue;
  /** Stops of services, which the end of Baton waits for. */
  private readonly stops = new Set<Promise<void>>();

  constructor(ports: ErrandPorts, callbacks: ErrandCallbacks) {
    this.ports = ports;
    this.callbacks = callbacks;
    this.services = new ServiceKeeper(ports);
    this.mail = new MailQueue(ports);
    this.notifications = new SerialQueue({
      limit: notifyLimit,
      dropped: (count) => {
        const text = `Notify queue is full, oldest script dropped (${count} so far)`;
        ports.log.write('warning', text);
      },
    });
  }

  /**
   * Has the notify scripts of an earlier Baton, whose process this is, run to their end before any
   * of ours begins: they tell of what was before.
   */
  follow(processId: number): void {
    this.notifications.push(() => this.gone(processId));
  }

  execute(effects: readonly ErrandEffect[]): void {
    for (const effect of effects) this.take(effect);
  }

  /**
   * Resolves once notify scripts have run, mail has been tried, and services have
   * stopped; or when the patience is over. What is then unfinished is logged and ended.
   */
  async stop(patience: Duration): Promise<void> {
    const { timer, log, processes, fifos, files } = this.ports;
    files.close();
    const done = Promise.all([
      this.notifications.drained(),
      this.mail.drain(),
      fifos.close(),
      ...this.stops,
    ]);
    await new Promise<void>((resolve) => {
      const cancel = timer.after(patience, resolve);
      void done.then(() => {
        cancel();
        resolve();
      });
    });
    const unfinished = [
      ...counted('notify scripts', this.notifications.unfinished),
      ...counted('mail', this.mail.undelivered),
      ...counted('stops of services', this.stops.size),
    ];
    if (unfinished.length > 0) log.write('warning', `Left unfinished (${unfinished.join(', ')})`);
    processes.endRuns();
  }

  private async gone(processId: number): Promise<void> {
    const { processes, timer } = this.ports;
    for (let looks = 0; times(looksAgain, looks) < longestFollowed; looks += 1) {
      if (!(await processes.isAlive(processId))) return;
      await new Promise<void>((resolve) => {
        timer.after(looksAgain, resolve);
      });
    }
  }

  private take(effect: ErrandEffect): void {
    switch (effect.type) {
      case 'run-script':
        void this.runScript(effect);
        return;
      case 'run-notify':
        this.notifications.push(() => this.notify(effect.command));
        return;
      case 'send-mail':
        this.sendMail(effect);
        return;
      case 'open-fifos':
        this.ports.fifos.open(effect.fifos);
        return;
      case 'write-fifos':
        this.ports.fifos.write(effect.line);
        return;
      case 'watch-files':
        this.ports.files.watch(effect.files, (file, value) => {
          this.callbacks.report({ type: 'file-read', file, value });
        });
        return;
      case 'find-service':
        this.answer(this.services.find(effect.service));
        return;
      case 'start-service':
        this.answer(this.services.start(effect.service, effect.formerProcessId));
        return;
      case 'stop-service':
        this.track(this.services.stop(effect.service, effect.processId));
        return;
      case 'reload-service':
        void this.services.reload(effect.service, effect.processId);
        return;
      case 'test-service':
        this.answer(this.services.test(effect.service, effect.command));
        return;
      case 'probe-service':
        void this.probe(effect);
        return;
      case 'write-log':
        this.ports.log.write(effect.level, effect.text);
        return;
      case 'write-journal':
        this.ports.journal.append(effect.entry, effect);
        return;
      case 'report-snapshot':
        this.callbacks.onSnapshot(effect.id, effect.snapshot);
        return;
      case 'report-succession':
        this.callbacks.onSuccession(effect.outcome);
        return;
      case 'finish':
        this.callbacks.onFinish();
        return;
    }
  }

  private async runScript({ script, command, timeout }: RunScript): Promise<void> {
    const { outcome } = await this.ports.processes.run(command, timeout);
    this.callbacks.report({ type: 'script-finished', script, outcome });
  }

  private async notify(command: Command): Promise<void> {
    const finished = await this.ports.processes.run(command, notifyTimeout);
    if (succeeded(finished)) return;
    const text = `Notify script ${command.program} failed: ${describeFailure(finished)}`;
    this.ports.log.write('error', text);
  }

  private sendMail({ mail, subject, body }: SendMail): void {
    this.mail.push({ mail, subject, body, dateMs: this.ports.clock.wallClockMs() });
  }

  private async probe({ service, probe, timeout }: ProbeService): Promise<void> {
    const result = await this.ports.probes.ask(probe, timeout);
    this.callbacks.report({ type: 'service-probed', service, ...result });
  }

  private answer(event: Promise<CoreEvent>): void {
    void event.then(this.callbacks.report);
  }

  private track(stop: Promise<void>): void {
    const tracked = stop.then(() => void this.stops.delete(tracked));
    this.stops.add(tracked);
  }
}

function counted(what: string, count: number): readonly string[] {
  return count === 0 ? [] : [`${what}: ${count}`];
}
