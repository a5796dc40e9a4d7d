/**
 * holo's recorded cases, read from a checkout of it: which router with which
 * configuration, what went in step by step, and what came out.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../src/base/assert.ts';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type JsonObject = Readonly<Record<string, Json>>;

/** What one step, or a whole topology, has put out, by where to. */
export interface Output {
  readonly ibus: readonly Json[];
  readonly protocol: readonly Json[];
  readonly notification: readonly Json[];
  /** Null: the same as before. */
  readonly state: Json | null;
}

export type StepInput =
  | { readonly type: 'events'; readonly events: readonly JsonObject[] }
  | { readonly type: 'configuration'; readonly change: JsonObject };

export interface Step {
  readonly input: StepInput;
  readonly output: Output;
}

export interface Recording {
  readonly name: string;
  readonly configuration: JsonObject;
  readonly events: readonly JsonObject[];
  /** What the events put out. */
  readonly output: Output;
  /** What is done once the events have been; none: the case is about the events. */
  readonly steps: readonly Step[];
}

/** Which router of which topology a case of steps starts from; holo keeps that in its source. */
const startsFrom: Readonly<Record<string, string>> = {
  'master-down-timer1': 'rt1',
  'nb-config-instance1': 'rt3',
  'nb-config-instance2': 'rt3',
  'nb-config-virtual-addr1': 'rt3',
  'nb-config-virtual-addr2': 'rt3',
  'nb-config-virtual-addr3': 'rt1',
  'nb-config-virtual-addr4': 'rt1',
  'packet-error1': 'rt2',
  'packet-error2': 'rt2',
  'packet-error3': 'rt2',
  packet1: 'rt3',
  packet2: 'rt3',
  packet3: 'rt3',
  'ibus-iface-update1': 'rt3',
  'ibus-iface-update2': 'rt3',
};

const topologyOfSteps = 'v2-topo1-1';

/** All cases under the folder; a case of steps that is not known here is an error. */
export function readRecordings(folder: string): readonly Recording[] {
  const topologies = join(folder, 'topologies');
  const routers = foldersIn(topologies).flatMap((topology) =>
    foldersIn(join(topologies, topology)).map((router) =>
      readTopology(join(topologies, topology, router), `${topology}/${router}`),
    ),
  );
  const cases = foldersIn(folder).filter((name) => name !== 'topologies');
  return [
    ...routers,
    ...cases.map((name) => {
      const router = startsFrom[name];
      assert(router !== undefined, `holo has a new case, ${name}: add where it starts from`);
      const start = routers.find((one) => one.name === `${topologyOfSteps}/${router}`);
      assert(start !== undefined, `there is no ${topologyOfSteps}/${router}`);
      return { ...start, name, steps: readSteps(join(folder, name)) };
    }),
  ];
}

function readTopology(folder: string, name: string): Recording {
  return {
    name,
    configuration: readObject(join(folder, 'config.json')),
    events: readLines(join(folder, 'events.jsonl')),
    output: readOutput(join(folder, 'output/')),
    steps: [],
  };
}

function readSteps(folder: string): readonly Step[] {
  const files = readdirSync(folder).sort();
  const inputs = files.filter((file) => file.includes('-input-'));
  return inputs.map((file) => {
    const number = file.slice(0, file.indexOf('-'));
    return {
      input: readInput(folder, file),
      output: readOutput(join(folder, `${number}-output-`)),
    };
  });
}

function readInput(folder: string, file: string): StepInput {
  const path = join(folder, file);
  if (file.endsWith('-input-ibus.jsonl')) {
    return { type: 'events', events: readLines(path).map((Ibus) => ({ Ibus })) };
  }
  if (file.endsWith('-input-protocol.jsonl')) {
    return { type: 'events', events: readLines(path).map((Protocol) => ({ Protocol })) };
  }
  assert(file.endsWith('-input-northbound-config-change.json'), `what is ${file}?`);
  return { type: 'configuration', change: readObject(path) };
}

function readOutput(prefix: string): Output {
  const state = `${prefix}northbound-state.json`;
  return {
    ibus: readLines(`${prefix}ibus.jsonl`),
    protocol: readLines(`${prefix}protocol.jsonl`),
    notification: readLines(`${prefix}northbound-notif.jsonl`),
    state: existsSync(state) ? readObject(state) : null,
  };
}

/** One value a line; none where there is no such file. */
function readLines(path: string): readonly JsonObject[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as JsonObject);
}

function readObject(path: string): JsonObject {
  return JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
}

function foldersIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((one) => one.isDirectory())
    .map(({ name }) => name)
    .sort();
}
