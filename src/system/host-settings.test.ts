import { describe, expect, it } from 'vitest';
import { seconds, zero } from '../base/units.ts';
import type { Config, GlobalConfig } from '../model/config.ts';
import { emptyConfig } from '../model/defaults.ts';
import { resettledConfig, settledConfig } from './host-settings.ts';

const nothing = { namespace: null, umask: null };

function configWith(global: Partial<GlobalConfig>): Config {
  const config = emptyConfig('lb1');
  return { ...config, global: { ...config.global, ...global } };
}

describe('the delay of a start', () => {
  it.each([
    { delay: 0, afterBoot: 0, sinceBoot: 5, expected: 0 },
    { delay: 2, afterBoot: 0, sinceBoot: 5, expected: 2 },
    { delay: 2, afterBoot: 60, sinceBoot: 50, expected: 10 },
    { delay: 20, afterBoot: 60, sinceBoot: 50, expected: 20 },
    { delay: 0, afterBoot: 60, sinceBoot: 61, expected: 0 },
  ])('is the longer of both: %j', ({ delay, afterBoot, sinceBoot, expected }) => {
    const config = configWith({
      startupDelay: seconds(delay),
      delayAfterBoot: seconds(afterBoot),
    });
    const { global } = settledConfig(config, nothing, seconds(sinceBoot));
    expect(global.startupDelay).toBe(seconds(expected));
  });
});

describe('the network namespace', () => {
  it("is the command line's before the configuration's", () => {
    const config = configWith({ networkNamespace: 'blue' });
    expect(settledConfig(config, nothing).global.networkNamespace).toBe('blue');
    const given = { ...nothing, namespace: 'red' };
    expect(settledConfig(config, given).global.networkNamespace).toBe('red');
    expect(settledConfig(configWith({}), nothing).global.networkNamespace).toBeNull();
  });
});

describe('a reload', () => {
  const running = configWith({ networkNamespace: 'blue', instanceName: 'one' });

  it('keeps what only a start can change, and says so', () => {
    const next = configWith({ networkNamespace: 'red', pidDirectory: true, routerId: 'new' });
    const { config, remarks } = resettledConfig(next, running, nothing);
    expect(config.global).toEqual({ ...running.global, routerId: 'new' });
    expect(remarks).toEqual([
      'net_namespace has changed: that takes a restart of Baton',
      'instance has changed: that takes a restart of Baton',
      'use_pid_dir has changed: that takes a restart of Baton',
    ]);
  });

  it('has nothing to say where nothing of that changes', () => {
    const given = { namespace: 'blue', umask: null };
    const next = configWith({ networkNamespace: 'red', instanceName: 'one', startupDelay: zero });
    expect(resettledConfig(next, running, given).remarks).toEqual([]);
  });
});
