/** What a dump is made of, and what its lines have in common. */
import type { Command } from '../../model/command.ts';
import type { Config, NotifyConfig, TrackConfig } from '../../model/config.ts';
import type { Snapshot } from '../../model/snapshot.ts';

export interface DumpContent {
  readonly config: Config;
  readonly snapshot: Snapshot;
  /** Milliseconds since 1970 UTC. */
  readonly nowMs: number;
  /** Whom a command or a file belongs to, as "UID:GID". */
  readonly owner: (names: {
    readonly user: string | null;
    readonly group: string | null;
  }) => string;
}

export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `------< ${title} >------\n${lines.join('\n')}\n`;
}

/** A heading with what stands below it; nothing where nothing does. */
export function listed(heading: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`   ${heading}`, ...entries.map((entry) => `     ${entry}`)];
}

export function when(condition: boolean, ...lines: readonly string[]): readonly string[] {
  return condition ? lines : [];
}

/** "'/bin/echo' 'a' 'b'" */
export function commandText(command: Command): string {
  return [command.program, ...command.arguments].map((word) => `'${word}'`).join(' ');
}

export function notifyLines(notify: NotifyConfig, owner: DumpContent['owner']): readonly string[] {
  const scripts = [
    ['Backup', notify.backup],
    ['Master', notify.master],
    ['Fault', notify.fault],
    ['Stop', notify.stop],
    ['Deleted', notify.deleted],
    ['Generic', notify.any],
    ['Master rx lower pri', notify.lowerPriorityHeard],
  ] as const;
  return scripts.flatMap(([word, command]) =>
    command === null
      ? []
      : [`   ${word} state transition script = ${commandText(command)}, uid:gid ${owner(command)}`],
  );
}

/** "5 reverse" */
export function weightText({ weight, reverse }: TrackConfig): string {
  return `${String(weight)}${reverse ? ' reverse' : ''}`;
}

/** The tracked things of an instance or a group; the word for processes differs. */
export function trackLines(
  tracks: readonly TrackConfig[],
  processHeading: 'Tracked process :' | 'Tracked processes :',
): readonly string[] {
  const ofKind = (kind: TrackConfig['kind'], separator: string): readonly string[] =>
    tracks
      .filter((track) => track.kind === kind)
      .map((track) => `${track.name}${separator} weight ${weightText(track)}`);
  return [
    ...listed('Tracked interfaces :', ofKind('interface', '')),
    ...listed('Tracked scripts :', ofKind('script', '')),
    ...listed('Tracked files :', ofKind('file', ',')),
    ...listed(processHeading, ofKind('process', ',')),
  ];
}
