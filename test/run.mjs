/**
 * `npm test`: every gate and every suite, the quick ones first. It goes on after a
 * failure, prints what failed and why something was skipped, and ends with one line
 * that says it all: "N passed, N failed, N skipped". A static gate counts as one.
 *
 *     node test/run.mjs                 everything
 *     node test/run.mjs eslint kernel   only these steps
 *
 * Under CI (CI=true) what is skipped is a failure: the set-up provides all that the
 * tests need.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findNamespaces } from './run/namespaces.mjs';
import { runCommand, stopAll } from './run/command.mjs';
import { runSuite } from './run/suite.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const underCi = !['', 'false', '0'].includes(process.env.CI ?? '');
const cache = 'node_modules/.cache';

const node = (...words) => [process.execPath, ...words];
const tool = (path, ...words) => node(`node_modules/${path}`, ...words);

/** They need the sources only, so they share the processors. */
const staticGates = [
  {
    name: 'prettier',
    limitSeconds: 60,
    command: tool('prettier/bin/prettier.cjs', ...['--check', '--log-level=warn', '--cache', '.']),
  },
  {
    name: 'imports',
    limitSeconds: 60,
    command: tool(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ...['--config', '.dependency-cruiser.mjs', 'src', 'test'],
    ),
  },
  { name: 'knip', limitSeconds: 60, command: tool('knip/bin/knip.js', '--no-progress') },
  {
    name: 'types',
    limitSeconds: 90,
    command: tool(
      'typescript/bin/tsc',
      ...['--project', 'tsconfig.json', '--noEmit', '--incremental'],
      ...['--tsBuildInfoFile', `${cache}/types.tsbuildinfo`],
    ),
  },
  { name: 'build', limitSeconds: 90, command: ['npm', 'run', '--silent', 'build'] },
  {
    name: 'eslint',
    limitSeconds: 150,
    command: tool(
      'eslint/bin/eslint.js',
      ...['--max-warnings=0', '--cache', `--cache-location=${cache}/eslint/`, '.'],
    ),
  },
];

/**
 * They run one after the other, since the later ones measure time. `privileged` ones
 * make network namespaces; what `needsBuild` runs the program in dist.
 */
const suites = [
  { name: 'unit', projects: ['unit', 'conformance', 'gates'], limitSeconds: 240 },
  { name: 'simulation', projects: ['simulation'], limitSeconds: 240 },
  { name: 'kernel', projects: ['kernel'], limitSeconds: 480, privileged: true, needsBuild: true },
  { name: 'interop', projects: ['interop'], limitSeconds: 180, privileged: true, needsBuild: true },
  {
    name: 'blackbox',
    projects: ['blackbox'],
    limitSeconds: 900,
    privileged: true,
    needsBuild: true,
  },
  { name: 'lab', projects: ['lab'], limitSeconds: 300, privileged: true, needsBuild: true },
  { name: 'chaos', projects: ['chaos'], limitSeconds: 300, privileged: true, needsBuild: true },
];

/** Names of the gates and suites that failed. */
const failures = new Set();
const total = { passed: 0, failed: 0, skipped: 0 };

function report({ name, seconds, counts, output, skips }) {
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (counts.failed > 0) failures.add(name);
  const verdict = counts.failed > 0 ? 'FAILED ' : counts.passed > 0 ? 'passed ' : 'skipped';
  console.log(
    `${verdict} ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s   ` +
      `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
  for (const skip of skips) console.log(`        skipped: ${skip}`);
  if (output !== '') console.log(output.replace(/^/gm, '    '));
}

async function runGate({ name, command, limitSeconds }) {
  const { ok, output, seconds } = await runCommand({ command, limitSeconds, directory: root });
  const counts = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  report({ name, seconds, counts, output: ok ? '' : output, skips: [] });
}

async function runGates(gates) {
  const waiting = [...gates];
  const worker = async () => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      await runGate(gate);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
}

/** Under CI a skipped test counts as failed. */
function judge({ passed, failed, skips }) {
  return underCi
    ? { passed, failed: failed + skips.length, skipped: 0 }
    : { passed, failed, skipped: skips.length };
}

async function runSuites(chosen) {
  const namespaces = chosen.some(({ privileged }) => privileged) ? findNamespaces() : null;
  for (const suite of chosen) await runSuiteStep(suite, namespaces);
}

async function runSuiteStep(suite, namespaces) {
  const { name, projects, limitSeconds, privileged = false, needsBuild = false } = suite;
  const notRun = { name, seconds: 0, output: '', skips: [] };
  if (needsBuild && failures.has('build')) {
    const counts = { passed: 0, failed: 1, skipped: 0 };
    report({ ...notRun, counts, output: 'not run, since the program could not be built' });
  } else if (privileged && namespaces.reason !== null) {
    const skips = [`the suite ${name}: ${namespaces.reason}`];
    report({ ...notRun, counts: judge({ passed: 0, failed: 0, skips }), skips });
  } else {
    const prefix = privileged ? namespaces.prefix : [];
    const result = await runSuite({ projects, limitSeconds, prefix, directory: root });
    report({ ...result, name, counts: judge(result) });
  }
}

/** The steps of these names, with the build where one of them needs it; all without a name. */
function chooseSteps(names) {
  const steps = [...staticGates, ...suites];
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = steps.map(({ name }) => name).join(', ');
    console.error(`No such step: ${unknown.join(', ')}. There are: ${known}.`);
    process.exit(2);
  }
  const named = (step) => names.length === 0 || names.includes(step.name);
  const building = suites.some((suite) => named(suite) && suite.needsBuild);
  return {
    gates: staticGates.filter((gate) => named(gate) || (building && gate.name === 'build')),
    suites: suites.filter(named),
  };
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stopAll();
    process.exit(1);
  });
}

const chosen = chooseSteps(process.argv.slice(2));
await runGates(chosen.gates);
await runSuites(chosen.suites);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
