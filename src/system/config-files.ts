import { readFileSync, statSync } from 'node:fs';
import { failure, success, type Result } from '../base/result.ts';
import { matchingFiles } from './glob.ts';

/** Far above any configuration; a file beyond it was named by mistake. */
const sizeLimit = 16 * 1_024 * 1_024;

/** Where configuration comes from: files, read at once and whole. */
export class ConfigFiles {
  /** The octets of a regular file; the error is a reason in words. */
  read(path: string): Result<Uint8Array, string> {
    try {
      const status = statSync(path);
      if (!status.isFile()) return failure(`${path} is not a regular file`);
      if (status.size > sizeLimit) return failure(`${path} is larger than ${sizeLimit} octets`);
      return success(readFileSync(path));
    } catch (error) {
      return failure((error as Error).message);
    }
  }

  /** The regular files that match a pattern (glob(7)), sorted. */
  glob(pattern: string): readonly string[] {
    return matchingFiles(pattern);
  }
}
