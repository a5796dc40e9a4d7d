import { describe, expect, it } from 'vitest';
import { instant, seconds, toMilliseconds, type Duration, type Instant } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { ServiceConfig } from '../model/service-config.ts';
import type { ScriptOutcome } from '../model/core-event.ts';
import type {
  FinishedProcess,
  NamedProcess,
  Processes,
  StartedProcess,
} from '../ports/processes.ts';
import { ServiceKeeper } from './service-keeper.ts';

function command(program: string): Command {
  return { program, arguments: [], user: null, group: null };
}

const service: ServiceConfig = {
  name: 'web',
  start: command('/usr/sbin/nginx'),
  stop: null,
  reload: null,
  test: null,
  pidFile: '/run/nginx.pid',
  startTimeout: seconds(10),
  stopTimeout: seconds(5),
  probe: null,
  probeInterval: seconds(1),
  probeTimeout: seconds(1),
  probeRise: 1,
  probeFall: 1,
  restartLimit: 3,
  restartWindow: seconds(60),
  retryInterval: seconds(10),
  stopWithBaton: false,
};

const done: FinishedProcess = { outcome: { type: 'exited', status: 0 }, output: '' };

/**
 * A host on which happens what the test has arranged, at the moments arranged. Its
 * clock jumps from one of these moments, or timers, to the next.
 */
class ArrangedHost implements Processes {
  readonly trace: string[] = [];
  readonly alive = new Set<number>();
  named: NamedProcess | null = null;
  /** What a command comes to, by its program. */
  readonly results = new Map<string, FinishedProcess>();
  /** The end of the start command; without one it never ends. */
  startEnds = new Promise<FinishedProcess>(() => undefined);
  private nowUs = 0;
  private appointments: { readonly dueUs: number; readonly meet: () => void }[] = [];

  readonly keeper = new ServiceKeeper({
    processes: this,
    clock: { now: (): Instant => instant(this.nowUs), wallClockMs: () => 0 },
    timer: { after: (delay, callback) => this.meetAt(this.nowUs + delay, callback) },
    log: { write: (level, text) => this.trace.push(`${level}: ${text}`) },
  });

  at(afterMs: number, meet: () => void): void {
    this.meetAt(afterMs * 1_000, meet);
  }

  /** A daemon's pid file, and the process that it names. */
  appear(processId: number, changes: Partial<NamedProcess> = {}): void {
    this.alive.add(processId);
    this.named = { processId, commandName: 'nginx', youngerThanFile: false, ...changes };
  }

  endStart(afterMs: number, end: FinishedProcess): void {
    this.startEnds = new Promise((resolve) => {
      this.at(afterMs, () => {
        resolve(end);
      });
    });
  }

  get nowMs(): number {
    return this.nowUs / 1_000;
  }

  run({ program }: Command): Promise<FinishedProcess> {
    this.trace.push(`run ${program}`);
    return Promise.resolve(this.results.get(program) ?? done);
  }

  start({ program }: Command): StartedProcess {
    this.trace.push(`start ${program}`);
    return { processId: 77, finished: this.startEnds };
  }

  endRuns(): void {
    this.trace.push('end runs');
  }

  readPidFile(): Promise<NamedProcess | null> {
    const { named } = this;
    return Promise.resolve(named !== null && this.alive.has(named.processId) ? named : null);
  }

  isAlive(processId: number): Promise<boolean> {
    return Promise.resolve(this.alive.has(processId));
  }

  signal(processId: number, signal: string): boolean {
    this.trace.push(`${signal} to ${processId}`);
    if (signal === 'SIGKILL') this.alive.delete(processId);
    return true;
  }

  endGroup(group: number, patience: Duration): Promise<void> {
    this.trace.push(`end group ${group} within ${toMilliseconds(patience)} ms`);
    return Promise.resolve();
  }

  private meetAt(dueUs: number, meet: () => void): () => void {
    const appointment = { dueUs, meet };
    this.appointments.push(appointment);
    setImmediate(() => {
      this.meetNext();
    });
    return () => {
      this.appointments = this.appointments.filter((one) => one !== appointment);
    };
  }

  private meetNext(): void {
    const [next] = this.appointments.toSorted((one, other) => one.dueUs - other.dueUs);
    if (next === undefined) return;
    this.appointments = this.appointments.filter((one) => one !== next);
    this.nowUs = next.dueUs;
    next.meet();
  }
}

function exit(status: number, output = ''): FinishedProcess {
  return { outcome: { type: 'exited', status }, output };
}

describe('a service is found', () => {
  async function find(named: NamedProcess | null, changes: Partial<ServiceConfig> = {}) {
    const host = new ArrangedHost();
    if (named !== null) host.appear(named.processId, named);
    const found = await host.keeper.find({ ...service, ...changes });
    return found.processId;
  }
  const nginx: NamedProcess = { processId: 5, commandName: 'nginx', youngerThanFile: false };

  it('by the process that its pid file names', async () => {
    expect(await find(nginx)).toBe(5);
  });

  it('not where the file names none', async () => {
    expect(await find(null)).toBeNull();
  });

  it('not where another process has the number by now', async () => {
    expect(await find({ ...nginx, commandName: 'cron', youngerThanFile: true })).toBeNull();
  });

  it('under another name than its start command’s, as with a wrapper', async () => {
    expect(await find(nginx, { start: command('/usr/bin/systemctl') })).toBe(5);
  });

  it('by its name, where a clock that was set makes it look younger', async () => {
    expect(await find({ ...nginx, youngerThanFile: true })).toBe(5);
    expect(await find({ ...nginx, youngerThanFile: true }, { start: command('nginx') })).toBe(5);
  });

  it('by the fifteen octets of its name that the kernel keeps', async () => {
    const long = { ...nginx, commandName: 'a-very-long-nam', youngerThanFile: true };
    expect(await find(long, { start: command('/sbin/a-very-long-name') })).toBe(5);
  });
});

