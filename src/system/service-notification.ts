/** What the service manager is told (sd_notify(3)); nothing where there is none. */
import type { Duration } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatagramSender } from '../ports/datagram.ts';

export interface ServiceNotificationOptions {
  /** The value of NOTIFY_SOCKET. */
  readonly socketPath: string | undefined;
  readonly processId: number;
  readonly clock: Clock;
  readonly datagrams: DatagramSender;
}

export class ServiceNotification {
  private readonly options: ServiceNotificationOptions;

  constructor(options: ServiceNotificationOptions) {
    this.options = options;
  }

  /** The start is complete, or a reload is. */
  ready(): void {
    this.tell('READY=1', `MAINPID=${this.options.processId}`);
  }

  /** The manager wants to know when, so that it can tell the `ready` of this reload from others. */
  reloading(): void {
    this.tell('RELOADING=1', `MONOTONIC_USEC=${this.options.clock.now()}`);
  }

  /** The start, or the stop, may take so much longer from now on. */
  extendPatience(extension: Duration): void {
    this.tell(`EXTEND_TIMEOUT_USEC=${extension}`);
  }

  /** Another process is the service from now on: the manager believes only the present one. */
  succeededBy(processId: number): void {
    this.tell(`MAINPID=${processId}`);
  }

  stopping(): void {
    this.tell('STOPPING=1');
  }

  /** One line for `systemctl status`. */
  status(text: string): void {
    this.tell(`STATUS=${text.replaceAll('\n', ' ')}`);
  }

  private tell(...assignments: readonly string[]): void {
    const { socketPath, datagrams } = this.options;
    if (socketPath === undefined || socketPath === '') return;
    // A manager that can't be told is no reason not to run.
    datagrams.send(socketPath, Buffer.from(assignments.join('\n')));
  }
}
