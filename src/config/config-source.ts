import type { Result } from '../base/result.ts';

/** Where configuration comes from. Paths are absolute. */
export interface ConfigSource {
  /** The octets of a file; the error is a reason in words. */
  read(path: string): Result<Uint8Array, string>;
  /**
   * The regular files that match a pattern of `*`, `?` and `[...]`, sorted by name. A path
   * without any of these matches itself, if there is such a file.
   */
  glob(pattern: string): readonly string[];
}
