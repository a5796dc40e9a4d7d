/**
 * Watches which host has the virtual address in its kernel, from outside the
 * daemons: `ip monitor` on each host. A frozen daemon's kernel counts too.
 */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { assert } from '../base/assert.ts';
import { outsideAddress, virtualAddress, vrrpInterface } from './article-configuration.ts';
import type { Holding, HoldingSummary } from './holding.ts';
import { summarizeHoldings } from './holding.ts';
import type { Machine } from './machine.ts';
import { monotonicMs } from './monotonic.ts';
import type { HostName } from './pair.ts';
import { hostNames } from './pair.ts';
import { untilReady } from './waiting.ts';

/** One line of `ip -oneline monitor address`; null where it tells of something else. */
export function parseAddressLine(
  line: string,
): { readonly address: string; readonly present: boolean } | null {
  const match = /^(Deleted )?\d+: \S+ +inet (\d+(?:\.\d+){3})\//.exec(line);
  const address = match?.[2];
  return address === undefined ? null : { address, present: match?.[1] === undefined };
}

export type AddressListener = (change: {
  readonly atMs: number;
  readonly host: HostName;
  readonly present: boolean;
}) => void;

export class AddressWatch {
  readonly #onChange: AddressListener;
  readonly #past: Holding[] = [];
  /** Since when the host has had the address. */
  readonly #present = new Map<HostName, number>();
  /** Hosts whose own address has been reported: the watch on them is known to work. */
  readonly #confirmed = new Set<HostName>();

  constructor(onChange: AddressListener) {
    this.#onChange = onChange;
  }

  /** Returns once changes on every host are known to be seen. */
  async begin(machines: Readonly<Record<HostName, Machine>>): Promise<void> {
    await Promise.all(hostNames.map((host) => this.#watch(host, machines[host])));
  }

  holders(): readonly HostName[] {
    return [...this.#present.keys()];
  }

  summarize(window: { readonly fromMs: number; readonly untilMs: number }): HoldingSummary {
    const current = [...this.#present].map(([host, fromMs]) => ({ host, fromMs, untilMs: null }));
    return summarizeHoldings([...this.#past, ...current], window);
  }

  async #watch(host: HostName, machine: Machine): Promise<void> {
    const monitor: ChildProcess = machine.start(
      'ip',
      ['-oneline', '-family', 'inet', 'monitor', 'address'],
      ['ignore', 'pipe', 'inherit'],
    );
    assert(monitor.stdout !== null, 'its stdout is a pipe');
    createInterface({ input: monitor.stdout }).on('line', (line) => {
      this.#read(host, line);
    });
    // It does not say when it has begun to listen: repeat an address until it tells of it.
    await untilReady(`ip monitor on host ${host}`, async () => {
      const own = `${outsideAddress[host]}/27`;
      await machine.run('ip', ['address', 'replace', own, 'brd', '+', 'dev', vrrpInterface]);
      return this.#confirmed.has(host);
    });
  }

  #read(host: HostName, line: string): void {
    const change = parseAddressLine(line);
    if (change?.address === outsideAddress[host]) this.#confirmed.add(host);
    if (change?.address !== virtualAddress) return;
    const atMs = monotonicMs();
    const sinceMs = this.#present.get(host);
    // Each renewal of the address's lifetime is reported as well.
    if (change.present === (sinceMs !== undefined)) return;
    if (sinceMs === undefined) {
      this.#present.set(host, atMs);
    } else {
      this.#present.delete(host);
      this.#past.push({ host, fromMs: sinceMs, untilMs: atMs });
    }
    this.#onChange({ atMs, host, present: change.present });
  }
}
