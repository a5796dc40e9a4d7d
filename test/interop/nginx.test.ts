/** The service's errands with a real nginx, which daemonises and leaves workers behind. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../src/base/units.ts';
import type { CoreEvent } from '../../src/model/core-event.ts';
import type { Command } from '../../src/model/command.ts';
import type { ServiceConfig } from '../../src/model/service-config.ts';
import { NodeProcesses } from '../../src/system/processes.ts';
import { Errands } from './errands.ts';

const whyNot =
  spawnSync('nginx', ['-v']).error === undefined ? null : 'nginx is not installed here';

const processes = new NodeProcesses({ log: { write: () => undefined } });
let folder: string;
let service: ServiceConfig;
let errands: Errands;
let port: number;

beforeEach(async (context) => {
  context.skip(whyNot !== null, whyNot ?? '');
  folder = mkdtempSync(join(tmpdir(), 'baton-nginx-'));
  port = await freePort();
  configure(`return 200 "up\\n";`);
  service = serviceConfig();
  errands = new Errands();
});

afterEach(async () => {
  if (whyNot !== null) return;
  const master = masterId();
  if (master !== null) await stopForGood(master);
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

function configure(directive: string): void {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/nginx.pid; error_log ${folder}/error.log; worker_processes 2;
     events { worker_connections 64; }
     http { access_log off; ${temporary}
       server { listen 127.0.0.1:${port}; location / { ${directive} } } }`,
  );
}

function nginx(...args: string[]): Command {
  const where = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
  return { program: 'nginx', arguments: [...where, ...args], user: null, group: null };
}

function serviceConfig(): ServiceConfig {
  return {
    name: 'web',
    start: nginx(),
    stop: nginx('-s', 'quit'),
    reload: nginx('-s', 'reload'),
    test: nginx('-t'),
    pidFile: join(folder, 'nginx.pid'),
    startTimeout: seconds(10),
    stopTimeout: seconds(10),
    probe: { type: 'http', url: `http://127.0.0.1:${port}/` },
    probeInterval: seconds(1),
    probeTimeout: seconds(1),
    probeRise: 1,
    probeFall: 1,
    restartLimit: 3,
    restartWindow: seconds(60),
    retryInterval: seconds(10),
    stopWithBaton: false,
  };
}

function masterId(): number | null {
  const path = join(folder, 'nginx.pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : null;
}

async function stopForGood(master: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    spawnSync('kill', ['-s', signal, '--', `-${master}`]);
    await pause(50);
  }
}

async function start(formerProcessId: number | null): Promise<number> {
  const event = await errands.ask({ type: 'start-service', service, formerProcessId });
  expect(event.type).toBe('service-started');
  return event.type === 'service-started' ? event.processId : 0;
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.destroy();
      resolve(response.statusCode === 200);
    }).on('error', () => {
      resolve(false);
    });
  });
}

async function untilItAnswers(): Promise<void> {
  while (!(await answers())) await pause(1);
}

/** Returns once it is dead, as the core learns it from its pidfd. */
async function killMaster(processId: number): Promise<void> {
  process.kill(processId, 'SIGKILL');
  while (await processes.isAlive(processId)) await pause(1);
}

/** The living processes of a group besides its leader. */
async function workersOf(master: number): Promise<readonly number[]> {
  const listed = spawnSync('pgrep', ['-g', String(master)], { encoding: 'utf8' });
  const ids = listed.stdout.split('\n').filter((id) => id !== '' && id !== String(master));
  const alive = await Promise.all(ids.map((id) => processes.isAlive(Number(id))));
  return ids.map(Number).filter((_id, index) => alive[index] === true);
}

/** The answer's words, where it has some. */
function wordsOf(event: CoreEvent): string {
  if (event.type === 'service-start-failed') return event.reason;
  return event.type === 'service-tested' ? event.detail : '';
}

describe('nginx', () => {
  it('is started, found, probed, reloaded and stopped', async () => {
    const found = { type: 'find-service', service } as const;
    expect(await errands.ask(found)).toMatchObject({ processId: null });
    const processId = await start(null);
    expect(processId).toBe(masterId());
    expect(await errands.ask(found)).toMatchObject({ processId });
    const { probe } = service;
    if (probe === null) return;
    const probed = { type: 'probe-service', service: 'web', probe, timeout: seconds(5) } as const;
    expect(await errands.ask(probed)).toMatchObject({
      answered: true,
      detail: 'HTTP status 200',
    });
    configure('return 503;');
    errands.runner.execute([{ type: 'reload-service', service, processId }]);
    while (await answers()) await pause(5);
    expect(await errands.ask(probed)).toMatchObject({ answered: false });
    errands.runner.execute([{ type: 'stop-service', service, processId }]);
    await errands.runner.stop(seconds(10));
    expect(errands.logged).toEqual([]);
    expect(await errands.ask(found)).toMatchObject({ processId: null });
  });

  it('that runs already is not started a second time', async () => {
    const processId = await start(null);
    expect(await start(null)).toBe(processId);
  });

  it('is not found by a stale pid file whose number another process has', async () => {
    const path = join(folder, 'nginx.pid');
    writeFileSync(path, `${process.pid}\n`);
    execFileSync('touch', ['-d', '1 day ago', path]);
    expect(await errands.ask({ type: 'find-service', service })).toMatchObject({
      processId: null,
    });
    expect(await start(null)).not.toBe(process.pid);
  });

  it('answers again at once after its master was killed', async () => {
    let processId = await start(null);
    const took: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await untilItAnswers();
      await killMaster(processId);
      expect(await workersOf(processId)).not.toEqual([]);
      const begun = performance.now();
      processId = await start(processId);
      await untilItAnswers();
      took.push(performance.now() - begun);
    }
    const median = took.toSorted((one, other) => one - other)[2] ?? Infinity;
    console.log(
      `nginx answers ${median.toFixed(1)} ms after its restart was asked for (median of 5)`,
    );
    expect(median).toBeLessThan(1_000);
  });

  it('leaves no worker of its former master behind', async () => {
    const former = await start(null);
    await untilItAnswers();
    await killMaster(former);
    const processId = await start(former);
    expect(processId).not.toBe(former);
    expect(await workersOf(former)).toEqual([]);
  });

  it('with a broken configuration says why it does not start', async () => {
    configure('no_such_directive on;');
    const started = await errands.ask({ type: 'start-service', service, formerProcessId: null });
    expect(started.type).toBe('service-start-failed');
    expect(wordsOf(started)).toMatch(/^exit status 1: .*unknown directive "no_such_directive"/);
    const tested = await errands.ask({
      type: 'test-service',
      service: 'web',
      command: nginx('-t'),
    });
    expect(tested).toMatchObject({ type: 'service-tested', passed: false });
    expect(wordsOf(tested)).toContain('unknown directive "no_such_directive"');
  });

  it('with a sound configuration passes its test', async () => {
    const tested = await errands.ask({
      type: 'test-service',
      service: 'web',
      command: nginx('-t'),
    });
    expect(tested).toMatchObject({ type: 'service-tested', passed: true });
    expect(wordsOf(tested)).toContain('test is successful');
  });

  it('whose address is taken says so', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const event = await errands.ask({ type: 'start-service', service, formerProcessId: null });
    other.close();
    expect(event.type).toBe('service-start-failed');
    expect(wordsOf(event)).toContain('Address already in use');
  });

  it('in the foreground is a service too', async () => {
    service = { ...service, start: nginx('-g', 'daemon off;') };
    const processId = await start(null);
    expect(processId).toBe(masterId());
    await untilItAnswers();
  });
});
