import { describe, expect, it } from 'vitest';
import { parseRunArguments, type RunOptions } from './run-options.ts';

function optionsOf(...args: string[]): RunOptions {
  const parsed = parseRunArguments(args);
  if (!parsed.ok) throw new Error(parsed.error);
  if (parsed.value.type !== 'run') throw new Error(parsed.value.type);
  return parsed.value.options;
}

describe('parseRunArguments', () => {
  it('has the defaults of docs/commands.md', () => {
    expect(optionsOf()).toEqual({
      configurationPath: '/etc/keepalived/keepalived.conf',
      configId: null,
      requireIncludes: false,
      lenient: false,
      pidPath: null,
      socketPath: null,
      namespace: null,
      umask: null,
      log: { stderr: true, syslogFacility: null, file: null, detail: 0 },
      recording: null,
      takeover: false,
      notes: [],
    });
  });

  it('takes each value to where it belongs', () => {
    const words =
      '-f /a.conf -i blue -e --lenient -p /b.pid --socket /c.sock -s red -u 0027 -l -D -D';
    expect(optionsOf(...words.split(' '))).toEqual({
      configurationPath: '/a.conf',
      configId: 'blue',
      requireIncludes: true,
      lenient: true,
      pidPath: '/b.pid',
      socketPath: '/c.sock',
      namespace: 'red',
      umask: 0o027,
      log: { stderr: true, syslogFacility: null, file: null, detail: 2 },
      recording: null,
      takeover: false,
      notes: [],
    });
  });

  it('knows where to record, and how much', () => {
    expect(optionsOf('--record', '/r').recording).toEqual({
      path: '/r',
      limitOctets: 256 * 1_024 * 1_024,
    });
    expect(optionsOf('--record=/r', '--record-limit=1').recording?.limitOctets).toBe(1_048_576);
    for (const limit of ['0', '-1', 'x', '1.5', '9999999', '']) {
      expect(parseRunArguments(['--record=/r', `--record-limit=${limit}`]).ok, limit).toBe(false);
    }
    expect(parseRunArguments(['--record-limit=1']).ok).toBe(false);
  });

  it('lets the last of two values count', () => {
    expect(optionsOf('-f/a.conf', '-f/b.conf').configurationPath).toBe('/b.conf');
  });

  it('notes each flag without effect once, as it was written', () => {
    expect(optionsOf('-V', '-R', '--dont-respawn', '-r', '/run/vrrp.pid', '-nM').notes).toEqual([
      'option -V: NOT acted on: addresses are released when Baton stops, so that no two hosts hold one',
      'option -R: Baton has no child process of its own to restart',
      'option -r: Baton is one process: no other pid file is written',
      'option -M: the limits on core dumps are left as they are: set them where Baton is started',
    ]);
  });

  it('asks for a test, a signal, the version or the help instead of a run', () => {
    expect(parseRunArguments(['-t', '-f', '/a.conf'])).toEqual({
      ok: true,
      value: {
        type: 'test',
        configurationPath: '/a.conf',
        configId: null,
        requireIncludes: false,
        logPath: null,
      },
    });
    expect(parseRunArguments(['--config-test=/tmp/log'])).toMatchObject({
      value: { type: 'test', logPath: '/tmp/log' },
    });
    expect(parseRunArguments(['--signum=STOP'])).toMatchObject({
      value: { type: 'signal-number', name: 'STOP' },
    });
    expect(parseRunArguments(['-nv'])).toMatchObject({ value: { type: 'version' } });
    expect(parseRunArguments(['-nh'])).toMatchObject({ value: { type: 'help' } });
  });

  it.each([
    [['x.conf'], "unexpected argument 'x.conf': a configuration is named with -f FILE"],
    [['-t', 'x.conf'], "unexpected argument 'x.conf': a configuration is named with -f FILE"],
    [
      ['-S', 'mail'],
      "log facility 'mail' is not one: use 0 to 7, local0 to local7, user or daemon",
    ],
    [['-u', '0888'], "umask '0888' is not one: use an octal number of up to 777, such as 022"],
    [['-u', '1777'], "umask '1777' is not one: use an octal number of up to 777, such as 022"],
    [['--frobnicate'], 'unknown option --frobnicate'],
  ])('refuses %j', (args, error) => {
    expect(parseRunArguments(args)).toEqual({ ok: false, error });
  });
});
