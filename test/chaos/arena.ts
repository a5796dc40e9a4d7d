/**
 * One case, in namespaces of its own: the network, the two routers, the observer; then act by
 * act, and what the wire has shown of each. It is told what to play by its argument and tells
 * what happened as one line of JSON.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { seededRandom } from '../../src/base/random.ts';
import { MonotonicClock } from '../../src/linux/monotonic-clock.ts';
import { whyNot } from '../kernel/namespace.ts';
import type { ActReport, CaseOrder, CaseReport } from './case-report.ts';
import type { Act, Deed, Holder } from './faults.ts';
import { faults } from './faults.ts';
import type { FloodOptions } from './flood.ts';
import type { Stretch } from './holdings.ts';
import { holdingsOf } from './holdings.ts';
import { judge } from './judgement.ts';
import type { Mode } from './modes.ts';
import { masterDownMs, modes } from './modes.ts';
import { Network } from './network.ts';
import type { Row } from './observation-log.ts';
import { ObservationLog, shareLog } from './observation-log.ts';
import type { ObserverOptions } from './observer.ts';
import { Router } from './router.ts';
import type { RouterLetter } from './stations.ts';
import { routerLetters } from './stations.ts';

export interface ArenaOptions {
  readonly order: CaseOrder;
  /** The program to run: dist/main.js. */
  readonly baton: string;
  /** A file that is to hold all rows; null: none. */
  readonly trace: string | null;
}

const filesAt = '/run/chaos';
const logCapacity = 1 << 21;
const floodRate = 100_000;
/** What is to come about sooner or later has this long, on any machine. */
const patienceMs = 20_000;

const clock = new MonotonicClock();

class Arena {
  readonly network = new Network();
  readonly #mode: Mode;
  readonly #routers: Readonly<Record<RouterLetter, Router>>;
  readonly #shared = shareLog(logCapacity);
  readonly #log = new ObservationLog(this.#shared);
  readonly #notes: string[] = [];
  #flood: Flood | null = null;

  constructor({ fault, mode: modeName }: CaseOrder, baton: string) {
    const mode = modes[modeName];
    this.#mode = mode;
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=755,size=1m', 'tmpfs', '/run']);
    mkdirSync(filesAt);
    const guarded = faults[fault].guarded ?? true;
    const records = fault === 'disk-full';
    const router = (letter: RouterLetter): Router => {
      const host = this.network.routers[letter];
      return new Router({ letter, host, mode, records, guarded }, { directory: filesAt, baton });
    };
    this.#routers = { A: router('A'), B: router('B') };
  }

