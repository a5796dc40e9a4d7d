/** The house's table (folders.json) and the tools that hold the code to it. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Folder {
  /** Its path from the root: "src/core". */
  readonly folder: string;
  readonly holds: string;
  /** Folders, or single files, beside itself. */
  readonly mayImport: readonly string[];
  readonly mayImportPackages: readonly string[];
  /** Imports nothing of Node's. */
  readonly pure: boolean;
  /** Of Node's modules, those whose results follow from their arguments alone. */
  readonly pureModules?: readonly string[];
}

export interface House {
  readonly folders: readonly Folder[];
  /** The files that put the parts together and may import everything. */
  readonly composition: readonly { readonly file: string; readonly holds: string }[];
}

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const house = JSON.parse(
  readFileSync(new URL('folders.json', import.meta.url), 'utf8'),
) as House;

/** Paths from the root of all files below a folder of it, in order. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

/** Paths from the root of all the project's files: not of what is made from them. */
export function projectFiles(): string[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const made = ignored.map((line) => line.replace(/\/$/, ''));
  return readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => name !== '.git' && !made.includes(name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name) : [entry.name]));
}

/** The table of docs/architecture.md, as Markdown. */
export function renderHouse({ folders, composition }: House): string {
  const code = (text: string): string => `\`${text}\``;
  const short = (path: string): string => code(path.replace(/^src\//, ''));
  const rows = folders.map(({ folder, holds, mayImport, mayImportPackages }) => {
    const packages = mayImportPackages.map((name) => `the package ${code(name)}`);
    const allowed = [...mayImport.map(short), ...packages];
    return [code(folder), holds, allowed.length === 0 ? 'nothing' : allowed.join(', ')];
  });
  for (const { file, holds } of composition) rows.push([code(file), holds, 'everything']);
  return renderTable(['folder or file', 'what lives there', 'may import'], rows);
}

/** A Markdown table with its columns padded, as prettier leaves it. */
function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface CruiseResult {
  readonly violations: readonly Violation[];
  /** The modules read that are not packages: paths from the folder that was cruised. */
  readonly modules: readonly string[];
  /** Imports seen from one module to another. */
  readonly imports: number;
}

/** What of dependency-cruiser's JSON output is used here. */
interface CruiserOutput {
  readonly modules: readonly { readonly source: string; readonly dependencies: unknown[] }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
    readonly totalDependenciesCruised: number;
  };
}

/** Runs dependency-cruiser with the project's rules in a folder laid out as the project is. */
export async function cruise(directory: string): Promise<CruiseResult> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const rules = join(root, '.dependency-cruiser.mjs');
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      [program, '--config', rules, '--output-type', 'json', 'src', 'test'],
      { cwd: directory, maxBuffer: 256 * 1024 * 1024 },
      // The exit code is the number of violations; a run that failed printed no JSON.
      (error, stdout, stderr) => {
        if (stdout === '') reject(new Error(`dependency-cruiser: ${stderr}`, { cause: error }));
        else resolve(stdout);
      },
    );
  });
  const { modules, summary } = JSON.parse(output) as CruiserOutput;
  return {
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    modules: modules
      .map(({ source }) => source)
      .filter((source) => /^(src|test)\/.*\.ts$/.test(source)),
    imports: summary.totalDependenciesCruised,
  };
}
