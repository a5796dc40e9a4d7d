/** What no scenario can bring about: answers that come late, twice, or to the microsecond. */
import { describe, expect, it } from 'vitest';
import { serviceConfig } from '../../test/scenario/configuration.ts';
import { instant, seconds } from '../base/units.ts';
import type { ServiceConfig } from '../model/service-config.ts';
import { Outbox } from './outbox.ts';
import { ServiceSupervisor, type ServiceEvent } from './service-supervisor.ts';

class Bench {
  now = instant(0);
  private readonly outbox = new Outbox();
  private readonly supervisor: ServiceSupervisor;

  constructor(given: Partial<ServiceConfig>) {
    this.supervisor = new ServiceSupervisor(serviceConfig(given));
    this.supervisor.timePassed(this.now, this.outbox);
  }

  get state(): string {
    return this.supervisor.snapshot().state;
  }

  get status(): string {
    return this.supervisor.status;
  }

  take(event: ServiceEvent): void {
    this.supervisor.take(this.now, event, this.outbox);
  }

  found(processId: number): void {
    this.take({ type: 'service-found', service: 'nginx', processId });
  }

  died(processId: number): void {
    this.take({ type: 'process-exited', service: 'nginx', processId });
  }

  started(processId: number): void {
    this.take({ type: 'service-started', service: 'nginx', processId });
  }

  probed(answered: boolean): void {
    this.take({ type: 'service-probed', service: 'nginx', answered, detail: '' });
  }
}

describe('a supervised service', () => {
  it('is not said to be dead by the death of its forerunner', () => {
    const bench = new Bench({});
    bench.found(7);
    bench.died(7);
    bench.started(8);
    bench.died(7);
    expect(bench.state).toBe('running');
    bench.died(8);
    expect(bench.state).toBe('starting');
  });

  it('may be restarted again when a restart is as old as the window, and not before', () => {
    const atAge = (age: number): string => {
      const bench = new Bench({ restartLimit: 1, restartWindow: seconds(60) });
      bench.found(7);
      bench.died(7);
      bench.started(8);
      bench.now = instant(age);
      bench.died(8);
      return bench.state;
    };
    expect(atAge(59_999_999)).toBe('failed');
    expect(atAge(60_000_000)).toBe('starting');
  });

  it('is judged by one answer to each probe', () => {
    const bench = new Bench({ probe: { type: 'tcp', host: '127.0.0.1', port: 80 }, probeFall: 2 });
    bench.found(7);
    bench.probed(true);
    expect(bench.status).toBe('up');
    // Nothing was asked since; these are of the process before.
    bench.probed(false);
    bench.probed(false);
    expect(bench.state).toBe('running');
  });

  it('takes no answer to a question that it has not asked', () => {
    const bench = new Bench({});
    bench.started(7);
    expect(bench.state).toBe('searching');
    bench.take({ type: 'service-tested', service: 'nginx', passed: false, detail: '' });
    bench.take({ type: 'service-start-failed', service: 'nginx', reason: '' });
    expect(bench.state).toBe('searching');
    bench.found(7);
    bench.found(8);
    bench.died(8);
    expect(bench.state).toBe('running');
  });
});
