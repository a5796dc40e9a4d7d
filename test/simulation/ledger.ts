/**
 * The ledger of a long run: a file that holds how far it has come, so that it can be ended at any
 * time and gone on with, and from which its figures are written down.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import type { CampaignReport } from './campaign.ts';

export interface Ledger extends CampaignReport {
  /** Of the program that was run. */
  readonly commit: string;
  readonly machine: string;
}

/** What an earlier run has come to; null: there is none. */
export function readLedger(path: string): Ledger | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Ledger) : null;
}

/** Whole or not at all, whenever the run is ended. */
export function writeLedger(path: string, ledger: Ledger): void {
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(ledger, null, 2)}\n`);
  renameSync(draft, path);
}

/** The commit that is checked out, marked where files differ from it. */
export function presentCommit(): string {
  return execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
    encoding: 'utf8',
  }).trim();
}

export function describeMachine(): string {
  const [processor] = cpus();
  const model = processor?.model.trim() ?? 'an unknown processor';
  return `one core of ${model}, Linux ${release()}, Node.js ${process.version}`;
}
