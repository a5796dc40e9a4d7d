/** The command line: which command, with which options; each command is a file of its own. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { defaultSocketPath } from '../api/contract.ts';
import { checkCommand } from './check.ts';
import { cleanUpCommand } from './cleanup.ts';
import type { CommandContext } from './command-context.ts';
import { eventsCommand } from './events.ts';
import { exitCodes } from './exit-code.ts';
import { explainCommand } from './explain.ts';
import { passCommand } from './pass.ts';
import { reloadCommand } from './reload.ts';
import { defaultConfigurationPath, defaultPidPath } from './run-flags.ts';
import { runPlaces, unnamed } from './run-places.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { outputFailure } from './terminal.ts';
import { upgradeCommand } from './upgrade.ts';

/** Runs the command that `args` (without node and script) names. Answers the exit code. */
export async function runProgram(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const program = new Program(context);
  return program.run(args);
}

type Action<Options> = (options: Options, operand: string | undefined) => Promise<number>;

class Program {
  private readonly context: CommandContext;
  private readonly root: Command;
  private exitCode: number = exitCodes.done;
  private printed = '';
  private complained = '';

  constructor(context: CommandContext) {
    this.context = context;
    this.root = new Command('baton')
      .description('Keeps the address of a service alive: VRRP and supervision, two hosts or more.')
      .version(`Baton ${context.version}`, '-v, --version', 'print the version')
      .helpOption('-h, --help', 'print help')
      .enablePositionalOptions()
      .showHelpAfterError('(--help tells more)')
      .exitOverride()
      .configureOutput({
        writeOut: (text) => (this.printed += text),
        writeErr: (text) => (this.complained += text),
      });
    this.addRun();
    this.addCheck();
    this.addStatus();
    this.addEvents();
    this.addPass();
    this.addReload();
    this.addUpgrade();
    this.addStop();
    this.addExplain();
    this.addCleanUp();
    this.addReplay();
    this.addLab();
  }

