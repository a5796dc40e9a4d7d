/** The other end of the control socket: one connection a request. */
import { createConnection, type Socket } from 'node:net';
import { failure, success, type Result } from '../base/result.ts';
import type { JournalLine } from '../ports/journal.ts';
import {
  controlLimits,
  parseResponse,
  protocolVersion,
  type EndReason,
  type ErrorResponse,
  type Identity,
  type PassOutcome,
  type ReloadOutcome,
  type Request,
  type RequestLine,
  type Response,
  type StatusResponse,
  type SucceedRequest,
  type SuccessionOutcome,
  type UpgradeOutcome,
} from './contract.ts';
import { describeConnectError, describeSilence, type ControlFailure } from './control-failure.ts';
import { encodeLine, LineSplitter } from './json-lines.ts';

/** How long an answer may take, in milliseconds. */
const patienceMs = {
  /** The core answers within a millisecond or so. */
  status: 5_000,
  events: 5_000,
  pass: 5_000,
  /** Files are read, and services' own configurations may be tested. */
  reload: 60_000,
  /** The new process starts, and checks its configuration. */
  upgrade: 90_000,
  succeed: 5_000,
  /** Notify scripts run to their end and services may be stopped. */
  stop: 60_000,
} as const;

interface EventsQuery {
  /** Only events with a greater sequence number; null: all that are kept. */
  readonly after: number | null;
  readonly follow: boolean;
  /** Ends the conversation when it is aborted. */
  readonly until: AbortSignal;
}

export interface ControlClient {
  status(): Promise<Result<StatusResponse, ControlFailure>>;
  /**
   * Hands each event to `take`, and reads on when it has settled. The value says
   * why there are no more; `interrupted` is the caller's own signal.
   */
  events(
    query: EventsQuery,
    take: (line: JournalLine) => Promise<void>,
  ): Promise<Result<EndReason | 'interrupted', ControlFailure>>;
  pass(instance: string | null): Promise<Result<PassOutcome, ControlFailure>>;
  reload(service: string | null): Promise<Result<ReloadOutcome, ControlFailure>>;
  upgrade(): Promise<Result<UpgradeOutcome, ControlFailure>>;
  /** Takes the place of the Baton that answers, which ends. */
  succeed(
    request: Omit<SucceedRequest, 'request'>,
  ): Promise<Result<SuccessionOutcome, ControlFailure>>;
  /** Settles when the process has ended, not when it begins to. */
  stop(): Promise<Result<Identity, ControlFailure>>;
}

/** A client of the Baton that listens at `path`. It connects anew for each request. */
export function controlClient(path: string): ControlClient {
  return {
    async status() {
      return converse(path, { request: 'status' }, async (conversation) => {
        const response = await conversation.next(patienceMs.status);
        return response.ok ? expectType(path, response.value, 'status') : response;
      });
    },

    async events(query, take) {
      const { after, follow, until } = query;
      const request: Request = { request: 'events', after, follow };
      return converse<EndReason | 'interrupted'>(path, request, async (conversation) => {
        const interrupt = (): void => {
          conversation.close();
        };
        until.addEventListener('abort', interrupt);
        if (until.aborted) interrupt();
        const outcome = await takeEvents(path, conversation, { take, follow });
        until.removeEventListener('abort', interrupt);
        return until.aborted ? success('interrupted') : outcome;
      });
    },

    async pass(instance) {
      return converse(path, { request: 'pass', instance }, async (conversation) => {
        const response = await conversation.next(patienceMs.pass);
        if (!response.ok) return response;
        const answer = expectType(path, response.value, 'pass');
        return answer.ok ? success(answer.value.outcome) : answer;
      });
    },

    async reload(service) {
      return converse(path, { request: 'reload', service }, async (conversation) => {
        const response = await conversation.next(patienceMs.reload);
        if (!response.ok) return response;
        const answer = expectType(path, response.value, 'reload');
        return answer.ok ? success(answer.value.outcome) : answer;
      });
    },

    async upgrade() {
      return converse(path, { request: 'upgrade' }, async (conversation) => {
        const response = await conversation.next(patienceMs.upgrade);
        if (!response.ok) return response;
        const answer = expectType(path, response.value, 'upgrade');
        return answer.ok ? success(answer.value.outcome) : answer;
      });
    },

    async succeed(request) {
      return converse(path, { request: 'succeed', ...request }, async (conversation) => {
        const response = await conversation.next(patienceMs.succeed);
        if (!response.ok) return response;
        const answer = expectType(path, response.value, 'succession');
        return answer.ok ? success(answer.value.outcome) : answer;
      });
    },

    async stop() {
      return converse(path, { request: 'stop' }, async (conversation) => {
        const response = await conversation.next(patienceMs.status);
        if (!response.ok) return response;
        const answer = expectType(path, response.value, 'stopping');
        if (!answer.ok) return answer;
        // Its end closes the connection, which is the answer that is waited for.
        const ended = await conversation.next(patienceMs.stop);
        if (!ended.ok && ended.error.code === 'no-answer') return ended;
        return success(answer.value.identity);
      });
    },
  };
}

