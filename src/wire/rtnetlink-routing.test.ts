import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeOf, ruleOf } from '../../test/config/routing-lines.ts';
import type { InterfaceName } from '../model/address.ts';
import { installRouteMessage, listRoutesMessage, withdrawRouteMessage } from './rtnetlink-route.ts';
import { describeLinkMessage, parseRouting, vrfTableIn } from './rtnetlink-routing.ts';
import { installRuleMessage, listRulesMessage, withdrawRuleMessage } from './rtnetlink-rule.ts';

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

function octets(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function installed(line: string): Uint8Array {
  const route = routeOf(line);
  return installRouteMessage({ sequence: 7, route, table: route.table, indexOf: () => 10 });
}

describe('asking for routes', () => {
  it('installs one with a gateway, an interface, a metric and a locked size', () => {
    expect(hex(installed('10.1.0.0/16 via 192.0.2.2 dev eth0 metric 5 mtu lock 1400'))).toBe(
      '58000000' + // length 88
        '1800' + // RTM_NEWROUTE
        '0504' + // NLM_F_REQUEST, ACK, CREATE
        '0700000000000000' + // sequence, port id
        '02100000fe700001' + // IPv4, /16, no source, no TOS, main, protocol 112, global, unicast
        '00000000' + // flags
        '08000f00fe000000' + // RTA_TABLE
        '080001000a010000' + // RTA_DST
        '0800060005000000' + // RTA_PRIORITY
        '080004000a000000' + // RTA_OIF
        '08000500c0000202' + // RTA_GATEWAY
        '14000800' + // RTA_METRICS
        '0800020078050000' + // RTAX_MTU
        '0800010004000000', // RTAX_LOCK
    );
  });

  it('withdraws it by what tells it from others, whatever its scope', () => {
    const route = routeOf('10.1.0.0/16 via 192.0.2.2 dev eth0 metric 5 mtu lock 1400');
    const request = { sequence: 7, route, table: 254, indexOf: () => 10 };
    expect(hex(withdrawRouteMessage(request))).toBe(
      '44000000 1900 0500 0700000000000000 02100000fe70ff01 00000000 08000f00fe000000'.replaceAll(
        ' ',
        '',
      ) +
        '080001000a010000080006000500000008000400' +
        '0a00000008000500c0000202',
    );
  });

  it('puts a label stack together, its bottom marked (RFC 3032 section 2.1)', () => {
    const message = hex(installed('10.1.0.0/16 encap mpls 100/200 ttl 9 via 192.0.2.2'));
    expect(message).toContain('06001500' + '01000000'); // RTA_ENCAP_TYPE
    // RTA_ENCAP with MPLS_IPTUNNEL_DST and MPLS_IPTUNNEL_TTL
    expect(message).toContain(
      '18001600' + '0c000100' + '00064000' + '000c8100' + '0500020009000000',
    );
  });

  it('writes an ILA locator in network order', () => {
    const message = hex(installed('2001:db8:1::/48 encap ila 2001:db8:0:1 dev eth0'));
    expect(message).toContain(
      '06001500' + '03000000' + '10001600' + '0c000100' + '20010db800000001',
    );
  });

  it("names the family of a gateway that is not the route's", () => {
    const message = hex(installed('10.1.0.0/16 via inet6 2001:db8::2 dev eth0'));
    expect(message).toContain('16001200' + '0a00' + '20010db8000000000000000000000002');
  });

  it('lists what a protocol made', () => {
    const list = listRoutesMessage({ sequence: 9, family: 'IPv6', protocol: 18 });
    expect(hex(list)).toBe('1c0000001a0001030900000000000000' + '0a0000000012000000000000');
  });
});

describe('asking for rules', () => {
  const rule = ruleOf('not from 10.0.0.0/8 fwmark 7/0xf table 1000 priority 50');

  it('installs one, and not a second like it', () => {
    expect(hex(installRuleMessage({ sequence: 7, rule }))).toBe(
      '4c000000' + // length 76
        '2000' + // RTM_NEWRULE
        '0506' + // NLM_F_REQUEST, ACK, CREATE, EXCL
        '0700000000000000' + // sequence, port id
        '02000800' + // IPv4, no destination, source /8
        '00000001' + // table is in FRA_TABLE, FR_ACT_TO_TBL
        '02000000' + // FIB_RULE_INVERT
        '080002000a000000' + // FRA_SRC
        '08000a0007000000' + // FRA_FWMARK
        '080010000f000000' + // FRA_FWMASK
        '0800060032000000' + // FRA_PRIORITY
        '0500150070000000' + // FRA_PROTOCOL
        '08000f00e8030000', // FRA_TABLE
    );
  });

  it('withdraws it, and lists them all', () => {
    expect(hex(withdrawRuleMessage({ sequence: 7, rule })).slice(8, 16)).toBe('21000500');
    expect(hex(listRulesMessage({ sequence: 9, family: 'IPv4' }))).toBe(
      '1c0000002200010309000000000000000200000000000000' + '00000000',
    );
  });
});

describe('reading routes and rules', () => {
  it('reads back what was written', () => {
    expect(parseRouting(installed('2001:db8:1::/48 via 2001:db8::2 metric 7 table 300'))).toEqual([
      {
        type: 'new-route',
        sequence: 7,
        portId: 0,
        interrupted: false,
        replaces: false,
        family: 'IPv6',
        destination: { address: '2001:db8:1::', length: 48 },
        source: { address: '::', length: 0 },
        typeOfService: 0,
        table: 300,
        protocol: 112,
        routeType: 1,
        metric: 7,
        preferredSource: null,
        hops: [{ gateway: '2001:db8::2', index: null }],
      },
    ]);
    const several = installed(
      'default nexthop via 192.0.2.2 dev eth0 nexthop via inet6 2001:db8::3',
    );
    expect(parseRouting(several)).toMatchObject([
      {
        hops: [
          { gateway: '192.0.2.2', index: 10 },
          { gateway: '2001:db8::3', index: null },
        ],
      },
    ]);
    const rule = ruleOf('iif eth0 tos 0x10 to 10.0.0.0/8 prohibit priority 50');
    expect(parseRouting(installRuleMessage({ sequence: 7, rule }))).toMatchObject([
      {
        type: 'new-rule',
        priority: 50,
        to: { address: '10.0.0.0', length: 8 },
        inputInterface: 'eth0',
        typeOfService: 0x10,
        action: 8,
      },
    ]);
  });

  it('is total on messages that were damaged or cut', () => {
    const route = installed('10.1.0.0/16 nexthop via 192.0.2.2 dev eth0 nexthop via 192.0.2.3');
    const rule = installRuleMessage({ sequence: 7, rule: ruleOf('from 10.0.0.0/8 priority 5') });
    const damage = fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(route, rule), damage, fc.nat(100), (whole, changes, cut) => {
        const damaged = Uint8Array.from(whole);
        for (const [at, octet] of changes) if (at < damaged.length) damaged[at] = octet;
        const kept = damaged.slice(0, Math.max(0, damaged.length - cut));
        parseRouting(kept);
        vrfTableIn(kept);
      }),
    );
  });

  it('knows the table of a VRF', () => {
    const vrf = octets(
      '3c000000 1000 0000 00000000 00000000 00000100 03000000 00000000 00000000' +
        '1c001200 08000100 76726600 0c000200 08000100 64000000' +
        '00000000',
    );
    expect(vrfTableIn(vrf)).toBe(100);
    vrf[headerOfKind] = 0x78;
    expect(vrfTableIn(vrf)).toBeNull();
    const name = 'v' as InterfaceName;
    expect(hex(describeLinkMessage({ sequence: 1, name }))).toMatch(
      /^280000001200010001.*0600030076000000$/,
    );
  });
});

/** Where the first letter of "vrf" is, in the message above. */
const headerOfKind = 40;
