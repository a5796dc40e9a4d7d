import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codesOf, instanceText, loadText, mainFile } from '../../test/config/memory-files.ts';
import { familyOf, parseIp } from '../model/address.ts';
import type { Config } from '../model/config.ts';
import { emptyConfig } from '../model/defaults.ts';
import { formatDiagnostic } from './diagnostic.ts';
import { isInterfaceName } from './keywords/argument-type.ts';
import { spellingsOf } from './keywords/keyword.ts';
import { allBlocks } from './keywords/root.ts';
import type { LoadedConfig } from './load.ts';

const folder = new URL('cases/', import.meta.url);
const cases = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));

/** What the rest of Baton relies on. */
function expectTrustworthy({ scripts, services, instances }: Config): void {
  const names = new Set(scripts.map(({ name }) => name));
  const routers = new Set<string>();
  for (const instance of instances) {
    const { virtualRouterId, priority, advertisementInterval, authentication, family } = instance;
    if (instance.interface === null) expect(instance.sourceAddress).not.toBeNull();
    else expect(isInterfaceName(instance.interface)).toBe(true);
    expect(virtualRouterId).toBeGreaterThanOrEqual(1);
    expect(virtualRouterId).toBeLessThanOrEqual(255);
    expect(priority).toBeGreaterThanOrEqual(1);
    expect(priority).toBeLessThanOrEqual(255);
    const [unit, longest] = instance.version === 2 ? [1_000_000, 255] : [10_000, 4_095];
    expect(advertisementInterval % unit).toBe(0);
    expect(advertisementInterval).toBeGreaterThanOrEqual(unit);
    expect(advertisementInterval).toBeLessThanOrEqual(unit * longest);
    if (family === 'IPv6') expect(instance.version).toBe(3);
    if (instance.transport.type === 'multicast') {
      const { group } = instance.transport;
      const router = `${virtualRouterId} ${String(instance.interface)} ${family} ${group}`;
      expect(routers).not.toContain(router);
      routers.add(router);
    }
    if (authentication.type !== 'none') {
      expect(instance.version).toBe(2);
      expect(new TextEncoder().encode(authentication.password).length).toBeLessThanOrEqual(8);
    }
    for (const { address } of instance.virtualAddresses) expect(familyOf(address)).toBe(family);
    for (const one of [...instance.virtualAddresses, ...instance.excludedAddresses]) {
      const { address, prefixLength, interface: name, scope } = one;
      expect(parseIp(address)).toBe(address);
      expect(prefixLength).toBeLessThanOrEqual(familyOf(address) === 'IPv4' ? 32 : 128);
      expect(isInterfaceName(name)).toBe(true);
      expect(scope).toBeLessThanOrEqual(255);
    }
    for (const { kind, name, weight } of instance.tracks) {
      if (kind === 'script') expect(names).toContain(name);
      expect(Math.abs(weight)).toBeLessThanOrEqual(254);
    }
  }
  for (const { interval, timeout, rise, fall, command } of scripts) {
    expect(Math.min(interval, timeout, rise, fall)).toBeGreaterThan(0);
    expect(command.program).not.toBe('');
  }
  for (const { start, pidFile } of services) {
    expect(start.program).not.toBe('');
    expect(pidFile.startsWith('/')).toBe(true);
  }
}

/** Loads anything: a value comes back, and each diagnostic can be shown. */
function expectTotal(text: string | Uint8Array): void {
  const loaded = loadText(text, {}, { '/etc/keepalived/service.conf': instanceText() });
  expectTrustworthy(loaded.config);
  for (const diagnostic of loaded.diagnostics) {
    expect(formatDiagnostic(diagnostic, loaded.files)).toContain(`[${diagnostic.code}]`);
    const { span } = diagnostic;
    if (span === null) continue;
    const line = loaded.files.get(span.file)?.[span.line - 1];
    expect(line).toBeDefined();
    expect(span.column).toBeGreaterThanOrEqual(1);
    expect(span.column + span.length - 1).toBeLessThanOrEqual(Math.max(1, line?.length ?? 0));
  }
}

const spellings = allBlocks().flatMap(({ keywords }) => keywords.flatMap(spellingsOf));
const token = fc.oneof(
  fc.constantFrom('{', '}', '"', '\n', '\\\n', '$A', '${A}', '$A=', '@id', '~SEQ(A,3)', '#'),
  fc.constantFrom(
    '{',
    '}',
    '\n',
    '\n',
    ' 1 ',
    ' -5 ',
    ' 192.0.2.1/24 ',
    ' on ',
    ' include *',
    '（',
  ),
  fc.constantFrom(...spellings),
  fc.string({ maxLength: 5 }),
);

