import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { enterNetwork, unshareNetwork } from '../../src/linux/namespace.ts';
import { Host, whyNot } from './namespace.ts';

const here = (): string => readlinkSync('/proc/thread-self/ns/net');

describe('a network namespace', () => {
  it('is the thread’s own, and its children’s, once it has moved there', (context) => {
    context.skip(whyNot !== null, whyNot ?? '');
    const home = here();
    const host = new Host();
    expect(here()).toBe(home);
    host.run(() => {
      expect(here()).not.toBe(home);
      const child = execFileSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' });
      expect(child.trim()).toBe(here());
      expect(unshareNetwork()).toBeNull();
      expect(`${here()}\n`).not.toBe(child);
    });
    expect(here()).toBe(home);
    host.close();
  });

  it('that is not there, or is something else, is an error', () => {
    expect(enterNetwork('/proc/self/ns/nowhere')).toEqual({
      code: 'ENOENT',
      call: 'enter network namespace /proc/self/ns/nowhere',
    });
    expect(enterNetwork('/proc/self/ns/uts')).toMatchObject({ code: 'EINVAL' });
    expect(enterNetwork('/dev/null')).toMatchObject({ code: 'EINVAL' });
  });
});
