/**
 * `npm run simulate -- [--seeds N] [--from S] [--seed S [--keep PLACES]] [--unguarded]
 * [--ledger FILE] [--document FILE...]`: plays N scenarios, each drawn from its seed, and tells
 * what came of it; or one seed, with its timeline. Ends with 1 where one failed: it is then made
 * as small as it can be, told, and the command that plays it again is printed. With a ledger it
 * goes on where it was ended. `--document` writes what ledgers hold into docs/proof.md.
 */
import { parseArgs } from 'node:util';
import { drawPlan, keepFaults, type FaultPlan } from '../../src/simulation/campaign/fault-plan.ts';
import { playPlan, type Failure } from '../../src/simulation/campaign/scenario.ts';
import { shrinkPlan } from '../../src/simulation/campaign/shrink.ts';
import {
  describeFailure,
  replayCommand,
  tellPlan,
} from '../../src/simulation/campaign/timeline.ts';
import { describeReport, runCampaign, type CampaignReport } from './campaign.ts';
import { describeMachine, presentCommit, readLedger, writeLedger } from './ledger.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    keep: { type: 'string' },
    unguarded: { type: 'boolean', default: false },
    'failure-limit': { type: 'string', default: '10' },
    brief: { type: 'boolean', default: false },
    ledger: { type: 'string' },
    document: { type: 'boolean', default: false },
  },
});

const guarded = !values.unguarded;
let playing = Number(values.seed);
/** So many failures are told whole. */
const toldWhole = 3;

function planOf(seed: number): FaultPlan {
  const whole = drawPlan(seed, { guarded });
  if (values.keep === undefined) return whole;
  const places = values.keep.split(',').map(Number);
  return keepFaults(whole, places);
}

async function playOne(seed: number): Promise<number> {
  const plan = planOf(seed);
  const { failures } = await playPlan(plan, { stopAtFirst: true });
  for (const line of await tellPlan(plan)) console.log(line);
  for (const failure of failures) console.log(describeFailure(failure));
  console.log(failures.length === 0 ? 'nothing failed' : `${failures.length} failures`);
  return failures.length;
}

/** Without the numbers in it, which differ from plan to plan. */
function kindOf(failure: Failure | undefined): string {
  if (failure === undefined) return '';
  return `${failure.kind} ${failure.text.replace(/\d+(\.\d+)?|\b[A-E]\b/g, '#').slice(0, 40)}`;
}

async function tellFailure(seed: number, failure: Failure): Promise<void> {
  const wanted = kindOf(failure);
  const smallest = await shrinkPlan(planOf(seed), async (plan) => {
    const { failures } = await playPlan(plan, { stopAtFirst: true });
    return kindOf(failures[0]) === wanted;
  });
  console.log(`\n${describeFailure(failure)}`);
  for (const line of await tellPlan(smallest)) console.log(line);
  console.log(`again: ${replayCommand(smallest)}`);
}

/** Writes down how far it has come; null: nowhere. */
function keepLedger(): {
  readonly former: CampaignReport | null;
  readonly keep: (report: CampaignReport) => void;
} {
  const { ledger: path } = values;
  if (path === undefined) return { former: null, keep: () => undefined };
  const run = { commit: presentCommit(), machine: describeMachine() };
  const former = readLedger(path);
  if (former !== null && (former.commit !== run.commit || former.from !== Number(values.from))) {
    throw new Error(`${path} is of another run: from ${former.from}, commit ${former.commit}`);
  }
  const keep = (report: CampaignReport): void => {
    writeLedger(path, { ...report, ...run });
  };
  return { former, keep };
}

async function playMany(): Promise<number> {
  const { former, keep } = keepLedger();
  const report = await runCampaign({
    former,
    from: Number(values.from),
    seeds: Number(values.seeds),
    guarded,
    failureLimit: Number(values['failure-limit']),
    playing: (seed) => {
      playing = seed;
    },
    failing: ({ seed, failure }) => {
      console.log(`seed ${seed}: ${describeFailure(failure)}`);
    },
    progress: (sofar) => {
      keep(sofar);
      console.log(describeReport(sofar));
    },
  });
  keep(report);
  console.log(describeReport(report));
  for (const [place, { seed, failure }] of report.failed.entries()) {
    if (!values.brief && place < toldWhole) await tellFailure(seed, failure);
  }
  return report.failed.length;
}

// What is thrown where nobody waits for it, in a promise of the main thread's side.
process.on('unhandledRejection', (error) => {
  console.error(`crash at seed ${playing}:`, error);
  process.exit(1);
});
if (values.document) {
  const { writeFigures } = await import('./document.ts');
  const ledgers = positionals.flatMap((path) => readLedger(path) ?? []);
  writeFigures('docs/proof.md', ledgers);
  process.exit(0);
}
const failures = values.seed === undefined ? await playMany() : await playOne(Number(values.seed));
process.exitCode = failures > 0 ? 1 : 0;