async function takeEvents(
  path: string,
  conversation: Conversation,
  options: { readonly take: (line: JournalLine) => Promise<void>; readonly follow: boolean },
): Promise<Result<EndReason, ControlFailure>> {
  for (;;) {
    const response = await conversation.next(options.follow ? null : patienceMs.events);
    if (!response.ok) return response;
    if (response.value.type === 'end') return success(response.value.reason);
    const event = expectType(path, response.value, 'event');
    if (!event.ok) return event;
    await options.take(event.value.line);
  }
}

/** Connects, asks, lets `read` read the answer, and closes however that ends. */
async function converse<Value>(
  path: string,
  request: Request,
  read: (conversation: Conversation) => Promise<Result<Value, ControlFailure>>,
): Promise<Result<Value, ControlFailure>> {
  const connected = await connect(path);
  if (!connected.ok) return connected;
  const conversation = new Conversation(path, connected.value);
  try {
    const line: RequestLine = { ...request, protocol: protocolVersion };
    connected.value.write(encodeLine(line));
    return await read(conversation);
  } finally {
    conversation.close();
  }
}

async function connect(path: string): Promise<Result<Socket, ControlFailure>> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const refused = (error: NodeJS.ErrnoException): void => {
      resolve(failure(describeConnectError(path, error)));
    };
    socket.once('error', refused);
    socket.once('connect', () => {
      socket.off('error', refused);
      resolve(success(socket));
    });
  });
}

/** Responses off one connection, one at a time. The socket is read only while one is waited for. */
class Conversation {
  private readonly path: string;
  private readonly socket: Socket;
  private readonly splitter = new LineSplitter(controlLimits.responseOctets);
  private readonly arrived: Result<Response, ControlFailure>[] = [];
  private wake: () => void = () => undefined;

  constructor(path: string, socket: Socket) {
    this.path = path;
    this.socket = socket;
    socket.pause();
    socket.on('data', (chunk: Buffer) => {
      this.receive(chunk);
    });
    // What went wrong is told by 'close', which follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.arrive(failure(this.lost('the connection was closed before the answer was complete')));
    });
  }

  /** The next response; fails when none comes in time (null: no limit) or the connection ends. */
  async next(patience: number | null): Promise<Result<Response, ControlFailure>> {
    const waiting = this.arrived.shift();
    if (waiting !== undefined) return waiting;
    if (this.socket.closed) return failure(this.lost('the connection is closed'));
    const timer =
      patience === null
        ? undefined
        : setTimeout(() => {
            this.arrive(failure(describeSilence(this.path, patience)));
          }, patience);
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      this.socket.resume();
    });
    clearTimeout(timer);
    return this.arrived.shift() ?? failure(this.lost('the connection was closed'));
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Uint8Array): void {
    const lines = this.splitter.push(chunk);
    if (!lines.ok) {
      this.arrive(failure(this.lost('the answer is too long')));
      return;
    }
    for (const line of lines.value) {
      const response = parseResponse(line);
      this.arrive(
        response === null
          ? failure(this.lost('what answers there is not Baton, or of another version'))
          : success(response),
      );
    }
  }

  private arrive(response: Result<Response, ControlFailure>): void {
    this.socket.pause();
    this.arrived.push(response);
    this.wake();
  }

  private lost(reason: string): ControlFailure {
    return { code: 'connection-lost', message: `control socket ${this.path}: ${reason}` };
  }
}

function expectType<Type extends Response['type']>(
  path: string,
  response: Response,
  type: Type,
): Result<Extract<Response, { readonly type: Type }>, ControlFailure> {
  if (isOfType(response, type)) return success(response);
  const message =
    response.type === 'error'
      ? describeError(response)
      : `it answered ${response.type} where ${type} was expected`;
  return failure({ code: 'refused', message: `control socket ${path}: ${message}` });
}

function isOfType<Type extends Response['type']>(
  response: Response,
  type: Type,
): response is Extract<Response, { readonly type: Type }> {
  return response.type === type;
}

function describeError(response: ErrorResponse): string {
  return `${response.message} (${response.code})`;
}
