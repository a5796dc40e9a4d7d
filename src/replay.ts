/** A recording's way from its file, line by line, through a core. */
import { open } from 'node:fs/promises';
import type { OpenReplay, ReplayedLine } from './cli/opened-replay.ts';
import { failure, success } from './base/result.ts';
import { Replay } from './runtime/replay.ts';
import { readLines, type FileLine } from './system/file-lines.ts';

export const openReplay: OpenReplay = async (path) => {
  const file = await open(path).catch((error: unknown) => error as Error);
  if (file instanceof Error) return failure(file.message);
  const lines = readLines(file);
  const first = await lines.next().catch((error: unknown) => error as Error);
  if (first instanceof Error) return failure(first.message);
  if (first.done === true) return failure('it is empty');
  const replay = Replay.begin(first.value.text);
  if (!replay.ok) {
    await lines.return(undefined);
    return replay;
  }
  return success({
    header: replay.value.header,
    steps: play(replay.value, lines),
    snapshot: () => replay.value.snapshot(),
  });
};

async function* play(replay: Replay, lines: AsyncIterable<FileLine>): AsyncIterable<ReplayedLine> {
  let line = 1;
  for await (const { text, whole } of lines) {
    line += 1;
    const step = replay.take(text);
    if (step.ok) yield { ...step.value, line };
    else if (whole) yield { type: 'unreadable', line, error: step.error };
    else yield { type: 'cut-off', line };
  }
}
