/** `baton cleanup`: takes away what a Baton that was killed has left. */
import { rmSync, existsSync } from 'node:fs';
import type { CleanUpReport, CleanUpRequest } from './cli/cleanup-report.ts';
import { listLeftovers, sweepLeftovers } from './linux/leftovers.ts';
import { SysctlLedger } from './linux/sysctl-ledger.ts';
import { nothingKept, type SweptThing } from './ports/leftovers.ts';
import { PidFile } from './system/pid-file.ts';
import { livingBatons } from './system/presence.ts';

export function cleanUp({ places, dryRun }: CleanUpRequest): CleanUpReport {
  const holder = PidFile.holder(places.pidPath);
  if (holder !== null) {
    return { type: 'refused', reason: `process ${holder} of ${places.pidPath} lives` };
  }
  const [living] = livingBatons();
  if (living !== undefined) {
    const reason = `a Baton lives in this network namespace (process ${living}), and its things bear the same mark`;
    return { type: 'refused', reason };
  }
  const sweep = {
    kept: nothingKept,
    alone: true,
    ledger: new SysctlLedger(places.statePath),
  };
  const files = [places.pidPath, places.socketPath, places.statePath].filter((path) => {
    return existsSync(path);
  });
  const things = dryRun ? listLeftovers(sweep) : sweepLeftovers(sweep);
  const stale = files.map((path) => ({ what: `file ${path}`, error: null }));
  return { type: 'done', things: [...things, ...(dryRun ? stale : files.map(removeFile))] };
}

function removeFile(path: string): SweptThing {
  try {
    rmSync(path, { force: true });
    return { what: `file ${path}`, error: null };
  } catch (error) {
    return { what: `file ${path}`, error: error instanceof Error ? error.message : String(error) };
  }
}
