/**
 * `npm run fuzz -- [--inputs N] [--seconds N] [--target NAME] [--seed N]`: gives each
 * parser N inputs, or as many as the seconds allow, and tells what came of it. Ends
 * with 1 where a promise was broken; the input is then printed in hexadecimal.
 */
import { parseArgs } from 'node:util';
import { fuzz, type FuzzTarget } from './campaign.ts';
import { fuzzTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: 'Infinity' },
    target: { type: 'string', multiple: true, default: fuzzTargets.map(({ name }) => name) },
    seed: { type: 'string', default: '1' },
  },
});

function play(target: FuzzTarget): number {
  const options = {
    inputs: Number(values.inputs),
    seconds: Number(values.seconds),
    seed: Number(values.seed),
  };
  const { inputs, seconds, outcomes, slowestMs, failures } = fuzz(target, options);
  console.log(
    `${target.name.padEnd(8)} ${String(inputs)} inputs in ${seconds.toFixed(1)} s, ` +
      `${String(Math.round(inputs / seconds))}/s, ${String(outcomes)} distinct outcomes, ` +
      `slowest ${slowestMs.toFixed(1)} ms, seed ${values.seed}, ` +
      `${String(failures.length)} failures`,
  );
  for (const { message, input } of failures) {
    console.log(`  ${message}\n  input: ${Buffer.from(input).toString('hex')}`);
    if (target.name === 'config')
      console.log(`  text: ${JSON.stringify(Buffer.from(input).toString())}`);
  }
  return failures.length;
}

const unknown = values.target.filter((name) => !fuzzTargets.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(`There is no target ${unknown.join(', ')}.`);
  process.exit(2);
}
const chosen = fuzzTargets.filter(({ name }) => values.target.includes(name));
const failed = chosen.reduce((sum, target) => sum + play(target), 0);
process.exitCode = failed > 0 ? 1 : 0;