  get logs(): string {
    return routerLetters.map((letter) => `${letter}:\n${this.#routers[letter].log}`).join('\n');
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  get log(): ObservationLog {
    return this.#log;
  }

  /** Starts the observer and both routers, and waits until the better one holds the address. */
  async begin(): Promise<void> {
    const options: ObserverOptions = {
      network: this.network.client.path,
      interfaceIndex: this.network.interfaceIndex(this.network.client),
      family: this.#mode.family,
      log: this.#shared,
    };
    new Worker(new URL('./observer.js', import.meta.url), { workerData: options });
    while (!this.#log.begun) await sleep(5);
    await Promise.all(routerLetters.map((letter) => this.#routers[letter].start()));
    if (!(await this.#settles('A', 0))) throw new Error('A did not become the holder');
  }

  /** Does what the act says and waits until its holder is the only one; the time it took. */
  async play(act: Act): Promise<Stretch & { readonly settled: boolean }> {
    const fromUs = clock.now();
    for (const deed of act.deeds) await this.#perform(deed);
    const leftMs = act.lastsMs - (clock.now() - fromUs) / 1_000;
    await sleep(Math.max(leftMs, 0));
    const settled = await this.#settles(act.holder, masterDownMs(this.#mode));
    return { fromUs, untilUs: clock.now(), settled };
  }

  async end(): Promise<void> {
    this.#log.stop();
    await this.#flood?.end();
  }

  /** Whether nobody but this holder has answered for a while, within the time it may take. */
  async #settles(holder: Holder, forMs: number): Promise<boolean> {
    const quietMs = Math.max(150, 2 * this.#mode.intervalMs, forMs / 2);
    const deadlineUs = clock.now() + (patienceMs + 3 * masterDownMs(this.#mode)) * 1_000;
    for (;;) {
      if (holder === 'either') return true;
      const seen = this.#holdersSince(clock.now() - quietMs * 1_000);
      if (seen === holder) return true;
      if (clock.now() > deadlineUs) return false;
      await sleep(20);
    }
  }

  /** Who has answered since then, if somebody answered both at first and in the end. */
  #holdersSince(sinceUs: number): Holder | null {
    const rows = [];
    for (let index = this.#log.count - 1; index >= 0; index -= 1) {
      const row = this.#log.row(index);
      if (row.atUs < sinceUs) break;
      rows.push(row);
    }
    const { runs } = holdingsOf(rows.toReversed(), 10);
    const nowUs = clock.now();
    const lasting = (letter: RouterLetter): boolean =>
      runs[letter].some(
        ({ fromUs, untilUs }) => fromUs - sinceUs < 50_000 && nowUs - untilUs < 50_000,
      );
    const [a, b] = [runs.A.length > 0, runs.B.length > 0];
    if (a && b) return lasting('A') && lasting('B') ? 'both' : null;
    return a && lasting('A') ? 'A' : b && lasting('B') ? 'B' : null;
  }

  async #perform(deed: Deed): Promise<void> {
    const { network } = this;
    switch (deed.type) {
      case 'kill':
        this.#routers[deed.router].signal('SIGKILL');
        return this.#routers[deed.router].ended();
      case 'freeze':
        this.#routers[deed.router].signal('SIGSTOP');
        return;
      case 'wake':
        this.#routers[deed.router].signal('SIGCONT');
        return;
      case 'restart':
        return this.#routers[deed.router].start();
      case 'flush-filters':
        this.#routers[deed.router].flushFilters();
        return;
      case 'delete-address':
        this.#routers[deed.router].deleteAddress();
        return;
      case 'interface-down':
        network.setInterface(deed.router, 'down');
        return;
      case 'interface-up':
        network.setInterface(deed.router, 'up');
        return;
      case 'delete-interface':
        network.deleteInterface(deed.router);
        return;
      case 'lay-cable':
        network.layCable(deed.router);
        return;
      case 'cable-down':
        network.setCable(deed.router, 'down');
        return;
      case 'cable-up':
        network.setCable(deed.router, 'up');
        return;
      case 'disturb':
        network.disturb(deed.disturbance);
        return;
      case 'heal':
        network.heal();
        return;
      case 'fill-disks':
        for (const letter of routerLetters) this.#routers[letter].fillDisk();
        return;
      case 'free-disks':
        for (const letter of routerLetters) this.#routers[letter].freeDisk();
        return;
      case 'take-file-handles':
        for (const letter of routerLetters) this.#routers[letter].takeFileHandles();
        return;
      case 'begin-flood':
        this.#flood = new Flood(network, this.#routers.B, this.#mode);
        return;
      case 'end-flood':
        this.#notes.push((await this.#flood?.end()) ?? '');
        this.#flood = null;
        return;
      case 'pause':
        return sleep(deed.milliseconds);
    }
  }
}

class Flood {
  readonly #network: Network;
  readonly #control = new SharedArrayBuffer(8);
  readonly #worker: Worker;
  readonly #fromUs = clock.now();
  readonly #router: Router;
  readonly #arrivedBefore: number;
  readonly #secondsBefore: number;

  constructor(network: Network, router: Router, { family }: Mode) {
    this.#network = network;
    this.#router = router;
    this.#arrivedBefore = network.packetsAt(router.letter);
    this.#secondsBefore = router.processorSeconds;
    const workerData: FloodOptions = {
      network: network.stranger.path,
      interfaceIndex: network.interfaceIndex(network.stranger),
      family,
      rate: floodRate,
      control: this.#control,
    };
    this.#worker = new Worker(new URL('./flood.js', import.meta.url), { workerData });
  }

  /** Ends it; tells the rates that were reached. */
  async end(): Promise<string> {
    const numbers = new Int32Array(this.#control);
    const seconds = (clock.now() - this.#fromUs) / 1e6;
    const arrived = this.#network.packetsAt(this.#router.letter) - this.#arrivedBefore;
    const used = this.#router.processorSeconds - this.#secondsBefore;
    const sent = Atomics.load(numbers, 1);
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    Atomics.store(numbers, 0, 1);
    await ended;
    const rate = (count: number): string => String(Math.round(count / seconds));
    return (
      `${rate(sent)} bad packets/s sent, ${rate(arrived)} frames/s arrived at B, ` +
      `whose daemon used ${((used / seconds) * 100).toFixed(0)} % of a processor`
    );
  }
}

async function play({ order, baton, trace }: ArenaOptions): Promise<CaseReport> {
  const mode = modes[order.mode];
  const { patience, acts } = faults[order.fault];
  const random = seededRandom(order.seed);
  const arena = new Arena(order, baton);
  const played: { readonly act: Act; readonly time: Stretch; readonly settled: boolean }[] = [];
  let broken: string | null = whyNot;
  try {
    await arena.begin();
    for (const act of acts({ mode, seconds: order.seconds, random })) {
      // At any moment between two adverts.
      await sleep(random.next() * mode.intervalMs);
      const { settled, ...time } = await arena.play(act);
      played.push({ act, time, settled });
      if (!settled) break;
    }
  } catch (error) {
    broken = error instanceof Error ? error.message : String(error);
  }
  await arena.end();
  const rows = arena.log.rows();
  if (trace !== null) writeFileSync(trace, traceOf(rows));
  const holdings = holdingsOf(rows, patience);
  const reports: readonly ActReport[] = played.map((one) => judge({ ...one, rows, holdings }));
  const well = broken === null && reports.every(({ faults: found }) => found.length === 0);
  return { order, acts: reports, notes: arena.notes, broken, logs: well ? '' : arena.logs };
}

/** One row a line: milliseconds, "round" or the router and what it sent. */
function traceOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const what = row.type === 'round' ? row.type : `${row.router} ${row.sighting}`;
    return `${(row.atUs / 1_000).toFixed(3)} ${what}`;
  });
  return `${lines.join('\n')}\n`;
}

const report = await play(JSON.parse(process.argv[2] ?? '') as ArenaOptions);
writeSync(1, `${JSON.stringify(report)}\n`);
process.exit(0);