/** A case with a few slips: pieces cut out, doubled, or replaced. */
const slip = fc.record({
  at: fc.nat(),
  length: fc.nat({ max: 30 }),
  put: fc.oneof(fc.constantFrom('', '{', '}', '"', '\0', '\\', '$', '255', '（'), fc.string()),
});

function withSlips(
  text: string,
  slips: readonly { readonly at: number; readonly length: number; readonly put: string }[],
): string {
  let changed = text;
  for (const { at, length, put } of slips) {
    const place = at % (changed.length + 1);
    changed = changed.slice(0, place) + put + changed.slice(place + length);
  }
  return changed;
}

describe('any text at all gives a Config that can be relied on', () => {
  it('octets', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), expectTotal), {
      endOnFailure: true,
    });
  });

  it('words and braces of the language', () => {
    const text = fc.array(token, { maxLength: 200 }).map((tokens) => tokens.join(' '));
    fc.assert(fc.property(text, expectTotal), { numRuns: 300, endOnFailure: true });
  });

  it('files with slips', () => {
    const text = fc
      .tuple(fc.constantFrom(...cases), fc.array(slip, { maxLength: 8 }))
      .map(([original, slips]) => withSlips(original, slips));
    fc.assert(fc.property(text, expectTotal), { numRuns: 300, endOnFailure: true });
  });

  it('deep nesting', () => {
    expectTotal('vrrp_instance {'.repeat(50_000));
    expectTotal('{'.repeat(100_000));
    expectTotal('a\n{\n'.repeat(100_000));
    expectTotal('}\n'.repeat(100_000));
  });

  it('sheer size', () => {
    expectTotal(instanceText().repeat(2_000));
    expectTotal('\\#'.repeat(2_000_000));
    expectTotal('$A=x\n$A\n'.repeat(20_000));
  });
});

describe('the same text', () => {
  it('gives the same, draw after draw', () => {
    const text = `global_defs { router_id \${_RANDOM} }\n${instanceText()}`;
    expect(loadText(text)).toEqual(loadText(text));
    const { routerId } = loadText(text, { randomSeed: 2 }).config.global;
    expect(routerId).not.toBe(loadText(text).config.global.routerId);
  });
});

describe('a minimal instance', () => {
  const loaded: LoadedConfig = loadText(instanceText());

  it("has keepalived's defaults", () => {
    expect(loaded.config.instances[0]).toMatchObject({
      initialState: 'BACKUP',
      priority: 100,
      advertisementInterval: 1_000_000,
      preempt: true,
      sourceAddress: null,
      authentication: { type: 'none' },
      announcement: {
        delay: 5_000_000,
        repeat: 5,
        refresh: 0,
        refreshRepeat: 1,
        lowerPriorityDelay: 5_000_000,
        lowerPriorityRepeat: 5,
      },
      smtpAlert: false,
    });
    expect(loaded.config.global).toEqual(emptyConfig('host-a.example.org').global);
    expect(codesOf(loaded)).toEqual([]);
  });

  it('is one of the files that were read', () => {
    expect([...loaded.files.keys()]).toEqual([mainFile]);
  });
});

describe('what decides who is master', () => {
  const instance = (lines: string) => loadText(instanceText(lines));

  it.each([
    ['', 'BACKUP', 100, []],
    ['state MASTER\npriority 90', 'MASTER', 90, []],
    ['state MASTER', 'MASTER', 255, ['owner-by-default']],
    ['state MASTER\npriority 300', 'MASTER', 100, ['value-out-of-range']],
    ['priority 255', 'MASTER', 255, []],
    ['state BACKUP\npriority 255', 'BACKUP', 255, []],
    ['state backup\npriority 255', 'BACKUP', 255, ['invalid-value']],
    ['priority 10\npriority 20', 'BACKUP', 20, []],
  ])('%j', (lines, initialState, priority, codes) => {
    const loaded = instance(lines);
    expect(loaded.config.instances[0]).toMatchObject({ initialState, priority });
    expect(codesOf(loaded)).toEqual(codes);
  });

  it.each([
    ['nopreempt', false, []],
    ['preempt', true, []],
    ['nopreempt\npreempt', true, []],
    ['preempt\nnopreempt', false, []],
    ['nopreempt\nstate MASTER\npriority 90', true, ['nopreempt-ignored']],
    ['nopreempt\npriority 255', true, ['nopreempt-ignored']],
  ])('%j', (lines, preempt, codes) => {
    const loaded = instance(lines);
    expect(loaded.config.instances[0]).toMatchObject({ preempt });
    expect(codesOf(loaded)).toEqual(codes);
  });

  it.each([
    ['1', 1, []],
    ['255', 255, []],
    ['0.5', 1, ['value-out-of-range']],
    ['1.6', 2, ['value-out-of-range']],
    ['256', 1, ['value-out-of-range']],
    ['0', 1, ['value-out-of-range']],
  ])('advert_int %s', (given, seconds, codes) => {
    const loaded = instance(`advert_int ${given}`);
    expect(loaded.config.instances[0]?.advertisementInterval).toBe(seconds * 1_000_000);
    expect(codesOf(loaded)).toEqual(codes);
  });
});

