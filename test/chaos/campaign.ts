/**
 * Plays cases, several at a time: each in a process and in namespaces of its own, which are
 * gone when it is, however it ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { NamespaceEntry } from '../../src/lab/namespaces.ts';
import type { ArenaOptions } from './arena.ts';
import type { CaseOrder, CaseReport } from './case-report.ts';

export interface CampaignOptions {
  readonly entry: NamespaceEntry;
  /** The project's directory, with what was compiled in its `dist`. */
  readonly root: string;
  /** So many cases at once. */
  readonly parallel: number;
  /** A directory for the rows of each case; null: they are not kept. */
  readonly traces?: string | null;
  readonly onReport?: (report: CaseReport) => void;
}

/** What a case may take beside the time that its fault lasts. */
const caseLimitMs = 120_000;

/** Reports in the order of the cases. */
export async function playCases(
  orders: readonly CaseOrder[],
  options: CampaignOptions,
): Promise<readonly CaseReport[]> {
  const reports: CaseReport[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let place = next; place < orders.length; place = next) {
      next += 1;
      const order = orders[place];
      if (order === undefined) return;
      const report = await playCase(order, options);
      reports[place] = report;
      options.onReport?.(report);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, worker));
  return reports;
}

async function playCase(
  order: CaseOrder,
  { entry, root, traces = null }: CampaignOptions,
): Promise<CaseReport> {
  const { fault, mode, seed } = order;
  const arena: ArenaOptions = {
    order,
    baton: join(root, 'dist/main.js'),
    trace: traces === null ? null : join(traces, `${fault}-${mode}-${seed}.txt`),
  };
  const program = join(root, 'dist/chaos/test/chaos/arena.js');
  const words = [...entry.arguments, process.execPath, program, JSON.stringify(arena)];
  const child = spawn(entry.program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const limit = setTimeout(() => child.kill('SIGKILL'), caseLimitMs + order.seconds * 1_000);
  await once(child, 'close');
  clearTimeout(limit);
  try {
    return JSON.parse(output) as CaseReport;
  } catch {
    return { order, acts: [], notes: [], broken: `it told nothing: ${complaint}`, logs: output };
  }
}
