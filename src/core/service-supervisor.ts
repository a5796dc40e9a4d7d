/**
 * One supervised service. Its life:
 *
 *   searching -> running            it was found by its pid file
 *   searching -> starting           it was not
 *   starting  -> running            it started
 *   starting  -> testing            it did not: is its configuration to blame?
 *   running   -> starting           it died, and the budget allows a restart
 *   running   -> stopping           it lives but does not answer; then as if it had died
 *   testing   -> starting | failed
 *   failed    -> searching          each retry interval; it may have been mended by hand
 *   searching -> failed             it was not, and the budget is still spent
 *
 * For the instances that track it, it stays `up` through a restart within its
 * budget: to bring it back costs less than to give the address away. It is
 * `down` only once it has failed.
 */
import { after, earliest, toSeconds, type Instant } from '../base/units.ts';
import type { ServiceConfig } from '../model/service-config.ts';
import type {
  ProcessExited,
  ServiceFound,
  ServiceProbed,
  ServiceReloadRequested,
  ServiceStarted,
  ServiceStartFailed,
  ServiceTested,
} from '../model/core-event.ts';
import type { ServiceSnapshot } from '../model/snapshot.ts';
import type { ServiceStanding } from '../model/succession.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';
import type { TrackedStatus } from './tracking.ts';

export type ServiceEvent =
  | ServiceFound
  | ServiceStarted
  | ServiceStartFailed
  | ServiceTested
  | ServiceProbed
  | ProcessExited
  | ServiceReloadRequested;

interface Running {
  readonly name: 'running';
  readonly processId: number;
  /** Null while an answer is awaited, and where there is no probe. */
  probeAt: Instant | null;
  answersInRow: number;
  silencesInRow: number;
  /** A reload was asked for, and waits for the test of the service's configuration. */
  reloading: boolean;
}

type ServiceState =
  | { readonly name: 'searching'; asked: boolean; readonly retrying: boolean }
  | { readonly name: 'starting' }
  | Running
  | { readonly name: 'stopping'; readonly processId: number }
  /** A failed start is tested for its cause; a retry is tested before it starts. */
  | { readonly name: 'testing'; readonly startFailed: boolean }
  | { readonly name: 'failed'; readonly retryAt: Instant };

export class ServiceSupervisor {
  status: TrackedStatus = 'unknown';
  private config: ServiceConfig;
  private state: ServiceState = { name: 'searching', asked: false, retrying: false };
  /** When it was restarted, within the restart window. */
  private restarts: Instant[] = [];
  private restartCount = 0;
  /** Whose process group is to be cleared away before the next start. */
  private formerProcessId: number | null = null;
  private detail = '';

  constructor(config: ServiceConfig) {
    this.config = config;
  }

  /** Takes a changed configuration over; false where the service is now another one. */
  reconfigure(at: Instant, config: ServiceConfig, outbox: Outbox): boolean {
    const former = this.config;
    if (config.pidFile !== former.pidFile || !sameValue(config.start, former.start)) return false;
    this.config = config;
    const { state } = this;
    if (state.name === 'running' && (config.probe === null) !== (former.probe === null)) {
      state.probeAt = config.probe === null ? null : at;
      if (config.probe === null) this.decide('up', outbox);
    }
    return true;
  }

  nextDeadline(): Instant | null {
    switch (this.state.name) {
      case 'running':
        return earliest([this.state.probeAt]);
      case 'failed':
        return this.state.retryAt;
      case 'searching':
      case 'starting':
      case 'stopping':
      case 'testing':
        return null;
    }
  }

  timePassed(at: Instant, outbox: Outbox): void {
    if (this.state.name === 'failed' && this.state.retryAt <= at) {
      this.state = { name: 'searching', asked: false, retrying: true };
    }
    if (this.state.name === 'searching' && !this.state.asked) {
      this.state.asked = true;
      outbox.push({ type: 'find-service', service: this.config });
    }
    if (this.state.name === 'running' && this.state.probeAt !== null && this.state.probeAt <= at) {
      this.state.probeAt = null;
      this.probe(outbox);
    }
  }

  take(at: Instant, event: ServiceEvent, outbox: Outbox): void {
    switch (event.type) {
      case 'service-found':
        if (this.state.name === 'searching') this.found(at, event.processId, outbox);
        return;
      case 'service-started':
        if (this.state.name === 'starting') this.run(at, event.processId, outbox);
        return;
      case 'service-start-failed':
        if (this.state.name === 'starting') this.startFailed(at, event.reason, outbox);
        return;
      case 'service-tested':
        if (this.state.name === 'testing') this.tested(at, event, outbox);
        else if (this.state.name === 'running') this.testedForReload(this.state, event, outbox);
        return;
      case 'service-probed':
        if (this.state.name === 'running') this.probed(at, event, outbox);
        return;
      case 'process-exited':
        this.exited(at, event.processId, outbox);
        return;
      case 'service-reload-requested':
        this.requestReload(outbox);
        return;
    }
  }

