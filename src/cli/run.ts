import { constants } from 'node:os';
import { hasErrors, reportText } from './check-report.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes } from './exit-code.ts';
import { describeRunFlags } from './run-flags.ts';
import { parseRunArguments, type RunRequest } from './run-options.ts';

/** `baton run`: the words after it are keepalived's flags. Answers the exit code. */
export async function runCommand(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { stdout, stderr } = context.terminal;
  const parsed = parseRunArguments(args);
  if (!parsed.ok) {
    await stderr.write(`baton run: ${parsed.error}\nbaton run --help lists every option.\n`);
    return exitCodes.usage;
  }
  const request = parsed.value;
  switch (request.type) {
    case 'run':
      return context.runDaemon(request.options);
    case 'test':
      return testConfiguration(request, context);
    case 'signal-number':
      return printSignalNumber(request.name, context);
    case 'version':
      await stdout.write(`Baton ${context.version}\n`);
      return exitCodes.done;
    case 'help':
      await stdout.write(describeRunFlags());
      return exitCodes.done;
  }
}

/** `-t`: as `baton check`, but reported where keepalived reports it and with its exit code. */
async function testConfiguration(
  request: RunRequest & { readonly type: 'test' },
  context: CommandContext,
): Promise<number> {
  const { configurationPath: path, configId, requireIncludes, logPath } = request;
  const { stderr } = context.terminal;
  const diagnostics = context.checkConfiguration({ path, configId, requireIncludes });
  const report = reportText(path, diagnostics);
  if (logPath === null) {
    await stderr.write(report);
  } else {
    const error = await context.writeFile(logPath, report).then(
      () => null,
      (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
    );
    if (error !== null) {
      await stderr.write(`baton run: can't write the report of --config-test: ${error}\n${report}`);
      return exitCodes.failed;
    }
  }
  return hasErrors(diagnostics) ? exitCodes.configurationTest : exitCodes.done;
}

/** keepalived's names for the signals that Baton answers as keepalived does. */
const signalNumbers: ReadonlyMap<string, number> = new Map([
  ['STOP', constants.signals.SIGTERM],
  ['RELOAD', constants.signals.SIGHUP],
  ['DATA', constants.signals.SIGUSR1],
  ['STATS', constants.signals.SIGUSR2],
  // Real-time signals, which have no names in Node.js: SIGRTMIN+2, SIGRTMAX-1, SIGRTMAX of glibc.
  ['JSON', 36],
  ['STATS_CLEAR', 63],
  ['TDUMP', 64],
]);

/** A name that Baton has no signal for must print no number: sent, it could end the process. */
async function printSignalNumber(name: string, context: CommandContext): Promise<number> {
  const { stdout, stderr } = context.terminal;
  const number = signalNumbers.get(name);
  if (number === undefined) {
    const names = [...signalNumbers.keys()].join(', ');
    await stderr.write(`baton run: there is no signal for '${name}': Baton answers ${names}\n`);
    return exitCodes.failed;
  }
  await stdout.write(`${String(number)}\n`);
  return exitCodes.done;
}
