/** Asks services whether they answer. */
import { get } from 'node:http';
import { connect } from 'node:net';
import { toMilliseconds, toSeconds, type Duration } from '../base/units.ts';
import type { Probe } from '../model/service-config.ts';
import type { ProbeResult, Probes } from '../ports/probes.ts';
import type { Processes } from '../ports/processes.ts';

export class NodeProbes implements Probes {
  private readonly processes: Processes;

  constructor({ processes }: { readonly processes: Processes }) {
    this.processes = processes;
  }

  async ask(probe: Probe, timeout: Duration): Promise<ProbeResult> {
    try {
      return await this.askOnce(probe, timeout);
    } catch (error) {
      // What can't even be tried: a port or a URL that is none.
      return silence(describe(error as Error));
    }
  }

  private askOnce(probe: Probe, timeout: Duration): Promise<ProbeResult> {
    switch (probe.type) {
      case 'tcp':
        return askTcp(probe, timeout);
      case 'http':
        return askHttp(probe.url, timeout);
      case 'command':
        return this.askCommand(probe, timeout);
    }
  }

  private async askCommand(
    { command }: Probe & { readonly type: 'command' },
    timeout: Duration,
  ): Promise<ProbeResult> {
    const { outcome } = await this.processes.run(command, timeout);
    switch (outcome.type) {
      case 'exited':
        return { answered: outcome.status === 0, detail: `exit status ${outcome.status}` };
      case 'signalled':
        return silence(`ended by ${outcome.signal}`);
      case 'timed-out':
        return silence(noAnswer(timeout));
      case 'not-executable':
        return silence(outcome.reason);
    }
  }
}

/** Answered where a connection comes about. */
function askTcp(
  { host, port }: Probe & { readonly type: 'tcp' },
  timeout: Duration,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(toMilliseconds(timeout));
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve({ answered: true, detail: 'connected' });
    });
    socket.on('error', (error) => {
      resolve(silence(signal.aborted ? noAnswer(timeout) : describe(error)));
    });
  });
}

/**
 * Answered where the status is of the kinds 2xx or 3xx. A new connection each
 * time: one that is kept open would go on answering for a service whose listening
 * socket is gone.
 */
function askHttp(url: string, timeout: Duration): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(toMilliseconds(timeout));
    const headers = { 'User-Agent': 'Baton' };
    const request = get(url, { agent: false, headers, signal }, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve({ answered: status >= 200 && status < 400, detail: `HTTP status ${status}` });
    });
    request.on('error', (error) => {
      resolve(silence(signal.aborted ? noAnswer(timeout) : describe(error)));
    });
  });
}

function silence(detail: string): ProbeResult {
  return { answered: false, detail };
}

function noAnswer(timeout: Duration): string {
  return `no answer within ${toSeconds(timeout)} s`;
}

function describe(error: Error): string {
  // Where every address of a name refuses, the errors come together without a message.
  const { message, errors } = error as AggregateError;
  if (message !== '') return message;
  return (errors as readonly Error[]).map((one) => one.message).join('; ');
}
