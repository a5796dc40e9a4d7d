import { describe, expect, it } from 'vitest';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import type { VirtualMacContext } from './build-virtual-mac.ts';
import {
  buildAddressInterface,
  buildVirtualMac,
  VirtualInterfaceNames,
} from './build-virtual-mac.ts';
import { checkTree } from './check.ts';
import { DiagnosticCollector } from './diagnostic.ts';
import { root } from './keywords/root.ts';
import { Settings } from './settings.ts';
import { sourceLine } from './source-line.ts';
import { buildTree } from './tree.ts';
import type { Phrase, Word } from './words.ts';
import { splitLine } from './words.ts';

function phrasesOf(text: string): readonly Phrase[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      splitLine(sourceLine('/a.conf', index + 1, line), new DiagnosticCollector()),
    );
}

function wordsOf(text: string): readonly Word[] {
  const [phrase] = phrasesOf(text);
  return phrase?.type === 'words' ? phrase.words : [];
}

function contextWith(overrides: Partial<VirtualMacContext> = {}): VirtualMacContext {
  return {
    instance: 'A',
    interface: 'eth0' as InterfaceName,
    virtualRouterId: 61,
    family: 'IPv4',
    unicast: false,
    sourceAddress: null,
    prefix: 'vrrp',
    addressPrefix: 'vrrp',
    names: new VirtualInterfaceNames(),
    collector: new DiagnosticCollector(),
    ...overrides,
  };
}

function build(lines: string, context = contextWith()) {
  const phrases = phrasesOf(`vrrp_instance A {\n${lines}\n}`);
  const checking = new DiagnosticCollector();
  const [instance] = checkTree(buildTree(phrases, root, checking), checking).statements;
  if (instance === undefined) throw new Error('no instance');
  return buildVirtualMac(Settings.of(instance), context);
}

function messages({ collector }: VirtualMacContext): readonly string[] {
  return collector.inOrder(new Map()).map(({ message }) => message);
}

describe('use_vmac', () => {
  it('makes a macvlan with the name and the MAC address of the virtual router', () => {
    expect(build('use_vmac')).toEqual({
      virtual: {
        name: 'vrrp.61',
        base: 'eth0',
        kind: { type: 'macvlan', macAddress: '00:00:5e:00:01:3d' },
        group: 0,
        family: 'IPv4',
        linkLocal: null,
        notify: false,
      },
      transmitOnBase: false,
    });
    expect(build('use_vmac', contextWith({ family: 'IPv6' }))?.virtual).toMatchObject({
      name: 'vrrp6.61',
      kind: { macAddress: '00:00:5e:00:02:3d' },
    });
  });

  it('takes name, MAC address, group and notification in any order', () => {
    const built = build('use_vmac netlink_notify_msg group 7 2:0:0:0:0:AA name group');
    expect(built?.virtual).toMatchObject({
      name: 'group',
      kind: { macAddress: '02:00:00:00:00:aa' },
      group: 7,
      notify: true,
    });
  });

  it('puts the virtual router id behind five octets', () => {
    expect(build('use_vmac v0 02:00:00:00:01')?.virtual.kind).toEqual({
      type: 'macvlan',
      macAddress: '02:00:00:00:01:3d',
    });
  });

  it('sends from the interface below where told to, and in unicast', () => {
    expect(build('use_vmac\nvmac_xmit_base')?.transmitOnBase).toBe(true);
    expect(build('use_vmac', contextWith({ unicast: true }))?.transmitOnBase).toBe(true);
  });

  it('puts a link-local source address on it', () => {
    const sourceAddress = 'fe80::9' as IpAddress;
    const built = build('use_vmac', contextWith({ family: 'IPv6', sourceAddress }));
    expect(built?.virtual.linkLocal).toBe('fe80::9');
    const global = contextWith({ family: 'IPv6', sourceAddress: '2001:db8::9' as IpAddress });
    expect(build('use_vmac', global)?.virtual.linkLocal).toBeNull();
  });

  it('numbers generated names that are taken, and begins them as told', () => {
    const context = contextWith({ prefix: 'gw' });
    expect(build('use_vmac', context)?.virtual.name).toBe('gw.61');
    expect(build('use_vmac', context)?.virtual.name).toBe('gw.61.1');
  });

  it.each([
    ['use_vmac abcdefghijklmnop', /too long/],
    ['use_vmac a/b', /cannot be the name/],
    ['use_vmac one two', /has one name/],
    ['use_vmac eth0', /is the interface below/],
    ['use_vmac 01:00:5e:00:00:01', /cannot be the MAC address/],
    ['use_vmac 00:00:00:00:00:00', /cannot be the MAC address/],
    ['use_ipvlan', /needs an address/],
  ])('makes nothing of %s, and tells why', (line, message) => {
    const context = contextWith();
    expect(build(line, context)).toBeNull();
    expect(messages(context)).toEqual([expect.stringMatching(message)]);
  });

  it('makes no second interface of a name', () => {
    const context = contextWith();
    build('use_vmac v0', context);
    expect(build('use_vmac v0', context)).toBeNull();
    expect(messages(context)).toEqual(['A: "v0" is the name of another virtual interface on eth0']);
  });

  it('tells of a long generated name', () => {
    const context = contextWith({ prefix: 'abcdefghijklm' });
    expect(build('use_vmac', context)).toBeNull();
    expect(messages(context)).toEqual([expect.stringMatching(/too long/)]);
  });

  it.each([
    ['use_vmac group servers', /no number of an interface group/],
    ['use_vmac group', /lacks what belongs behind it/],
    ['use_vmac\nuse_ipvlan', /no effect together with use_vmac/],
  ])('goes on after %s', (lines, message) => {
    const context = contextWith();
    expect(build(lines, context)?.virtual).toMatchObject({ name: 'vrrp.61', group: 0 });
    expect(messages(context)).toEqual([expect.stringMatching(message)]);
  });

  it('is needed for vmac_xmit_base', () => {
    const context = contextWith();
    expect(build('vmac_xmit_base', context)).toBeNull();
    expect(messages(context)).toEqual([expect.stringMatching(/no effect without/)]);
  });
});

