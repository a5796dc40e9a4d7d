/**
 * `npm run explore`: visits every state of a small world in which production cores run, and says
 * how many there are, what was found wrong, and how it comes about (docs/explorer.md).
 */
import { parseArgs } from 'node:util';
import { milliseconds, times } from './base/units.ts';
import { report } from './simulation/explorer/report.ts';
import { parseHistory, timeline } from './simulation/explorer/history.ts';
import { defaults, faultKinds, tickOf, type Settings } from './simulation/explorer/settings.ts';
import { Occurrences } from './simulation/explorer/site.ts';
import { ToldCores } from './simulation/explorer/told-cores.ts';

const usage = `Usage: npm run explore -- [OPTION VALUE]...
  --priorities P,P...   one host each (${defaults.priorities.join(',')})
  --interval MS         between adverts (${String(defaults.advertisementInterval / 1_000)})
  --ticks N             steps of time in an interval (${String(defaults.ticksPerInterval)})
  --delay N             ticks that an advert may take (${String(defaults.delayTicks)})
  --lateness N          ticks that a timer may be late (${String(defaults.latenessTicks)})
  ${faultKinds.map((kind) => `--${kind} N`).join(', ')}
                        how often each may happen in one history
  --limit N             states after which it gives up (${String(defaults.stateLimit)})
  --replay HISTORY      tells what happens in a history instead`;

const text = { type: 'string' } as const;

function readSettings(given: Readonly<Record<string, string | undefined>>): Settings | null {
  const count = (name: string, otherwise: number): number => Number(given[name] ?? otherwise);
  const priorities = given['priorities']?.split(',').map(Number) ?? defaults.priorities;
  const settings: Settings = {
    priorities,
    advertisementInterval: milliseconds(count('interval', defaults.advertisementInterval / 1_000)),
    ticksPerInterval: count('ticks', defaults.ticksPerInterval),
    delayTicks: count('delay', defaults.delayTicks),
    latenessTicks: count('lateness', defaults.latenessTicks),
    faults: {
      losses: count('losses', defaults.faults.losses),
      crashes: count('crashes', defaults.faults.crashes),
      freezes: count('freezes', defaults.faults.freezes),
      restarts: count('restarts', defaults.faults.restarts),
      stops: count('stops', defaults.faults.stops),
      failures: count('failures', defaults.faults.failures),
    },
    stateLimit: count('limit', defaults.stateLimit),
  };
  const { advertisementInterval, ticksPerInterval, delayTicks, latenessTicks } = settings;
  const counts = [ticksPerInterval, delayTicks, latenessTicks, ...Object.values(settings.faults)];
  const sound =
    [...counts, ...priorities, advertisementInterval].every(Number.isInteger) &&
    counts.every((one) => one >= 0) &&
    priorities.every((one) => one > 0 && one < 255) &&
    times(tickOf(settings), ticksPerInterval) === advertisementInterval;
  return sound ? settings : null;
}

function main(): number {
  const names = ['priorities', 'interval', 'ticks', 'delay', 'lateness', 'limit', 'replay'];
  const options = Object.fromEntries([...names, ...faultKinds].map((name) => [name, text]));
  const values: Readonly<Record<string, string | undefined>> = parseArgs({ options }).values;
  const settings = readSettings(values);
  if (settings === null) {
    console.error(usage);
    return 2;
  }
  if (values['replay'] !== undefined) return replay(settings, values['replay']);
  const { lines, clean, states } = report(settings);
  for (const line of lines) console.log(line);
  const { user, system } = process.cpuUsage();
  const seconds = (user + system) / 1_000_000;
  console.log(
    `${seconds.toFixed(1)} s of processor time, ${(states / seconds).toFixed(0)} states a second`,
  );
  return clean ? 0 : 1;
}

function replay(settings: Settings, history: string): number {
  const moves = parseHistory(history);
  if (moves === null) {
    console.error(usage);
    return 2;
  }
  const occurrences = new Occurrences();
  const laws = { settings, occurrences, cores: new ToldCores(settings, occurrences) };
  for (const line of timeline(laws, moves)) console.log(line);
  return 0;
}

process.exitCode = main();
