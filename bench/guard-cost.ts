/**
 * `npm run guard-cost -- [--slices N]`: what the lease guard costs (docs/lease.md). A Baton holds
 * an address on each of two interfaces, and packets flow to it, and through its host, as fast as
 * they can. Slice by slice its configuration is reloaded with the guard and without it; a slice
 * counts what arrives, and is compared with its neighbours, since a machine's pace drifts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect, Host } from '../test/kernel/namespace.ts';
import { Program } from '../test/kernel/program.ts';

const { values } = parseArgs({ options: { slices: { type: 'string', default: '60' } } });
const slices = Number(values.slices);
const sliceMs = 500;
/** A reload takes effect, what was under way has arrived, and the guard has settled (once a second). */
const settleMs = 1_250;

const batonProgram = resolve('dist/main.js');
const virtualAddress = '192.0.2.100';
const behindAddress = '198.51.100.2';
const port = '5201';

interface Flow {
  readonly name: string;
  /** Whom it is sent to; on the host with the address itself, or on the one behind it. */
  readonly to: 'holder' | 'behind';
  readonly options: readonly string[];
  readonly counts: 'packets' | 'octets';
}

const flood = ['--udp', '--bitrate', '0', '--length', '64'];
const flows: readonly Flow[] = [
  { name: 'TCP to the address', to: 'holder', options: [], counts: 'octets' },
  { name: 'UDP to the address', to: 'holder', options: flood, counts: 'packets' },
  { name: 'TCP forwarded', to: 'behind', options: [], counts: 'octets' },
  { name: 'UDP forwarded', to: 'behind', options: flood, counts: 'packets' },
];

interface Site {
  readonly client: Host;
  readonly holder: Host;
  readonly behind: Host;
  readonly directory: string;
}

/** A client, the host that holds an address on each side, and a host behind it. */
function makeSite(): Site {
  const [client, holder, behind] = [new Host(), new Host(), new Host()];
  connect(
    { host: client, name: 'eth0', address: '192.0.2.1/24' },
    { host: holder, name: 'eth0', address: '192.0.2.2/24' },
  );
  connect(
    { host: holder, name: 'eth1', address: '198.51.100.1/24' },
    { host: behind, name: 'eth0', address: `${behindAddress}/24` },
    20,
  );
  client.ip(`route add 198.51.100.0/24 via ${virtualAddress}`);
  behind.ip('route add 192.0.2.0/24 via 198.51.100.100');
  holder.run(() => {
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
  });
  return { client, holder, behind, directory: mkdtempSync(join(tmpdir(), 'baton-guard-cost-')) };
}

function configure({ directory }: Site, guarded: boolean): void {
  const instance = (id: number, name: string, address: string): string => `
vrrp_instance VI_${id} {
    interface ${name}
    virtual_router_id ${id}
    priority 255
    virtual_ipaddress {
        ${address}/24
    }
}
`;
  const global = `global_defs {\n    lease_guard ${guarded ? 'on' : 'off'}\n}\n`;
  const instances = instance(1, 'eth0', virtualAddress) + instance(2, 'eth1', '198.51.100.100');
  writeFileSync(join(directory, 'keepalived.conf'), global + instances);
}

async function startBaton(site: Site): Promise<Program> {
  const { directory, holder } = site;
  configure(site, true);
  const paths = ['--pid', join(directory, 'pid'), '--socket', join(directory, 'socket')];
  const words = ['run', '--use-file', join(directory, 'keepalived.conf'), ...paths];
  const baton = Program.start(holder, [process.execPath, batonProgram, ...words]);
  await baton.printed('(VI_2) Entering MASTER STATE');
  await sleep(1_000);
  return baton;
}

/** What has come in so far: octets come first in the line, then packets. */
function counted(site: Site, { to, counts }: Flow): number {
  const table = site[to].run(() => readFileSync('/proc/thread-self/net/dev', 'utf8'));
  const [octets, packets] = /eth0:\s*(\d+)\s+(\d+)/.exec(table)?.slice(1) ?? [];
  return Number(counts === 'octets' ? octets : packets);
}

/** How much came in each slice, with the guard and without it by turns. */
async function measure(site: Site, baton: Program, flow: Flow): Promise<readonly number[]> {
  const address = flow.to === 'holder' ? virtualAddress : behindAddress;
  const place = ['--forceflush', '--port', port];
  const listening = ['--server', '--bind', address, ...place];
  const server = Program.start(site[flow.to], ['iperf3', ...listening]);
  await server.printed('listening');
  const sending = ['--client', address, '--time', '3600', ...place, ...flow.options];
  const client = Program.start(site.client, ['iperf3', ...sending]);
  const rates: number[] = [];
  try {
    await client.printed('connected to');
    for (let slice = 0; slice < slices; slice += 1) {
      const reloads = baton.lines.length;
      configure(site, slice % 2 === 0);
      baton.signal('SIGHUP');
      await baton.printed('Reload complete', reloads);
      await sleep(settleMs);
      const before = counted(site, flow);
      const began = performance.now();
      await sleep(sliceMs);
      rates.push((counted(site, flow) - before) / (performance.now() - began));
    }
  } finally {
    await client.end();
    await server.end();
  }
  return rates;
}

/** Of each slice with the guard, how much slower it was than those before and after it. */
function costs(rates: readonly number[]): readonly number[] {
  return rates.flatMap((rate, place) => {
    const [before, after] = [rates[place - 1], rates[place + 1]];
    if (place % 2 === 1 || before === undefined || after === undefined) return [];
    return [1 - rate / ((before + after) / 2)];
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

async function main(): Promise<void> {
  const site = makeSite();
  const baton = await startBaton(site);
  try {
    for (const flow of flows) {
      const rates = await measure(site, baton, flow);
      const cost = costs(rates);
      const percent = (share: number): string => `${(100 * quantile(cost, share)).toFixed(1)} %`;
      const rate = quantile(rates, 0.5);
      const shown =
        flow.counts === 'octets'
          ? `${((rate * 8) / 1e6).toFixed(1)} Gbit/s`
          : `${rate.toFixed(0)} packets/ms`;
      console.log(
        `${flow.name.padEnd(20)} ${shown.padStart(16)}   the guard costs ${percent(0.5)} ` +
          `(quartiles ${percent(0.25)}, ${percent(0.75)})`,
      );
    }
  } finally {
    await baton.end();
    for (const host of [site.client, site.holder, site.behind]) host.close();
    rmSync(site.directory, { recursive: true });
  }
}

await main();
