/**
 * The simulator as a program of its own in a directory of its own, with or without a bug
 * in it: the sources, types taken off, so that no test-only branch is needed in any of them.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { PlantedBug } from './planted-bugs.ts';

export const projectRoot = join(import.meta.dirname, '../..');

/** What the simulator consists of. */
const folders = [
  ...['base', 'model', 'wire', 'config', 'core', 'ports', 'runtime', 'simulation'].map(
    (name) => `src/${name}`,
  ),
  'test/simulation',
];

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/** A directory with the whole program; to be removed by whoever asked for it. */
export function buildProgram(): string {
  const directory = mkdtempSync(join(tmpdir(), 'baton-simulation-'));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
  for (const folder of folders) {
    const names = readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names) {
      if (!name.endsWith('.ts') || /\.(test|fixture)\.ts$/.test(name)) continue;
      const file = join(folder, name);
      compile(directory, file, readFileSync(join(projectRoot, file), 'utf8'));
    }
  }
  return directory;
}

/** The source with the bug in it; throws where its text is not there exactly once. */
export function plant({ file, text, replacement, name }: PlantedBug): string {
  const source = readFileSync(join(projectRoot, file), 'utf8');
  const parts = source.split(text);
  if (parts.length !== 2) {
    throw new Error(`"${name}": the text stands in ${file} ${parts.length - 1} times, not once`);
  }
  return parts.join(replacement);
}

/** A bug may well be an endless loop: that is found too, but not by playing on. */
const playTimeoutMs = 60_000;

export interface Verdict {
  readonly status: number | null;
  readonly output: string;
}

/** Plays seeds in a copy of the program that has the bug in it. */
export async function playPlanted(
  program: string,
  bug: PlantedBug,
  seeds: number,
): Promise<Verdict> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-planted-'));
  try {
    cpSync(program, directory, { recursive: true });
    compile(directory, bug.file, plant(bug));
    return await play(directory, ['--seeds', String(seeds), '--failure-limit', '1', '--brief']);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs the program that lies in `directory`. */
export function play(directory: string, programArguments: readonly string[]): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(directory, 'test/simulation/main.js'), ...programArguments],
      { stdio: ['ignore', 'pipe', 'pipe'], timeout: playTimeoutMs },
    );
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, output });
    });
  });
}

function compile(directory: string, file: string, source: string): void {
  const target = join(directory, file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  const { outputText } = ts.transpileModule(source, { compilerOptions: options, fileName: file });
  writeFileSync(target, outputText);
}