  async run(args: readonly string[]): Promise<number> {
    try {
      await this.root.parseAsync([...args], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      // Help and version end by an "error" of code 0; every other is a wrong command line.
      this.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    const { terminal } = this.context;
    await terminal.stdout.write(this.printed);
    await terminal.stderr.write(this.complained);
    const lost = outputFailure(terminal);
    if (lost === null) return this.exitCode;
    await terminal.stderr.write(`baton: can't write to standard output: ${lost.message}\n`);
    return exitCodes.failed;
  }

  /** keepalived's flags follow getopt's rules, not commander's: `runCommand` reads them itself. */
  private addRun(): void {
    this.root
      .command('run')
      .summary('take part, in the foreground')
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .argument('[flags...]', "keepalived's own; `baton run --help` lists them")
      .action(async (flags: string[]) => {
        this.exitCode = await runCommand(flags, this.context);
      });
  }

  private addCheck(): void {
    const command = this.command('check', 'say what is wrong with a configuration')
      .addArgument(new Argument('[file]', 'the configuration').default(defaultConfigurationPath))
      .option('-e, --all-config', 'an include that finds no file is an error')
      .option('-i, --config-id <id>', 'what @ID lines are for (default: the host name)')
      .option('--json', 'as one JSON object');
    this.act<{ allConfig?: true; configId?: string; json?: true }>(command, async (given, file) =>
      checkCommand(
        {
          path: file ?? defaultConfigurationPath,
          configId: given.configId ?? null,
          requireIncludes: given.allConfig ?? false,
          json: given.json ?? false,
        },
        this.context,
      ),
    );
  }

  private addStatus(): void {
    const command = this.clientCommand('status', 'show instances, scripts and services').option(
      '--json',
      'as one JSON object',
    );
    this.act<{ socket: string; json?: true }>(command, async ({ socket, json = false }) =>
      statusCommand({ socketPath: socket, json }, this.context),
    );
  }

  private addEvents(): void {
    const command = this.clientCommand('events', 'tell what has happened')
      .option('-f, --follow', 'go on as things happen, until interrupted')
      .option('--json', 'as lines of JSON')
      .addOption(
        new Option(
          '--after <number>',
          'only events after the one with this sequence number',
        ).argParser(parseSequence),
      );
    this.act<{ socket: string; follow?: true; json?: true; after?: number }>(
      command,
      async ({ socket, follow = false, json = false, after = null }) =>
        eventsCommand({ socketPath: socket, follow, json, after }, this.context),
    );
  }

  private addPass(): void {
    const command = this.clientCommand('pass', 'hand mastership over to the other host').argument(
      '[instance]',
      'its name (default: every instance that is Master)',
    );
    this.act<{ socket: string }>(command, async ({ socket }, instance) =>
      passCommand({ socketPath: socket, instance: instance ?? null }, this.context),
    );
  }

  private addReload(): void {
    const command = this.clientCommand('reload', 'read the configuration anew').option(
      '--service <name>',
      'have this service read its own configuration, if that passes its test',
    );
    this.act<{ socket: string; service?: string }>(command, async ({ socket, service }) =>
      reloadCommand({ socketPath: socket, service: service ?? null }, this.context),
    );
  }

  private addUpgrade(): void {
    const command = this.clientCommand('upgrade', 'let the Baton that is installed now take over');
    this.act<{ socket: string }>(command, async ({ socket }) =>
      upgradeCommand({ socketPath: socket }, this.context),
    );
  }

  private addStop(): void {
    const command = this.clientCommand('stop', 'hand over, release every address, and end');
    this.act<{ socket: string }>(command, async ({ socket }) =>
      stopCommand({ socketPath: socket }, this.context),
    );
  }

  private addExplain(): void {
    const command = this.clientCommand('explain', 'say why instances are in their states')
      .argument('[instance]', 'its name (default: each)')
      .option('--recording <file>', 'of the end of a recording, not of the Baton that runs')
      .option('--json', 'as lines of JSON, an instance each');
    this.act<{ socket: string; recording?: string; json?: true }>(command, async (given, name) =>
      explainCommand(
        {
          socketPath: given.socket,
          recordingPath: given.recording ?? null,
          instance: name ?? null,
          json: given.json ?? false,
        },
        this.context,
      ),
    );
  }

  private addReplay(): void {
    const command = this.command('replay', 'play a recording again, and compare')
      .argument('<file>', 'what `baton run --record` has written')
      .option('--effects', 'show each input with all that came of it')
      .option('--json', 'as lines of JSON, an input each, with all that came of it')
      .addOption(
        new Option('--until <seconds>', 'play no further than this from the beginning').argParser(
          parseSeconds,
        ),
      );
    this.act<{ effects?: true; json?: true; until?: number }>(command, async (given, file) =>
      replayCommand(
        {
          path: file ?? '',
          effects: given.effects ?? false,
          json: given.json ?? false,
          untilS: given.until ?? null,
        },
        this.context,
      ),
    );
  }

  private addCleanUp(): void {
    const command = this.command('cleanup', 'remove what a killed Baton has left')
      .option('-n, --dry-run', 'only say what would be removed')
      .option('-p, --pid <path>', 'pid file of the Baton that was killed', defaultPidPath)
      .option('--socket <path>', 'its control socket', defaultSocketPath);
    this.act<{ dryRun?: true; pid: string; socket: string }>(command, async (given) => {
      const files = { pidPath: given.pid, socketPath: given.socket };
      const places = runPlaces(files, unnamed);
      return cleanUpCommand({ places, dryRun: given.dryRun ?? false }, this.context);
    });
  }

  /** Loaded when it is asked for: the lab is large, and `baton run` should start quickly. */
  private addLab(): void {
    this.root
      .command('lab')
      .summary('play a whole story on a network of its own, and measure it')
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .argument('[options...]', '`baton lab --help` lists them')
      .action(async (options: string[]) => {
        const { labCommand } = await import('./lab.ts');
        const lab = labCommand({
          terminal: this.context.terminal,
          playInSimulator: this.context.playInSimulator,
          finish: (exitCode) => (this.exitCode = exitCode),
        });
        await lab
          .name('baton lab')
          .copyInheritedSettings(this.root)
          .parseAsync(options, { from: 'user' });
      });
  }

  private command(name: string, summary: string): Command {
    return this.root.command(name).summary(summary).description(summary);
  }

  /** A command that asks the Baton that runs. */
  private clientCommand(name: string, summary: string): Command {
    return this.command(name, summary).option(
      '--socket <path>',
      'control socket of the Baton to ask',
      defaultSocketPath,
    );
  }

  private act<Options>(command: Command, action: Action<Options>): void {
    command.action(async () => {
      this.exitCode = await action(
        command.opts() as Options,
        command.processedArgs[0] as string | undefined,
      );
    });
  }
}

function parseSequence(text: string): number {
  const sequence = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(sequence)) return sequence;
  throw new InvalidArgumentError('It must be a whole number, as "sequence" in `events --json`.');
}

function parseSeconds(text: string): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number of seconds, such as 12.5.');
}
