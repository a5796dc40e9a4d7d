/**
 * The control socket's server: what `baton status`, `events`, `pass`, `reload`
 * and `stop` talk to.
 *
 * Theory of operation. A unix socket of mode 0600 accepts a bounded number of
 * connections. Each is a `Connection`, which reads requests, asks the
 * `ControlTarget`, and answers; nothing is shared between connections, so a
 * client that sends rubbish, floods, stalls or vanishes harms its own alone.
 * The server decides nothing: it carries questions to the running Baton.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { success, type Result } from '../base/result.ts';
import type { LogSink } from '../ports/log.ts';
import { Connection } from './connection.ts';
import { controlLimits, errorResponse } from './contract.ts';
import type { ControlTarget } from './control-target.ts';
import { encodeLine } from './json-lines.ts';
import { listenPrivately, type ListenFailure } from './private-socket.ts';

export interface ControlServerOptions {
  readonly path: string;
  readonly target: ControlTarget;
  readonly log: LogSink;
}

export interface ControlServer {
  readonly path: string;
  /**
   * Stops listening, removes the socket's file and tells followers that this is
   * the end. A client that asked for the stop stays connected, without keeping
   * the process alive: that its connection closes is how it knows the process
   * has ended.
   */
  close(): void;
}

/** Begins to serve. Fails where another Baton listens at the path or it can't be used. */
export async function startControlServer(
  options: ControlServerOptions,
): Promise<Result<ControlServer, ListenFailure>> {
  const reception = new Reception(options.target, options.log);
  // Half-open: who writes a request and shuts down its side (nc -N) still gets the answer.
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    reception.receive(socket);
  });
  const listening = await listenPrivately(server, options.path);
  if (!listening.ok) return listening;
  server.on('error', (error) => {
    options.log.write('warning', `control socket ${options.path}: ${error.message}`);
  });
  return success({
    path: options.path,
    close() {
      listening.value.remove();
      server.close();
      reception.close();
    },
  });
}

/** Admits connections up to the limit. */
class Reception {
  private readonly target: ControlTarget;
  private readonly log: LogSink;
  private readonly connections = new Set<Connection>();
  private refusals = 0;

  constructor(target: ControlTarget, log: LogSink) {
    this.target = target;
    this.log = log;
  }

  receive(socket: Socket): void {
    if (this.connections.size >= controlLimits.clients) {
      this.refuse(socket);
      return;
    }
    const connection: Connection = new Connection({
      socket,
      target: this.target,
      log: this.log,
      idleMs: controlLimits.idleMs,
      closed: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
    if (this.refusals > 0) this.reportRefusals();
  }

  close(): void {
    for (const connection of this.connections) connection.finish();
  }

  /** The log gets one line when it begins and one with the count when it is over. */
  private refuse(socket: Socket): void {
    this.refusals += 1;
    const message = `${String(controlLimits.clients)} clients are connected already: close one, then ask again`;
    if (this.refusals === 1) this.log.write('warning', `control socket: ${message}`);
    socket.on('error', () => socket.destroy());
    socket.end(encodeLine(errorResponse('busy', message)));
    socket.destroySoon();
  }

  private reportRefusals(): void {
    this.log.write('notice', `control socket: ${String(this.refusals)} clients were refused`);
    this.refusals = 0;
  }
}