  /** Baton stops: the service is left alone unless it is configured to stop too. */
  stop(outbox: Outbox): void {
    if (this.state.name !== 'running' || !this.config.stopWithBaton) return;
    outbox.push({
      type: 'stop-service',
      service: this.config,
      processId: this.state.processId,
    });
  }

  /** The service is no longer configured: it is left running, and watched no more. */
  abandon(outbox: Outbox): void {
    outbox.push({ type: 'unwatch-process', service: this.config.name });
  }

  standing(): ServiceStanding {
    const { state, status, restarts, restartCount, detail } = this;
    const processId = state.name === 'running' ? state.processId : null;
    const retryAt = state.name === 'failed' ? state.retryAt : null;
    return { name: this.config.name, status, processId, retryAt, restarts, restartCount, detail };
  }

  /** Goes on where another Baton on this host has ended: it is as up as it was until now. */
  resume(at: Instant, standing: ServiceStanding, outbox: Outbox): void {
    const { processId, retryAt } = standing;
    this.status = standing.status;
    this.restarts = [...standing.restarts];
    this.restartCount = standing.restartCount;
    if (retryAt !== null) this.state = { name: 'failed', retryAt };
    if (processId !== null) this.run(at, processId, outbox);
    this.detail = standing.detail;
  }

  snapshot(): ServiceSnapshot {
    const { state } = this;
    return {
      name: this.config.name,
      state: state.name,
      status: this.status,
      processId: state.name === 'running' || state.name === 'stopping' ? state.processId : null,
      restarts: this.restartCount,
      detail: this.detail,
    };
  }

  private found(at: Instant, processId: number | null, outbox: Outbox): void {
    if (processId !== null) {
      outbox.log(
        'info',
        `Service ${this.config.name}: found running, process ${String(processId)}`,
      );
      this.run(at, processId, outbox);
    } else if (this.state.name === 'searching' && this.state.retrying) {
      this.retry(at, outbox);
    } else {
      outbox.log('notice', `Service ${this.config.name}: not running, starting it`);
      this.start('it was not running', outbox);
    }
  }

  /** A failed service was not brought back by others: Baton tries, if the budget allows it. */
  private retry(at: Instant, outbox: Outbox): void {
    if (!this.budgetLeft(at)) {
      this.state = { name: 'failed', retryAt: after(at, this.config.retryInterval) };
    } else if (this.config.test !== null) {
      this.test({ startFailed: false }, outbox);
    } else {
      this.restart(at, 'it is not running', outbox);
    }
  }

  private run(at: Instant, processId: number, outbox: Outbox): void {
    const probeAt = this.config.probe === null ? null : at;
    this.state = {
      name: 'running',
      processId,
      probeAt,
      answersInRow: 0,
      silencesInRow: 0,
      reloading: false,
    };
    this.formerProcessId = processId;
    this.tell(`running as process ${String(processId)}`, outbox);
    outbox.push({ type: 'watch-process', service: this.config.name, processId });
    if (this.config.probe === null) this.decide('up', outbox);
    else this.timePassed(at, outbox);
  }

  private exited(at: Instant, processId: number, outbox: Outbox): void {
    const { state } = this;
    if (state.name !== 'running' && state.name !== 'stopping') return;
    if (state.processId !== processId) return;
    outbox.log('warning', `Service ${this.config.name}: process ${String(processId)} has died`);
    this.restart(at, `process ${String(processId)} died`, outbox);
  }

  /** Starts again if the budget allows it; else the service has failed. */
  private restart(at: Instant, why: string, outbox: Outbox): void {
    if (this.budgetLeft(at)) {
      outbox.log('notice', `Service ${this.config.name}: restarting`);
      this.countRestart(at);
      this.start(why, outbox);
      return;
    }
    const { restartLimit, restartWindow } = this.config;
    const spent = `${String(restartLimit)} restarts within ${String(toSeconds(restartWindow))} s are spent`;
    this.fail(at, `${why} and ${spent}`, outbox);
  }

  private countRestart(at: Instant): void {
    this.restarts.push(at);
    this.restartCount += 1;
  }

  private start(why: string, outbox: Outbox): void {
    this.state = { name: 'starting' };
    this.tell(why, outbox);
    outbox.push({
      type: 'start-service',
      service: this.config,
      formerProcessId: this.formerProcessId,
    });
  }

