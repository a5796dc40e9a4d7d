/**
 * The client of the lab, in a process and a network namespace of its own: asks
 * the virtual address over HTTP (a new connection each time) and over UDP every
 * millisecond or so, and measures how long it goes without an answer.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { AwakeClock } from './awake-clock.ts';
import type { ClientMessage, ClientOptions } from './client-messages.ts';
import { monotonicMs } from './monotonic.ts';
import { hostHeader } from './nginx-configuration.ts';
import { ProbeTally } from './probe-tally.ts';

const silenceAfterMs = 50;
const expiryIntervalMs = 10;
const answerLimitOctets = 4_096;
/** The client looks at its clock every millisecond, if it may run. */
const stallLimitMs = 20;

const options = JSON.parse(process.argv[2] ?? '') as ClientOptions;
const tallyOptions = { timeoutMs: options.timeoutMs, inFlightLimit: 2 * options.timeoutMs };
const clock = new AwakeClock({ nowMs: monotonicMs(), stallLimitMs });
const http = new ProbeTally<Socket>(tallyOptions, awakeMs());
const udp = new ProbeTally<null>(tallyOptions, awakeMs());
const udpSocket = createSocket('udp4');

/** Who gave the last good HTTP answer; null while there is silence. */
let answering: string | null = null;
let lastAnswerAtMs = awakeMs();
let reportedStallMs = 0;

/** All that is measured is time in which this process could run. */
function awakeMs(): number {
  return clock.read(monotonicMs());
}

function tell(message: ClientMessage): void {
  process.send?.(message);
}

/** HTTP/1.0, so that the server ends the connection, and with it the answer. */
const request = `GET / HTTP/1.0\r\nHost: ${options.address}\r\n\r\n`;
const goodAnswer = new RegExp(`^HTTP/1\\.[01] 200 .*^${hostHeader}: (\\S+)\r$`, 'ims');

function askByHttp(number: number): Socket {
  const socket = connect({ host: options.address, port: options.httpPort, noDelay: true });
  let answer = '';
  socket.setEncoding('latin1');
  socket.on('connect', () => socket.write(request));
  socket.on('data', (text: string) => {
    if (answer.length < answerLimitOctets) answer += text;
  });
  socket.on('end', () => {
    judgeAnswer(number, answer);
  });
  socket.on('error', () => {
    http.failed(number);
  });
  socket.on('close', () => {
    http.failed(number);
  });
  return socket;
}

function judgeAnswer(number: number, answer: string): void {
  const host = goodAnswer.exec(answer)?.[1];
  if (host === undefined) {
    http.failed(number);
    return;
  }
  const nowMs = awakeMs();
  const gapMs = http.answered(number, host, nowMs);
  if (gapMs === null) return;
  lastAnswerAtMs = nowMs;
  if (host === answering) return;
  answering = host;
  tell({ type: 'answering', atMs: monotonicMs(), host, gapMs });
}

function askByUdp(number: number): null {
  // A refusal by the network shows as an error of this send: the request will expire.
  udpSocket.send(String(number), options.udpPort, options.address, () => undefined);
  return null;
}

udpSocket.on('message', (message) => {
  const [number, host] = message.toString('latin1').split(' ');
  if (host !== undefined) udp.answered(Number(number), host, awakeMs());
});

/** The answer comes from the host's own address, not from the one asked: so not connected. */
udpSocket.bind(0);

setInterval(() => {
  const nowMs = awakeMs();
  if (!http.full) http.begin(nowMs, askByHttp);
  if (!udp.full) udp.begin(nowMs, askByUdp);
}, options.intervalMs);

function expire(nowMs: number): void {
  for (const socket of http.expire(nowMs)) socket.destroy();
  udp.expire(nowMs);
  if (answering === null || nowMs - lastAnswerAtMs < silenceAfterMs) return;
  answering = null;
  tell({ type: 'silent', atMs: monotonicMs() });
}

setInterval(() => {
  const nowMs = awakeMs();
  // What has come in by now is to be read before it is judged to be late.
  setImmediate(expire, nowMs);
}, expiryIntervalMs);

// There is one message that can come: TurnWindow.
process.on('message', () => {
  const nowMs = awakeMs();
  const { user, system } = process.cpuUsage();
  tell({
    type: 'window',
    http: http.turnWindow(nowMs),
    udp: udp.turnWindow(nowMs),
    stalledMs: clock.stalledMs - reportedStallMs,
    cpuMs: (user + system) / 1_000,
  });
  reportedStallMs = clock.stalledMs;
});

process.on('disconnect', () => process.exit(0));