describe('a start', () => {
  it('succeeds with the process that the pid file comes to name', async () => {
    const host = new ArrangedHost();
    host.endStart(20, exit(0));
    host.at(23, () => {
      host.appear(5);
    });
    const event = await host.keeper.start(service, null);
    expect(event).toEqual({ type: 'service-started', service: 'web', processId: 5 });
    expect(host.trace).toEqual(['start /usr/sbin/nginx']);
    expect(host.nowMs).toBeLessThanOrEqual(26);
  });

  it('does nothing where the service runs', async () => {
    const host = new ArrangedHost();
    host.appear(5);
    const event = await host.keeper.start(service, null);
    expect(event).toEqual({ type: 'service-started', service: 'web', processId: 5 });
    expect(host.trace).toEqual([]);
  });

  it('first ends what a dead process has left of its group', async () => {
    const host = new ArrangedHost();
    host.at(1, () => {
      host.appear(6);
    });
    await host.keeper.start(service, 5);
    expect(host.trace).toEqual(['end group 5 within 100 ms', 'start /usr/sbin/nginx']);
  });

  it('leaves the group alone where the number is a living process’s', async () => {
    const host = new ArrangedHost();
    host.alive.add(5);
    host.at(1, () => {
      host.appear(6);
    });
    await host.keeper.start(service, 5);
    expect(host.trace).toEqual(['start /usr/sbin/nginx']);
  });

  it.each<[ScriptOutcome, string]>([
    [{ type: 'exited', status: 1 }, 'exit status 1: [emerg] no such directive'],
    [{ type: 'signalled', signal: 'SIGSEGV' }, 'ended by SIGSEGV: [emerg] no such directive'],
  ])('whose command ends with %j fails at once with the reason', async (outcome, reason) => {
    const host = new ArrangedHost();
    host.endStart(30, { outcome, output: '[emerg] no such directive\nsorry\n' });
    const event = await host.keeper.start(service, null);
    expect(event).toEqual({ type: 'service-start-failed', service: 'web', reason });
    expect(host.nowMs).toBeLessThan(50);
  });

  it('succeeds although its command failed, where somebody else has started the service', async () => {
    const host = new ArrangedHost();
    host.startEnds = Promise.resolve(exit(1, 'Address already in use'));
    host.start = () => {
      host.appear(9);
      return { processId: 77, finished: host.startEnds };
    };
    const event = await host.keeper.start(service, null);
    expect(event).toEqual({ type: 'service-started', service: 'web', processId: 9 });
  });

  it('fails where the pid file names nobody in time', async () => {
    const host = new ArrangedHost();
    host.endStart(20, exit(0));
    const event = await host.keeper.start(service, null);
    expect(event).toEqual({
      type: 'service-start-failed',
      service: 'web',
      reason: '/run/nginx.pid names no running process after 10 s',
    });
    expect(host.nowMs).toBeGreaterThanOrEqual(10_000);
  });

  it('takes a command that stays for the service, where there is no pid file in time', async () => {
    const host = new ArrangedHost();
    const event = await host.keeper.start(service, null);
    expect(event).toEqual({ type: 'service-started', service: 'web', processId: 77 });
    expect(host.nowMs).toBeGreaterThanOrEqual(10_000);
  });
});

describe('a stop', () => {
  it('is SIGTERM where no command is configured', async () => {
    const host = new ArrangedHost();
    host.appear(5);
    host.at(40, () => host.alive.delete(5));
    await host.keeper.stop(service, 5);
    expect(host.trace).toEqual(['SIGTERM to 5']);
  });

  it('is the command that is configured', async () => {
    const host = new ArrangedHost();
    host.appear(5);
    host.at(40, () => host.alive.delete(5));
    await host.keeper.stop({ ...service, stop: command('/stop') }, 5);
    expect(host.trace).toEqual(['run /stop']);
  });

  it('is SIGTERM after all where the command fails', async () => {
    const host = new ArrangedHost();
    host.appear(5);
    host.results.set('/stop', exit(3, 'no'));
    host.at(40, () => host.alive.delete(5));
    await host.keeper.stop({ ...service, stop: command('/stop') }, 5);
    expect(host.trace).toEqual([
      'run /stop',
      'error: Command to stop web failed: exit status 3: no',
      'SIGTERM to 5',
    ]);
  });

  it('is by force after its time', async () => {
    const host = new ArrangedHost();
    host.appear(5);
    await host.keeper.stop(service, 5);
    expect(host.nowMs).toBeGreaterThanOrEqual(5_000);
    expect(host.trace).toEqual([
      'SIGTERM to 5',
      'warning: Service web: did not stop within 5 s, killing it',
      'SIGKILL to 5',
      'end group 5 within 100 ms',
    ]);
  });
});

describe('a reload', () => {
  it('is SIGHUP, or the command that is configured', async () => {
    const host = new ArrangedHost();
    await host.keeper.reload(service, 5);
    await host.keeper.reload({ ...service, reload: command('/reload') }, 5);
    expect(host.trace).toEqual(['SIGHUP to 5', 'run /reload']);
  });
});

describe('a test', () => {
  it.each([
    [exit(0, 'fine\n'), true, 'fine'],
    [exit(1, '[emerg] why\nfailed\n'), false, 'exit status 1: [emerg] why'],
  ])('that ends with %j has passed: %s', async (result, passed, detail) => {
    const host = new ArrangedHost();
    host.results.set('/test', result);
    expect(await host.keeper.test('web', command('/test'))).toEqual({
      type: 'service-tested',
      service: 'web',
      passed,
      detail,
    });
  });
});
