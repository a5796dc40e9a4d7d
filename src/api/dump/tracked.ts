/** Scripts, files and processes, and who follows them, as keepalived's state dump shows them. */
import { toSeconds } from '../../base/units.ts';
import type {
  Config,
  FileConfig,
  ProcessConfig,
  ScriptConfig,
  TrackConfig,
} from '../../model/config.ts';
import type { ScriptSnapshot, Snapshot } from '../../model/snapshot.ts';
import { commandText, weightText, type DumpContent } from './dump-content.ts';
import { wholeSeconds } from './number-text.ts';

export function scriptLines(script: ScriptConfig, content: DumpContent): readonly string[] {
  const { config, snapshot, owner } = content;
  const state = snapshot.scripts.find(({ name }) => name === script.name);
  return [
    ` VRRP Script = ${script.name}`,
    `   Command = ${commandText(script.command)}`,
    `   Interval = ${wholeSeconds(script.interval)} sec`,
    // Unset it is the interval, which keepalived shows as none.
    `   Timeout = ${script.timeout === script.interval ? '0' : wholeSeconds(script.timeout)} sec`,
    `   Rise = ${String(script.rise)}`,
    `   Fall = ${String(script.fall)}`,
    ...(state === undefined ? [] : resultLines(script, state)),
    `   Script uid:gid = ${owner(script.command)}`,
    '   VRRP instances :',
    ...followers(config, { kind: 'script', name: script.name }),
    `   State = ${state?.running === true ? 'running' : 'idle'}`,
  ];
}

/** keepalived's counter: from 0 up to `rise` while down, down to `rise` from the greatest while up. */
function resultLines({ rise, fall }: ScriptConfig, state: ScriptSnapshot): readonly string[] {
  const up = state.status === 'up';
  const result = up ? rise + fall - 1 - state.contrary : state.contrary;
  return [
    `   Result = ${String(result)}`,
    '   Insecure = no',
    `   Init state = ${state.status === 'unknown' ? 'INIT' : 'unknown'}`,
    `   Status = ${up ? 'GOOD' : 'BAD'}`,
  ];
}

export function fileLines(
  file: FileConfig,
  { config, snapshot }: { readonly config: Config; readonly snapshot: Snapshot },
): readonly string[] {
  const state = snapshot.files.find(({ name }) => name === file.name);
  return [
    ` Track file = ${file.name}`,
    `   File = ${file.path}`,
    `   Status = ${String(state?.value ?? 0)}`,
    ...followers(config, { kind: 'file', name: file.name }),
  ];
}

export function processLines(
  tracked: ProcessConfig,
  { config, snapshot }: { readonly config: Config; readonly snapshot: Snapshot },
): readonly string[] {
  const { match, maximum } = tracked;
  const state = snapshot.processes.find(({ name }) => name === tracked.name);
  const pending = state?.pendingDelay ?? null;
  return [
    ` VRRP Track process = ${tracked.name}`,
    `   Process = ${match.program}`,
    ...(match.parameters.length === 0 ? [] : [`   Parameters = ${match.parameters.join(' ')}`]),
    ...parameterMatchLines[match.parameterMatch],
    `   Min processes = ${String(tracked.quorum)}`,
    ...(maximum === null ? [] : [`   Max processes = ${String(maximum)}`]),
    `   Current processes = ${String(state?.count ?? 0)}`,
    `   Have quorum = ${String(state?.status === 'up')}`,
    `   Terminate delay = ${toSeconds(tracked.terminateDelay).toFixed(6)}s`,
    `   Fork delay = ${toSeconds(tracked.forkDelay).toFixed(6)}s`,
    `   Fork delay timer ${pending === 'fork' ? '' : 'not '}running`,
    `   Terminate delay timer ${pending === 'terminate' ? '' : 'not '}running`,
    `   Full command = ${String(match.fullCommand)}`,
    ...followers(config, { kind: 'process', name: tracked.name }),
  ];
}

const parameterMatchLines = {
  none: [],
  exact: ['   Param match'],
  initial: ['   Param match = initial'],
  partial: ['   Param match = partial'],
} as const;

/** The instances that follow a thing, by themselves or with their sync group. */
function followers(
  config: Config,
  { kind, name }: Pick<TrackConfig, 'kind' | 'name'>,
): readonly string[] {
  const lines = config.instances.flatMap((instance) => {
    const group = config.syncGroups.find(({ members }) => members.includes(instance.name));
    const tracks = [...instance.tracks, ...(group?.tracks ?? [])];
    const track = tracks.find((one) => one.kind === kind && one.name === name);
    return track === undefined ? [] : [`     ${instance.name}, weight ${weightText(track)}`];
  });
  return lines.length === 0 ? [] : ['   Tracking instances :', ...lines];
}