describe('mail', () => {
  const global = (lines: string) => loadText(`global_defs {\n${lines}\n}\n${instanceText()}`);
  const complete = 'smtp_server 192.0.2.25\nnotification_email { a@example.org }';

  it.each([
    [complete, false, ['mail-never-sent']],
    [`${complete}\nsmtp_alert`, true, []],
    [`${complete}\nsmtp_alert off\nsmtp_alert_vrrp on`, true, []],
    [`${complete}\nsmtp_alert\nsmtp_alert_vrrp off`, false, ['mail-never-sent']],
    ['smtp_alert', true, ['mail-incomplete']],
  ])('%j', (lines, smtpAlert, codes) => {
    const loaded = global(lines);
    expect(loaded.config.instances[0]?.smtpAlert).toBe(smtpAlert);
    expect(codesOf(loaded)).toEqual(codes);
  });
});

describe('gratuitous ARPs', () => {
  const announcement = (global: string, own: string) => {
    const { config } = loadText(`global_defs {\n${global}\n}\n${instanceText(own)}`);
    return config.instances[0]?.announcement;
  };

  it('take what the instance says, else what global_defs says', () => {
    const global = 'vrrp_garp_master_delay 2\nvrrp_garp_lower_prio_delay 7';
    expect(announcement(global, '')).toMatchObject({ delay: 2e6, lowerPriorityDelay: 7e6 });
    expect(announcement(global, 'garp_master_delay 3')).toMatchObject({
      delay: 3e6,
      lowerPriorityDelay: 7e6,
    });
    expect(announcement(global, 'garp_lower_prio_delay 0')).toMatchObject({
      lowerPriorityDelay: 0,
    });
  });

  it('after an advert of lower priority are as those of a master, unless told otherwise', () => {
    expect(announcement('', 'garp_master_delay 3\ngarp_master_repeat 2')).toMatchObject({
      lowerPriorityDelay: 3e6,
      lowerPriorityRepeat: 2,
    });
    expect(announcement('vrrp_garp_master_repeat 0', '')).toMatchObject({
      repeat: 1,
      lowerPriorityRepeat: 1,
    });
  });
});

describe('the weight of a tracked script', () => {
  it.each([
    ['', -20, true, []],
    ['weight 5', 5, true, []],
    ['weight 5 noreverse', 5, false, []],
    ['weight 5 reverse', 5, true, []],
    ['weight 254', 253, true, ['value-adjusted']],
    ['weight -254', -253, true, ['value-adjusted']],
    ['weight 255', -20, true, ['value-out-of-range']],
    ['weight', -20, true, ['missing-argument']],
    ['weigth 5', -20, true, ['unknown-keyword']],
    ['weight 5 （注）', 5, true, ['full-width-character']],
  ])('%j', (words, weight, reverse, codes) => {
    const script = 'vrrp_script chk {\nscript /usr/bin/true\nweight -20 reverse\n}\n';
    const loaded = loadText(script + instanceText(`track_script {\nchk ${words}\n}`));
    const tracked = loaded.config.instances[0]?.tracks;
    expect(tracked).toEqual([{ kind: 'script', name: 'chk', weight, reverse }]);
    expect(codesOf(loaded)).toEqual(codes);
  });
});

describe('a command', () => {
  it('that asks whether a file can be read becomes a test', () => {
    const script = 'vrrp_script chk {\nscript "</run/ready"\n}\n';
    const { config } = loadText(script + instanceText('track_script { chk }'));
    expect(config.scripts[0]?.command).toMatchObject({
      program: 'test',
      arguments: ['-r', '/run/ready'],
    });
  });

  it('that is not quoted is its first word', () => {
    const script = 'vrrp_script chk {\nscript /usr/bin/test -e /run/ready\n}\n';
    const loaded = loadText(script + instanceText('track_script { chk }'));
    expect(loaded.config.scripts[0]?.command.arguments).toEqual([]);
    expect(codesOf(loaded)).toEqual(['surplus-argument']);
  });
});
