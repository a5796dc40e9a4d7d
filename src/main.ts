#!/usr/bin/env node
/** The command line's composition: with run-daemon.ts and pulse.ts, all that names adapters. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { controlClient } from './api/client.ts';
import { runProgram } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';
import { checkConfiguration } from './configuration.ts';

const packageFile = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

const exitCode = await runProgram(process.argv.slice(2), {
  terminal: processTerminal(process),
  version,
  connect: controlClient,
  checkConfiguration,
  // Only a run pays for loading what a run needs.
  runDaemon: async (options) => (await import('./run-daemon.ts')).runDaemon(options, version),
  openReplay: async (path) => (await import('./replay.ts')).openReplay(path),
  cleanUp: async (request) => (await import('./cleanup.ts')).cleanUp(request),
  playInSimulator: async (...story) =>
    (await import('./simulated-lab.ts')).playInSimulator(...story),
  writeFile: (path, text) => writeFile(path, text),
  wallClockMs: () => Date.now(),
});
process.exit(exitCode);
