import { describe, expect, it } from 'vitest';
import { instant, seconds, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { MailConfig } from '../model/config.ts';
import type { ServiceConfig } from '../model/service-config.ts';
import type { CoreEvent } from '../model/core-event.ts';
import { emptySnapshot } from '../model/defaults.ts';
import type { Delivery } from '../ports/mail.ts';
import type { FinishedProcess, NamedProcess, Processes } from '../ports/processes.ts';
import { ErrandRunner } from './errand-runner.ts';
import { Journal } from './journal.ts';

const done: FinishedProcess = { outcome: { type: 'exited', status: 0 }, output: '' };

function command(program: string): Command {
  return { program, arguments: [], user: null, group: null };
}

const service: ServiceConfig = {
  name: 'web',
  start: command('nginx'),
  stop: null,
  reload: null,
  test: null,
  pidFile: '/run/nginx.pid',
  startTimeout: seconds(1),
  stopTimeout: seconds(1),
  probe: null,
  probeInterval: seconds(1),
  probeTimeout: seconds(1),
  probeRise: 1,
  probeFall: 1,
  restartLimit: 3,
  restartWindow: seconds(60),
  retryInterval: seconds(10),
  stopWithBaton: true,
};

const mail: MailConfig = {
  recipients: ['operator@example.org'],
  from: 'baton@example.org',
  host: '192.0.2.25',
  port: 25,
  heloName: 'lb1',
  connectTimeout: seconds(30),
  mailOnFault: true,
};

/** An errand runner between ports that do what the test says, and a trace of it all. */
class Scene {
  readonly trace: string[] = [];
  readonly events: CoreEvent[] = [];
  readonly ends = new Map<string, (finished: FinishedProcess) => void>();
  readonly alive = new Set<number>();
  named: NamedProcess | null = null;
  delivery: Promise<Delivery> = Promise.resolve({ type: 'delivered', refused: [] });
  patienceOver: () => void = () => undefined;
  private readonly clock = { now: () => instant(0), wallClockMs: () => 1_234 };
  readonly journal = new Journal(this.clock);

  private readonly processes: Processes = {
    run: ({ program }) => {
      this.trace.push(`run ${program}`);
      return new Promise((resolve) => this.ends.set(program, resolve));
    },
    start: ({ program }) => {
      this.trace.push(`start ${program}`);
      return { processId: 7, finished: Promise.resolve(done) };
    },
    endRuns: () => this.trace.push('end runs'),
    readPidFile: () => Promise.resolve(this.named),
    isAlive: (processId) => Promise.resolve(this.alive.has(processId)),
    signal: (processId, signal) => {
      this.trace.push(`${signal} to ${processId}`);
      return this.alive.delete(processId);
    },
    endGroup: () => Promise.resolve(),
  };

  readonly runner = new ErrandRunner(
    {
      processes: this.processes,
      fifos: {
        open: (fifos) => this.trace.push(`fifos ${fifos.map(({ path }) => path).join(' ')}`),
        write: (line) => this.trace.push(`fifo line ${line}`),
        close: () => {
          this.trace.push('close fifos');
          return Promise.resolve();
        },
      },
      files: {
        watch: (files, report) => {
          for (const { name } of files) report(name, 7);
        },
        close: () => this.trace.push('close files'),
      },
      probes: { ask: () => Promise.resolve({ answered: true, detail: 'connected' }) },
      mailSender: {
        deliver: ({ subject, dateMs }) => {
          this.trace.push(`mail ${subject} of ${dateMs}`);
          return this.delivery;
        },
      },
      log: { write: (level, text) => this.trace.push(`${level}: ${text}`) },
      journal: this.journal,
      clock: this.clock,
      timer: {
        after: (_delay: Duration, callback: () => void) => {
          this.patienceOver = callback;
          return () => undefined;
        },
      },
    },
    {
      report: (event) => this.events.push(event),
      onSnapshot: (id) => this.trace.push(`snapshot ${id}`),
      onSuccession: ({ ok }) => this.trace.push(`succession ${ok}`),
      onFinish: () => this.trace.push('finish'),
    },
  );

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets the process that runs this program end. */
  async end(program: string, finished: FinishedProcess = done): Promise<void> {
    this.ends.get(program)?.(finished);
    await this.settle();
  }
}

describe('a check script', () => {
  it('is run at once, beside others, and its outcome is reported', async () => {
    const scene = new Scene();
    const timeout = seconds(2);
    scene.runner.execute([
      { type: 'run-script', script: 'one', command: command('/one'), timeout },
      { type: 'run-script', script: 'two', command: command('/two'), timeout },
    ]);
    expect(scene.trace).toEqual(['run /one', 'run /two']);
    await scene.end('/two', { outcome: { type: 'exited', status: 1 }, output: 'x' });
    expect(scene.events).toEqual([
      { type: 'script-finished', script: 'two', outcome: { type: 'exited', status: 1 } },
    ]);
  });
});

describe('notify scripts', () => {
  it('run one at a time and in order', async () => {
    const scene = new Scene();
    scene.runner.execute([
      { type: 'run-notify', command: command('/master') },
      { type: 'run-notify', command: command('/backup') },
    ]);
    await scene.settle();
    expect(scene.trace).toEqual(['run /master']);
    await scene.end('/master');
    expect(scene.trace).toEqual(['run /master', 'run /backup']);
  });

  it('wait until an earlier Baton is gone, whose own may still run', async () => {
    const scene = new Scene();
    scene.alive.add(41);
    scene.runner.follow(41);
    scene.runner.execute([{ type: 'run-notify', command: command('/master') }]);
    await scene.settle();
    scene.patienceOver();
    await scene.settle();
    expect(scene.trace).toEqual([]);
    scene.alive.delete(41);
    scene.patienceOver();
    await scene.settle();
    expect(scene.trace).toEqual(['run /master']);
  });

  it('do not wait for ever for one that does not go', async () => {
    const scene = new Scene();
    scene.alive.add(41);
    scene.runner.follow(41);
    scene.runner.execute([{ type: 'run-notify', command: command('/master') }]);
    for (let looks = 0; looks < 500; looks += 1) {
      expect(scene.trace).toEqual([]);
      await scene.settle();
      scene.patienceOver();
    }
    await scene.settle();
    expect(scene.trace).toEqual(['run /master']);
  });

  it('that fail are logged with what they say, and don’t hold up the next', async () => {
    const scene = new Scene();
    scene.runner.execute([
      { type: 'run-notify', command: command('/master') },
      { type: 'run-notify', command: command('/backup') },
    ]);
    await scene.end('/master', { outcome: { type: 'exited', status: 2 }, output: 'no route\n' });
    expect(scene.trace).toEqual([
      'run /master',
      'error: Notify script /master failed: exit status 2: no route',
      'run /backup',
    ]);
  });

  it('wait in a queue that drops its oldest', async () => {
    const scene = new Scene();
    for (let count = 0; count < 258; count += 1) {
      scene.runner.execute([{ type: 'run-notify', command: command(`/${count}`) }]);
    }
    expect(scene.trace).toEqual([
      'run /0',
      'warning: Notify queue is full, oldest script dropped (1 so far)',
    ]);
    await scene.end('/0');
    expect(scene.trace.at(-1)).toBe('run /2');
  });
});

describe('the errands of a service', () => {
  it('are answered by the events that the core waits for', async () => {
    const scene = new Scene();
    scene.named = { processId: 5, commandName: 'nginx', youngerThanFile: false };
    const probe = { type: 'tcp', host: '192.0.2.1', port: 80 } as const;
    scene.runner.execute([
      { type: 'find-service', service },
      { type: 'start-service', service, formerProcessId: null },
      { type: 'test-service', service: 'web', command: command('/test') },
      { type: 'probe-service', service: 'web', probe, timeout: seconds(1) },
    ]);
    await scene.end('/test');
    expect(scene.events).toHaveLength(4);
    expect(scene.events).toEqual(
      expect.arrayContaining<CoreEvent>([
        { type: 'service-found', service: 'web', processId: 5 },
        { type: 'service-started', service: 'web', processId: 5 },
        { type: 'service-tested', service: 'web', passed: true, detail: '' },
        { type: 'service-probed', service: 'web', answered: true, detail: 'connected' },
      ]),
    );
  });

  it('include its stop and its reload, which nobody answers', async () => {
    const scene = new Scene();
    scene.alive.add(5).add(6);
    scene.runner.execute([
      { type: 'stop-service', service, processId: 5 },
      { type: 'reload-service', service, processId: 6 },
    ]);
    await scene.settle();
    expect(scene.trace).toEqual(['SIGTERM to 5', 'SIGHUP to 6']);
    expect(scene.events).toEqual([]);
  });
});

describe('what is told', () => {
  it('goes to the log, the journal, the mail, and whoever asked', () => {
    const scene = new Scene();
    scene.runner.execute([
      { type: 'write-log', level: 'notice', text: '(VI_1) Entering MASTER STATE' },
      {
        type: 'write-journal',
        number: 1,
        entry: { kind: 'config', detail: 'reloaded' },
        because: [],
      },
      { type: 'send-mail', mail, subject: 'now Master', body: '' },
      { type: 'report-snapshot', id: 3, snapshot: emptySnapshot },
      { type: 'finish' },
    ]);
    expect(scene.trace).toEqual([
      'notice: (VI_1) Entering MASTER STATE',
      'mail now Master of 1234',
      'snapshot 3',
      'finish',
    ]);
    expect(scene.journal.lines()).toEqual([
      { sequence: 1, timeMs: 1_234, entry: { kind: 'config', detail: 'reloaded' }, because: [] },
    ]);
  });
});

describe('notify FIFOs and tracked files', () => {
  it('are for their ports', () => {
    const scene = new Scene();
    scene.runner.execute([
      { type: 'open-fifos', fifos: [{ path: '/run/n', user: null, group: null, script: null }] },
      { type: 'write-fifos', line: 'INSTANCE "VI_1" MASTER 100' },
      {
        type: 'watch-files',
        files: [{ name: 'load', path: '/run/load', initialValue: null, overwrite: false }],
      },
    ]);
    expect(scene.trace).toEqual(['fifos /run/n', 'fifo line INSTANCE "VI_1" MASTER 100']);
    expect(scene.events).toEqual([{ type: 'file-read', file: 'load', value: 7 }]);
  });
});

describe('the end', () => {
  it('comes at once where nothing is under way', async () => {
    const scene = new Scene();
    await scene.runner.stop(seconds(1));
    expect(scene.trace).toEqual(['close files', 'close fifos', 'end runs']);
  });

  it('waits for notify scripts and for services that stop', async () => {
    const scene = new Scene();
    scene.alive.add(5);
    scene.runner.execute([
      { type: 'run-notify', command: command('/stop') },
      { type: 'stop-service', service, processId: 5 },
    ]);
    let ended = false;
    const stopped = scene.runner.stop(seconds(1)).then(() => {
      ended = true;
    });
    await scene.settle();
    expect(ended).toBe(false);
    await scene.end('/stop');
    await stopped;
    expect(scene.trace).toEqual([
      'run /stop',
      'SIGTERM to 5',
      'close files',
      'close fifos',
      'end runs',
    ]);
  });

  it('comes without them once the patience is over, and says so', async () => {
    const scene = new Scene();
    scene.delivery = new Promise(() => undefined);
    scene.runner.execute([
      { type: 'run-notify', command: command('/hangs') },
      { type: 'run-notify', command: command('/waits') },
      { type: 'send-mail', mail, subject: 'stopping', body: '' },
    ]);
    const stopped = scene.runner.stop(seconds(1));
    scene.patienceOver();
    await stopped;
    expect(scene.trace.slice(-2)).toEqual([
      'warning: Left unfinished (notify scripts: 2, mail: 1)',
      'end runs',
    ]);
  });
});