describe('use_ipvlan', () => {
  it('takes name, address, mode and group', () => {
    expect(build('use_ipvlan v0 192.0.2.7/24 private group default')?.virtual).toMatchObject({
      name: 'v0',
      kind: { type: 'ipvlan', mode: 'private', address: '192.0.2.7' },
      group: 0,
    });
  });

  it('is a bridge without an address for IPv6', () => {
    expect(build('use_ipvlan', contextWith({ family: 'IPv6' }))?.virtual).toMatchObject({
      name: 'vrrp6.61',
      kind: { type: 'ipvlan', mode: 'bridge', address: null },
    });
  });
});

describe('the interface of an address', () => {
  const eth1 = 'eth1' as InterfaceName;

  it('is a macvlan where the address would be', () => {
    const given = { words: [], interface: eth1, family: 'IPv4' as const };
    const context = contextWith({ addressPrefix: 'va' });
    const first = buildAddressInterface(given, context);
    expect(first).toMatchObject({
      virtual: { name: 'va.61', base: 'eth1', kind: { macAddress: '00:00:5e:00:01:3d' } },
      created: true,
    });
    expect(buildAddressInterface(given, context)).toEqual({ ...first, created: false });
  });

  it("is the instance's own where that has the same MAC address", () => {
    const context = contextWith();
    const own = build('use_vmac', context);
    const given = { words: [], interface: 'eth0' as InterfaceName, family: 'IPv4' as const };
    expect(buildAddressInterface(given, context)).toEqual({
      virtual: own?.virtual,
      created: false,
    });
  });

  it('takes a name and a MAC address of its own', () => {
    const words = wordsOf('v1 02:00:00:00:00:01');
    const context = contextWith();
    const given = { words, interface: eth1, family: 'IPv6' as const };
    expect(buildAddressInterface(given, context)?.virtual).toMatchObject({
      name: 'v1',
      family: 'IPv6',
      kind: { macAddress: '02:00:00:00:00:01' },
    });
  });
});
