/**
 * Stands in for nginx where Debian's package can't be had. It keeps nginx's
 * manners as far as a daemon that watches it can tell: its name in the process
 * table, its pid file, `-t`, `-s`, its signals, a start that returns once it
 * listens, and a refusal to start with a configuration that it does not know.
 * It understands the lab's two configurations and nothing else.
 */
import { fork } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { nginxPidPath } from './article-configuration.ts';
import { nginxConfigurationPath } from './nginx-configuration.ts';

const daemonArgument = '--daemon';

const knownDirectives = new Set(
  (
    'user worker_processes pid error_log events worker_connections http access_log ' +
    'client_body_temp_path proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path ' +
    'upstream server keepalive listen add_header location proxy_pass proxy_http_version ' +
    'proxy_set_header return'
  ).split(' '),
);

interface Site {
  readonly headerName: string | null;
  readonly backEnds: readonly string[];
  readonly text: string;
}

/** The site, or nginx's complaint about the first directive that is not known. */
function readSite(text: string): Site | string {
  for (const [index, line] of text.split('\n').entries()) {
    const directive = /^\s*([a-z_]+)/.exec(line)?.[1];
    if (directive !== undefined && !knownDirectives.has(directive)) {
      const place = `${nginxConfigurationPath}:${String(index + 1)}`;
      return `nginx: [emerg] unknown directive "${directive}" in ${place}`;
    }
  }
  return {
    headerName: /add_header (\S+)/.exec(text)?.[1] ?? null,
    backEnds: [...text.matchAll(/^\s*server (\S+):80;/gm)].flatMap(([, address]) => address ?? []),
    text: /return 200 "(.*)"/.exec(text)?.[1] ?? '',
  };
}

function readSiteOrExit(): Site {
  const site = readSite(readFileSync(nginxConfigurationPath, 'utf8'));
  if (typeof site !== 'string') return site;
  process.stderr.write(`${site}\n`);
  process.exit(1);
}

function serve(): void {
  let site = readSiteOrExit();
  let turn = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    if (site.headerName !== null) response.setHeader(site.headerName, hostname());
    const backEnd = site.backEnds[turn++ % Math.max(1, site.backEnds.length)];
    if (backEnd === undefined) {
      response.end(site.text);
      return;
    }
    const passed = request({ host: backEnd, path: incoming.url ?? '/', agent }, (result) => {
      response.writeHead(result.statusCode ?? 502);
      result.pipe(response);
    });
    passed.on('error', () => response.writeHead(502).end());
    passed.end();
  };
  const server = createServer(answer);
  server.listen(80, () => {
    writeFileSync(nginxPidPath, `${String(process.pid)}\n`);
    process.send?.('', () => {
      process.disconnect();
    });
  });
  server.on('error', (error) => {
    process.send?.(`nginx: [emerg] ${error.message}\n`, () => process.exit(1));
  });
  process.on('SIGHUP', () => {
    const changed = readSite(readFileSync(nginxConfigurationPath, 'utf8'));
    if (typeof changed !== 'string') site = changed;
  });
  const leave = (): void => {
    rmSync(nginxPidPath, { force: true });
    process.exit(0);
  };
  process.on('SIGTERM', leave).on('SIGINT', leave).on('SIGQUIT', leave);
}

/** Returns to whoever started it once the daemon listens, or has complained. */
function startDaemon(): void {
  readSiteOrExit();
  const daemon = fork(fileURLToPath(import.meta.url), [daemonArgument], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  daemon.on('message', (complaint: string) => {
    process.stderr.write(complaint);
    process.exit(complaint === '' ? 0 : 1);
  });
  daemon.on('exit', (status) => process.exit(status ?? 1));
}

function signalDaemon(name: string | undefined): void {
  const signals = { reload: 'SIGHUP', quit: 'SIGQUIT', stop: 'SIGTERM' } as const;
  const signal = signals[name as keyof typeof signals];
  process.kill(Number(readFileSync(nginxPidPath, 'utf8')), signal);
}

process.title = 'nginx';
if (process.argv.includes(daemonArgument)) serve();
else if (process.argv.includes('-t')) readSiteOrExit();
else if (process.argv.includes('-s')) signalDaemon(process.argv[process.argv.indexOf('-s') + 1]);
else startDaemon();
