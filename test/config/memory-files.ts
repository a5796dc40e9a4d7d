/** Configuration that is read from texts in a test instead of files. */
import { failure, success } from '../../src/base/result.ts';
import type { ConfigSource } from '../../src/config/config-source.ts';
import { loadConfig, type LoadedConfig, type LoadOptions } from '../../src/config/load.ts';

export const mainFile = '/etc/keepalived/keepalived.conf';

export const loadOptions: LoadOptions = {
  path: mainFile,
  configurationId: 'host-a',
  hostName: 'host-a.example.org',
  environment: { PLACE: 'here' },
  randomSeed: 1,
  everyIncludeRequired: false,
};

/** Files by absolute path; null is a file that cannot be read. */
export function memoryFiles(
  files: Readonly<Record<string, string | Uint8Array | null>>,
): ConfigSource {
  return {
    read(path) {
      const content = files[path];
      if (content === undefined) return failure('no such file');
      if (content === null) return failure('permission denied');
      return success(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    },
    glob(pattern) {
      return Object.keys(files)
        .filter((path) => matches(pattern, path))
        .sort();
    },
  };
}

/** `*`, `?` and sets of characters; a bracket without a partner stands for itself. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.matchAll(/\[(?<set>[^\]]+)\]|[^]/gu);
  const source = [...parts].map(({ 0: text, groups }) => {
    const set = groups?.['set'];
    if (set !== undefined) return `(?:${set.split('').map(literally).join('|')})`;
    if (text === '*') return '[^/]*';
    return text === '?' ? '[^/]' : literally(text);
  });
  return new RegExp(`^${source.join('')}$`, 'u').test(path);
}

function literally(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Loads a text as the main file; other files may stand beside it. */
export function loadText(
  text: string | Uint8Array,
  given: Partial<LoadOptions> = {},
  others: Readonly<Record<string, string | null>> = {},
): LoadedConfig {
  const source = memoryFiles({ [mainFile]: text, ...others });
  return loadConfig(source, { ...loadOptions, ...given });
}

/** The codes of what was found, in order. */
export function codesOf({ diagnostics }: LoadedConfig): readonly string[] {
  return diagnostics.map(({ code }) => code);
}

/** An instance with everything that it must have, and more lines if given. */
export function instanceText(lines = '', name = 'VI_1', id = 51): string {
  return `vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${id}
  virtual_ipaddress {
    192.0.2.${id}
  }
  ${lines}
}
`;
}
