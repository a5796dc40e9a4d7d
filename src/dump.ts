/** The dumps: at which signals they are written, into which files, and what stands in them. */
import type { DumpContent } from './api/dump/dump-content.ts';
import { globalDump } from './api/dump/global.ts';
import { jsonDump } from './api/dump/json.ts';
import { stateDump } from './api/dump/state.ts';
import { statisticsDump } from './api/dump/statistics.ts';
import { daemonName } from './cli/run-places.ts';
import { onNumberedSignal, realTimeSignals } from './linux/signals.ts';
import type { LogSink } from './ports/log.ts';
import { resolveIdentity } from './system/accounts.ts';
import { dumpPath, replaceFile } from './system/dump-files.ts';

type DumpKind = 'state' | 'statistics' | 'json';

interface DumpFile {
  readonly path: string;
  readonly text: string;
}

export interface DumpSource {
  readonly log: LogSink;
  /** What there is to tell of now; null: nothing yet. */
  readonly content: () => Promise<Omit<DumpContent, 'owner'> | null>;
  readonly clearStatistics: () => void;
}

/** keepalived's signals. Unheeded, SIGUSR1 would open Node's debugger, the others end Baton. */
export function takeDumpSignals(source: DumpSource): void {
  const { log, clearStatistics } = source;
  process.on('SIGUSR1', () => void dump('state', source));
  process.on('SIGUSR2', () => void dump('statistics', source));
  onNumberedSignal(realTimeSignals.json, () => void dump('json', source));
  onNumberedSignal(realTimeSignals.clearStatistics, () => {
    void dump('statistics', source).then(clearStatistics);
  });
  onNumberedSignal(realTimeSignals.threads, () => {
    const waiting = process.getActiveResourcesInfo().join(', ');
    log.write('notice', `Main thread waits for: ${waiting}`);
  });
}

async function dump(kind: DumpKind, { log, content }: DumpSource): Promise<void> {
  const told = await content();
  if (told === null) return;
  for (const { path, text } of renderDump(kind, { ...told, owner })) {
    const error = replaceFile(path, text);
    if (error !== null) log.write('error', `Dump ${path} not written: ${error}`);
  }
}

/** Who a command runs as that names nobody: whoever Baton is. */
function owner(names: Parameters<DumpContent['owner']>[0]): string {
  const identity = resolveIdentity(names);
  const { uid, gid } = identity.ok ? identity.value : {};
  return `${String(uid ?? process.getuid?.())}:${String(gid ?? process.getgid?.())}`;
}

function renderDump(kind: DumpKind, content: DumpContent): readonly DumpFile[] {
  const { global } = content.config;
  const { stateFile, statisticsFile, jsonFile, useInstanceName } = global.dumps;
  const qualifier = useInstanceName ? daemonName(global) : null;
  const place = (configured: string | null, name: string, extension: string): string =>
    dumpPath({ configured, name, extension, qualifier });
  const beside = stateFile?.replace(/[^/]*$/, '') ?? null;
  switch (kind) {
    case 'state':
      return [
        { path: place(stateFile, 'keepalived', 'data'), text: stateDump(content) },
        { path: place(beside, 'keepalived_parent', 'data'), text: globalDump(content) },
      ];
    case 'statistics':
      return [
        {
          path: place(statisticsFile, 'keepalived', 'stats'),
          text: statisticsDump(content.snapshot),
        },
      ];
    case 'json':
      return [{ path: place(jsonFile, 'keepalived', 'json'), text: jsonDump(content) }];
  }
}
