import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlClient } from '../api/client.ts';
import type { Identity } from '../api/contract.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { reportFailure } from './report-failure.ts';

export interface UpgradeOptions {
  readonly socketPath: string;
}

/** How long the new process may take to answer once it has taken over, in milliseconds. */
const answerPatienceMs = 5_000;
const answerPauseMs = 20;

/** `baton upgrade`: the program that is installed now takes the place of the running one. */
export async function upgradeCommand(
  options: UpgradeOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { stdout, stderr } = context.terminal;
  const client = context.connect(options.socketPath);
  const before = await client.status();
  if (!before.ok) return reportFailure(context.terminal, before.error);
  const former = before.value.identity;
  const answer = await client.upgrade();
  if (!answer.ok) return reportFailure(context.terminal, answer.error);
  if (!answer.value.ok) {
    await stderr.write(`baton: ${answer.value.error}\n`);
    return exitCodes.failed;
  }
  const present = await findSuccessor(client, context, former.processId);
  if (present === null) {
    await stderr.write(
      `baton: the new process does not answer at ${options.socketPath}: see the log\n`,
    );
    return exitCodes.failed;
  }
  await stdout.write(`${described(present)} has taken the place of ${described(former)}\n`);
  return exitCodes.done;
}

/** It opens its socket when it has taken over, which is a moment later. */
async function findSuccessor(
  client: ControlClient,
  context: CommandContext,
  former: number,
): Promise<Identity | null> {
  const deadlineMs = context.wallClockMs() + answerPatienceMs;
  do {
    const status = await client.status();
    if (status.ok && status.value.identity.processId !== former) return status.value.identity;
    await sleep(answerPauseMs);
  } while (context.wallClockMs() < deadlineMs);
  return null;
}

function described({ version, processId }: Identity): string {
  return `Baton ${version} (process ${String(processId)})`;
}