  private startFailed(at: Instant, reason: string, outbox: Outbox): void {
    outbox.log('error', `Service ${this.config.name}: did not start: ${reason}`);
    if (this.config.test !== null) this.test({ startFailed: true }, outbox);
    else this.restart(at, `it did not start (${reason})`, outbox);
  }

  private test(cause: { readonly startFailed: boolean }, outbox: Outbox): void {
    this.state = { name: 'testing', startFailed: cause.startFailed };
    this.askForTest(outbox);
  }

  private askForTest(outbox: Outbox): void {
    if (this.config.test === null) return;
    outbox.push({
      type: 'test-service',
      service: this.config.name,
      command: this.config.test,
    });
  }

  private tested(at: Instant, event: ServiceTested, outbox: Outbox): void {
    if (this.state.name !== 'testing') return;
    if (!event.passed) {
      this.fail(at, `its configuration test fails: ${event.detail}`, outbox);
    } else {
      this.restart(at, this.state.startFailed ? 'it did not start' : 'it is not running', outbox);
    }
  }

  /** Only a service that runs is reloaded, and only with a configuration that passes its test. */
  private requestReload(outbox: Outbox): void {
    const { state } = this;
    if (state.name !== 'running') {
      this.tell(`not reloaded: it is ${state.name}`, outbox);
    } else if (this.config.test === null) {
      this.reload(state.processId, outbox);
    } else if (!state.reloading) {
      state.reloading = true;
      this.askForTest(outbox);
    }
  }

  private testedForReload(state: Running, event: ServiceTested, outbox: Outbox): void {
    if (!state.reloading) return;
    state.reloading = false;
    if (event.passed) this.reload(state.processId, outbox);
    else this.tell(`not reloaded: its configuration test fails: ${event.detail}`, outbox);
  }

  private reload(processId: number, outbox: Outbox): void {
    outbox.push({ type: 'reload-service', service: this.config, processId });
    outbox.log('notice', `Service ${this.config.name}: reloading`);
    const { detail } = this;
    this.tell('reloading', outbox);
    this.detail = detail;
  }

  private fail(at: Instant, why: string, outbox: Outbox): void {
    this.state = { name: 'failed', retryAt: after(at, this.config.retryInterval) };
    // Each retry of a failed service may fail with other words for the same cause.
    if (this.status === 'down') {
      this.detail = why;
      return;
    }
    outbox.log('error', `Service ${this.config.name}: failed: ${why}`);
    this.tell(why, outbox);
    this.decide('down', outbox);
  }

  private probe(outbox: Outbox): void {
    if (this.config.probe === null) return;
    outbox.push({
      type: 'probe-service',
      service: this.config.name,
      probe: this.config.probe,
      timeout: this.config.probeTimeout,
    });
  }

  private probed(at: Instant, event: ServiceProbed, outbox: Outbox): void {
    const { state } = this;
    if (state.name !== 'running' || state.probeAt !== null || this.config.probe === null) return;
    state.probeAt = after(at, this.config.probeInterval);
    if (event.answered) {
      state.answersInRow += 1;
      state.silencesInRow = 0;
      if (state.answersInRow >= this.config.probeRise) this.decide('up', outbox);
      return;
    }
    state.answersInRow = 0;
    state.silencesInRow += 1;
    if (state.silencesInRow >= this.config.probeFall) this.silent(at, event.detail, outbox);
  }

  /** It lives but answers nobody, which to a client is the same as dead. */
  private silent(at: Instant, detail: string, outbox: Outbox): void {
    if (this.state.name !== 'running') return;
    const { processId } = this.state;
    outbox.log('error', `Service ${this.config.name}: does not answer: ${detail}`);
    if (!this.budgetLeft(at)) {
      this.restart(at, `it does not answer (${detail})`, outbox);
      return;
    }
    this.state = { name: 'stopping', processId };
    this.tell(`stopping: does not answer: ${detail}`, outbox);
    outbox.push({ type: 'stop-service', service: this.config, processId });
  }

  private budgetLeft(at: Instant): boolean {
    const { restartWindow, restartLimit } = this.config;
    this.restarts = this.restarts.filter((moment) => after(moment, restartWindow) > at);
    return this.restarts.length < restartLimit;
  }

  private decide(status: TrackedStatus, outbox: Outbox): void {
    if (this.status === status) return;
    this.status = status;
    outbox.log('notice', `Service ${this.config.name}: now ${status}`);
  }

  private tell(detail: string, outbox: Outbox): void {
    this.detail = detail;
    const { name: service } = this.config;
    const entry = { kind: 'service', service, state: this.state.name, detail } as const;
    // What it was before is why.
    outbox.journal(entry, [`service ${service}`]);
  }
}
