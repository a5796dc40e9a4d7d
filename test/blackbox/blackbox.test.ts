/**
 * The black-box cases, each on a network of its own, several at a time: they mostly
 * wait. docs/conformance.md is the table of what came out; UPDATE_DOCS=1 rewrites it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, describe, it } from 'vitest';
import { whyNot } from '../kernel/namespace.ts';
import { cases } from './cases.ts';
import { Lab } from './lab.ts';
import { checkPage, type Outcome } from './page.ts';

const defaultLimitMs = 60_000;

/** In a user namespace of somebody else than root, who can't give up groups, tcpdump refuses. */
const noCapture = readFileSync('/proc/self/setgroups', 'utf8').startsWith('deny')
  ? 'tcpdump works for root only, not for root of a user namespace'
  : null;
const noKeepalived = spawnSync('keepalived', ['--version']).error?.message ?? null;
const obstacle = whyNot ?? noCapture ?? noKeepalived;

const outcomes = new Map<string, Outcome>();

describe.concurrent('case', () => {
  for (const { id, what, run, because, limitMs = defaultLimitMs } of cases) {
    if (run === null) {
      outcomes.set(id, { met: false, because: because ?? '' });
      continue;
    }
    it(
      `${id}: ${what}`,
      async (context) => {
        context.skip(obstacle !== null, obstacle ?? '');
        const lab = new Lab();
        try {
          await lab.ready();
          await run(lab);
          outcomes.set(id, { met: true });
        } catch (error) {
          outcomes.set(id, { met: false, because: 'failed in the last run' });
          throw new Error(`${String(error)}\n${lab.transcript()}`, { cause: error });
        } finally {
          await lab.close();
        }
      },
      limitMs,
    );
  }
});

afterAll(() => {
  // A run of single cases says nothing about the others.
  if (outcomes.size < cases.length) return;
  checkPage(cases, outcomes);
});
