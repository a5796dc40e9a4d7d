/**
 * `npm run guard-cost -- [--slices N]`: what the lease guard costs (docs/lease.md). A Baton holds
 * an address on each of two interfaces, and packets flow to it, and through its host, as fast as
 * they can. Slice by slice its configuration is reloaded with the guard and without it; a slice
 * counts what arrives, and is compared with its neighbours, since a machine's pace drifts. What no
 * guard in nftables could do without, two hooks with no rule in them, is measured in the same way.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect, Host } from '../test/kernel/namespace.ts';
import { Program } from '../test/kernel/program.ts';

const { values } = parseArgs({ options: { slices: { type: 'string', default: '80' } } });
const slices = Number(values.slices);
const sliceMs = 500;
/** A reload takes effect, what was under way has arrived, and the guard has settled. */
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

/** What stands between the packets and the address in a slice. */
type Setting = 'nothing' | 'guard' | 'hooks';

const cycle: readonly Setting[] = ['nothing', 'guard', 'nothing', 'hooks'];

const hookTable = 'table netdev bare_hooks';
const hookChains = ['ingress', 'egress']
  .map((hook) => `chain ${hook} { type filter hook ${hook} devices = { eth0, eth1 } priority 0; }`)
  .join('\n');

function setHooks({ holder }: Site, present: boolean): void {
  const anew = `${hookTable}\ndelete ${hookTable}\n`;
  const input = present ? `${anew}${hookTable} {\n${hookChains}\n}\n` : anew;
  holder.run(() => execFileSync('nft', ['-f', '-'], { input }));
}

/** How much came in each slice. */
async function measure(site: Site, baton: Program, flow: Flow): Promise<readonly number[]> {
  const address = flow.to === 'holder' ? virtualAddress : behindAddress;
  const place = ['--forceflush', '--port', port];
  const listening = ['--server', '--affinity', '1', '--bind', address, ...place];
  const server = Program.start(site[flow.to], ['iperf3', ...listening]);
  await server.printed('listening');
  const sending = ['--client', address, '--affinity', '0', '--time', '3600', ...place];
  const client = Program.start(site.client, ['iperf3', ...sending, ...flow.options]);
  const rates: number[] = [];
  try {
    await client.printed('connected to');
    for (let slice = 0; slice <= slices; slice += 1) {
      const setting = cycle[slice % cycle.length];
      const reloads = baton.lines.length;
      setHooks(site, setting === 'hooks');
      configure(site, setting === 'guard');
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

/** Of each slice with that setting, how much slower it was than those before and after it. */
function costs(rates: readonly number[], setting: Setting): readonly number[] {
  return rates.flatMap((rate, place) => {
    const [before, after] = [rates[place - 1], rates[place + 1]];
    if (cycle[place % cycle.length] !== setting) return [];
    return before === undefined || after === undefined ? [] : [1 - rate / ((before + after) / 2)];
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

function inWords(cost: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => {
    return `${(100 * quantile(cost, share)).toFixed(1)} %`;
  });
  return `${middle} (quartiles ${low}, ${high})`;
}

async function main(): Promise<void> {
  const site = makeSite();
  const baton = await startBaton(site);
  try {
    for (const flow of flows) {
      const rates = await measure(site, baton, flow);
      const rate = quantile(rates, 0.5);
      const shown =
        flow.counts === 'octets'
          ? `${((rate * 8) / 1e6).toFixed(1)} Gbit/s`
          : `${rate.toFixed(0)} packets/ms`;
      const [guard, hooks] = [costs(rates, 'guard'), costs(rates, 'hooks')].map(inWords);
      const name = flow.name.padEnd(20);
      console.log(`${name} ${shown.padStart(16)}   the guard costs ${guard}, bare hooks ${hooks}`);
    }
  } finally {
    await baton.end();
    for (const host of [site.client, site.holder, site.behind]) host.close();
    rmSync(site.directory, { recursive: true });
  }
}

await main();
