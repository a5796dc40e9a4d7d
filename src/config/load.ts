/**
 * Reading a configuration, from files to a Config.
 *
 * The layers, each in files of its own: `preprocess` makes lines of the files, with
 * comments, conditions, definitions, repetitions and includes worked out; `words`
 * makes words and braces of the lines, `tree` statements and blocks of those; `check`
 * holds them against the keyword tables in `keywords`; `build` makes a Config of what
 * is left. Positions are kept all the way, through expansions too.
 *
 * No layer fails: each reports what is wrong and goes on with what keepalived would
 * go on with. So there is always a Config, and whoever asked for it decides by the
 * diagnostics whether to use it. Everything has a limit; octets of any kind will do.
 */
import { seededRandom } from '../base/random.ts';
import type { Config } from '../model/config.ts';
import { buildConfig } from './build.ts';
import { checkTree } from './check.ts';
import type { ConfigSource } from './config-source.ts';
import { DiagnosticCollector, type Diagnostic, type FileTexts } from './diagnostic.ts';
import { root } from './keywords/root.ts';
import { preprocess } from './preprocess.ts';
import { buildTree } from './tree.ts';
import { splitLine } from './words.ts';

export interface LoadOptions {
  /** Absolute; may be a pattern. */
  readonly path: string;
  /** What `@id` lines are compared with, beside `baton`. */
  readonly configurationId: string;
  readonly hostName: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For `_RANDOM`. */
  readonly randomSeed: number;
  /** An include that finds no file is an error. */
  readonly everyIncludeRequired: boolean;
}

export interface LoadedConfig {
  /** What keepalived would act on, as far as Baton acts on it. */
  readonly config: Config;
  /** In the order of the text. Baton starts only if none is an error. */
  readonly diagnostics: readonly Diagnostic[];
  /** The lines of each file that was read. */
  readonly files: FileTexts;
}

export function loadConfig(source: ConfigSource, options: LoadOptions): LoadedConfig {
  const { path, configurationId, environment, everyIncludeRequired } = options;
  const collector = new DiagnosticCollector();
  const random = seededRandom(options.randomSeed);
  const { lines, files } = preprocess(
    source,
    { path, configurationId, environment, everyIncludeRequired, random },
    collector,
  );
  const phrases = lines.flatMap((line) => splitLine(line, collector));
  const checked = checkTree(buildTree(phrases, root, collector), collector);
  const config = buildConfig(checked, { hostName: options.hostName, source }, collector);
  return { config, diagnostics: collector.inOrder(files), files };
}
