/** Where a story is played: in namespaces, or where they can't be had in the simulator. */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import { runToEnd } from './command.ts';
import type { LabOptions } from './lab-options.ts';
import { findNamespaces } from './namespaces.ts';
import type { NamespaceEntry } from './namespaces.ts';
import { playInNamespaces } from './outside.ts';
import type { DaemonKind } from './pair.ts';
import type { StoryEvent } from './story-event.ts';

/** Plays a story to its end, or until it is aborted; tells of it in events. */
export type PlayStory = (
  options: LabOptions,
  onEvent: (event: StoryEvent) => void,
  abort: AbortSignal,
) => Promise<void>;

export interface Venue {
  readonly play: PlayStory;
  /** What a person should know of it beforehand; null: nothing. */
  readonly note: string | null;
  /** The way in; null in the simulator. */
  readonly entry: NamespaceEntry | null;
}

/** Fails, with the reason, where the story can't be played at all. */
export async function findVenue(
  daemons: readonly DaemonKind[],
  playInSimulator: PlayStory | null,
): Promise<Result<Venue, string>> {
  const namespaces = await findNamespaces();
  const needsKeepalived = daemons.includes('keepalived');
  if (!namespaces.available) {
    const { reason } = namespaces;
    if (needsKeepalived || playInSimulator === null) {
      return failure(`namespaces can't be had: ${reason}`);
    }
    const note = `played in the simulator, since namespaces can't be had: ${reason}`;
    return success({ play: playInSimulator, note, entry: null });
  }
  const { entry } = namespaces;
  const play: PlayStory = (...story) => playInNamespaces(entry, ...story);
  if (!needsKeepalived) return success({ play, note: null, entry });
  const { status, complaint } = await runToEnd('keepalived', ['--version']);
  if (status !== 0) return failure(`keepalived can't be had: ${complaint}`);
  const note = entry.userNamespace ? crippledKeepalived : null;
  return success({ play, note, entry });
}

/** Its children call setgroups(2), which a user namespace of a single user denies. */
const crippledKeepalived =
  'keepalived can run no check script as an ordinary user: as root it would try to restart nginx';
