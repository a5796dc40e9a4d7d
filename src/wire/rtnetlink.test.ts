import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ipv4Address, Ipv6Address } from '../model/address.ts';
import { ipv6FromGroups } from '../model/address.ts';
import { parseRtnetlink } from './rtnetlink.ts';
import type { HoldAddress } from './rtnetlink-request.ts';
import {
  emitHoldAddress,
  emitList,
  emitReleaseAddress,
  emitRenewAddress,
  requestLimit,
} from './rtnetlink-request.ts';

// Messages as Linux 6.18 sent them, and the requests that made it send them.
const addressAdded = octets(
  '600000001400000007000000355510a6 0218000003000000 08000100c000020a 08000200c000020a' +
    '08000400c00002ff 0b00030076303a7669700000 05000b00ba000000 0800080000000000' +
    '1400060003000000030000002fde04002fde0400',
);
const refused = octets(
  '440000000200000308000000355510a6 eaffffff 58000000140005050800000000000000' +
    '20000100697076343a20496e76616c696420707265666978206c656e67746800',
);
const done = octets('240000000200000107000000355510a6 00000000 58000000140005050700000000000000');
const endOfList = octets('14000000030002000a000000355510a6 00000000');
/** RTM_DELLINK of the bridge's family: eth0 is no longer a port, but still an interface. */
const bridgePortGone = octets(
  '54000000110000000000000000000000 07000100030000000310000000000000 0700030076300000' +
    '08000a0004000000 08000400dc050000 0500100003000000 0a000100b63d47f872020000' +
    '0800050002000000',
);

const hold: HoldAddress = {
  sequence: 7,
  index: 3,
  address: '192.0.2.10' as Ipv4Address,
  prefixLength: 24,
  scope: 253,
  label: 'v0:vip',
  broadcast: '192.0.2.255' as Ipv4Address,
  lifetimeSeconds: 3,
  preferredSeconds: null,
  peer: null,
  flags: [],
  detectDuplicates: false,
};

const holdIpv6: HoldAddress = {
  ...hold,
  address: '2001:db8::5' as Ipv6Address,
  prefixLength: 128,
  scope: 0,
  label: null,
  broadcast: null,
  lifetimeSeconds: null,
  preferredSeconds: 0,
};

function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** What `emit` writes into octets that were 0xa5 before, and that it writes nothing else. */
function emitted(emit: (view: DataView, start: number) => number): string {
  const start = 8;
  const buffer = new Uint8Array(start + requestLimit + 8).fill(0xa5);
  const length = emit(new DataView(buffer.buffer), start);
  expect(length % 4).toBe(0);
  for (const [index, octet] of buffer.entries()) {
    if (index < start || index >= start + length) expect(octet).toBe(0xa5);
  }
  return Buffer.from(buffer.subarray(start, start + length)).toString('hex');
}

/** RTM_NEWLINK of interface 3, "v0", with these flags and attributes after its name. */
function linkMessage(flags: string, attributes: string): Uint8Array {
  const body = `00000100 03000000 ${flags} 00000000 07000300 76300000 ${attributes}`;
  const hex = body.replaceAll(' ', '');
  const length = (16 + hex.length / 2).toString(16).padStart(2, '0');
  return octets(`${length}000000 1000 0000 00000000 00000000 ${hex}`);
}

describe('emitting requests', () => {
  it('holds an address with all its attributes', () => {
    expect(emitted((view, start) => emitHoldAddress(view, start, hold))).toBe(
      '58000000' + // length 88
        '1400' + // RTM_NEWADDR
        '0505' + // NLM_F_REQUEST, ACK, REPLACE, CREATE
        '0700000000000000' + // sequence, port id
        '021800fd03000000' + // IPv4, /24, no flags, scope link, interface 3
        '08000200c000020a' + // IFA_LOCAL
        '08000100c000020a' + // IFA_ADDRESS
        '08000400c00002ff' + // IFA_BROADCAST
        '0b00030076303a7669700000' + // IFA_LABEL
        '1400060003000000030000000000000000000000' + // IFA_CACHEINFO
        '05000b00ba000000', // IFA_PROTO 186
    );
  });

  it('holds an IPv6 address for good, deprecated and taken into use at once', () => {
    expect(emitted((view, start) => emitHoldAddress(view, start, holdIpv6))).toBe(
      '64000000140005050700000000000000' +
        '0a80000003000000' + // IPv6, /128, interface 3
        '1400020020010db8000000000000000000000005' + // IFA_LOCAL
        '1400010020010db8000000000000000000000005' + // IFA_ADDRESS
        '1400060000000000ffffffff0000000000000000' + // IFA_CACHEINFO
        '0800080002000000' + // IFA_FLAGS: NODAD
        '05000b00ba000000',
    );
  });

  it('holds an address with a peer and all flags', () => {
    const text = emitted((view, start) =>
      emitHoldAddress(view, start, {
        ...holdIpv6,
        peer: '2001:db8::6' as Ipv6Address,
        flags: ['home', 'mngtmpaddr', 'noprefixroute', 'autojoin'],
        detectDuplicates: true,
      }),
    );
    expect(text).toContain('1400010020010db8000000000000000000000006');
    expect(text).toContain('0800080010070000');
  });

  it('never prefers an address for longer than it is there', () => {
    const eager = { ...hold, preferredSeconds: 9 };
    const text = emitted((view, start) => emitHoldAddress(view, start, eager));
    expect(text).toContain('140006000300000003000000');
  });

  it('leaves out the label and the broadcast address where there is none', () => {
    const bare = { ...hold, label: null, broadcast: null };
    const text = emitted((view, start) => emitHoldAddress(view, start, bare));
    expect(text).toHaveLength((88 - 8 - 12) * 2);
  });

  it('lets the kernel refuse a label that is too long', () => {
    const long = { ...hold, label: 'x'.repeat(40) };
    const text = emitted((view, start) => emitHoldAddress(view, start, long));
    expect(text).toContain(`15000300${'78'.repeat(16)}00000000`);
  });

  it('releases an address', () => {
    expect(emitted((view, start) => emitReleaseAddress(view, start, hold))).toBe(
      '28000000150005000700000000000000021800000300000008000200c000020a08000100c000020a',
    );
  });

  it('lists links and addresses', () => {
    expect(emitted((view, start) => emitList(view, start, { sequence: 10, what: 'links' }))).toBe(
      '20000000120001030a0000000000000000000000000000000000000000000000',
    );
    expect(
      emitted((view, start) => emitList(view, start, { sequence: 10, what: 'addresses' })),
    ).toBe('18000000160001030a000000000000000000000000000000');
  });
});

describe('renewing an address', () => {
  const lifetime = { preferredSeconds: 9, validSeconds: 2, renewedCentiseconds: 7, flags: 0 };

  it('begins what is left of its lifetime anew, at least a second of it', () => {
    const request = { ...hold, lifetime };
    expect(emitted((view, start) => emitRenewAddress(view, start, request))).toBe(
      '4c0000001400050107000000000000000218000003000000' +
        '08000200c000020a08000100c000020a' +
        '1400060002000000020000000000000000000000' +
        '080008000000000005000b00ba000000',
    );
    const ended = { ...request, lifetime: { ...lifetime, validSeconds: -1 } };
    expect(emitted((view, start) => emitRenewAddress(view, start, ended))).toContain(
      '14000600' + '01000000'.repeat(2),
    );
  });

  it('leaves the flags as they are that it may set', () => {
    const request = { ...holdIpv6, lifetime: { ...lifetime, flags: 0x7ff } };
    expect(emitted((view, start) => emitRenewAddress(view, start, request))).toContain(
      '0800080012070000',
    );
  });
});

describe('parsing messages', () => {
  it('reads an address, who asked for it, and whose mark it bears', () => {
    expect(parseRtnetlink(addressAdded)).toEqual([
      {
        type: 'new-address',
        sequence: 7,
        portId: 0xa6105535,
        interrupted: false,
        index: 3,
        address: '192.0.2.10',
        prefixLength: 24,
        secondary: false,
        tentative: false,
        duplicate: false,
        origin: 186,
        peer: null,
        lifetime: {
          preferredSeconds: 3,
          validSeconds: 3,
          renewedCentiseconds: 319_023,
          flags: 0,
        },
      },
    ]);
  });

  it('believes IFA_FLAGS rather than the old flags octet', () => {
    const secondary = Uint8Array.from(addressAdded);
    const flags = Buffer.from(secondary).indexOf('08000800', 0, 'hex') + 4;
    secondary[flags] = 0x01;
    expect(parseRtnetlink(secondary)).toMatchObject([{ secondary: true }]);
    secondary[flags] = 0;
    secondary[16 + 2] = 0x01;
    expect(parseRtnetlink(secondary)).toMatchObject([{ secondary: false }]);
  });

  it.each([
    { name: 'still being looked for', flags: '40', tentative: true },
    { name: 'found elsewhere', flags: '88', tentative: true },
    { name: 'in use', flags: '80', tentative: false },
  ])('reads an IPv6 address that is $name', ({ flags, tentative }) => {
    const message = octets(
      `3400000014000000 0700000000000000 0a400000 03000000
       14000100 fe800000000000000000000000000001 08000800 ${flags}000000`.replaceAll(/\s/g, ''),
    );
    expect(parseRtnetlink(message)).toMatchObject([
      { type: 'new-address', index: 3, address: 'fe80::1', prefixLength: 64, tentative },
    ]);
  });

  it('takes the local end of a point-to-point address for the address', () => {
    const request = { ...hold, peer: '192.0.2.99' as Ipv4Address };
    const buffer = new Uint8Array(requestLimit);
    const length = emitReleaseAddress(new DataView(buffer.buffer), 0, request);
    expect(parseRtnetlink(buffer.subarray(0, length))).toMatchObject([{ address: '192.0.2.10' }]);
  });

  it('reads an error with the words of the kernel', () => {
    expect(parseRtnetlink(refused)).toMatchObject([
      {
        type: 'acknowledgement',
        sequence: 8,
        errorNumber: 22,
        explanation: 'ipv4: Invalid prefix length',
      },
    ]);
  });

  it('reads several messages of one datagram', () => {
    const together = new Uint8Array([...done, ...addressAdded, ...endOfList]);
    expect(parseRtnetlink(together).map(({ type }) => type)).toEqual([
      'acknowledgement',
      'new-address',
      'end-of-list',
    ]);
  });

  it('tells that a list was interrupted', () => {
    const interrupted = Uint8Array.from(endOfList);
    interrupted[6] = (interrupted[6] ?? 0) | 0x10;
    expect(parseRtnetlink(interrupted)).toMatchObject([{ interrupted: true, errorNumber: 0 }]);
  });

  it.each([
    { name: 'up, running and with carrier', flags: '43100100', up: true },
    { name: 'up without carrier', flags: '03100000', up: false },
    { name: 'up with carrier, not yet running', flags: '03100100', up: false },
    { name: 'down', flags: '42100100', up: false },
  ])('counts a link as up: $name', ({ flags, up }) => {
    const message = linkMessage(flags, '0a000100 b63d47f87202 0000');
    expect(parseRtnetlink(message)).toMatchObject([
      {
        type: 'new-link',
        index: 3,
        name: 'v0',
        up,
        multicast: true,
        macAddress: 'b6:3d:47:f8:72:02',
      },
    ]);
  });

  it('has no hardware address where there is none, or one of another length', () => {
    expect(parseRtnetlink(linkMessage('43100100', ''))).toMatchObject([{ macAddress: null }]);
    expect(parseRtnetlink(linkMessage('43100100', '08000100 c0000201'))).toMatchObject([
      { macAddress: null },
    ]);
  });

  it('does not take a port that leaves its bridge for an interface that is gone', () => {
    expect(parseRtnetlink(bridgePortGone)).toEqual([]);
  });
});

describe('parsing anything', () => {
  it('is total on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (datagram) => {
        parseRtnetlink(datagram);
      }),
    );
  });

  it('looks for no explanation before the message, whatever length the request claims', () => {
    const claimed = Uint8Array.from(refused);
    const requestLengthPlace = 20;
    for (const length of [0x8000_0000, 0xffff_fffc, 0xffff_ffff]) {
      new DataView(claimed.buffer).setUint32(requestLengthPlace, length, true);
      // The bit that says that the request's header alone is repeated.
      claimed[7] = (claimed[7] ?? 0) & ~1;
      expect(parseRtnetlink(claimed)).toMatchObject([{ errorNumber: 22, explanation: null }]);
    }
  });

  it('is total on messages that were damaged or cut, and reads nothing behind their end', () => {
    const whole = fc.constantFrom(addressAdded, refused, done, bridgePortGone, endOfList);
    const damage = fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(whole, damage, fc.nat(100), (message, changes, cut) => {
        const damaged = Uint8Array.from(message);
        for (const [at, octet] of changes) if (at < damaged.length) damaged[at] = octet;
        const kept = damaged.subarray(0, Math.max(0, damaged.length - cut));
        // The same octets must mean the same, whatever lies behind them in memory.
        const padded = new Uint8Array(kept.length + 64).fill(0xa5);
        padded.set(kept);
        const alone = parseRtnetlink(Uint8Array.from(kept));
        expect(parseRtnetlink(padded.subarray(0, kept.length))).toEqual(alone);
      }),
    );
  });

  it('reads back what is emitted', () => {
    const request = fc.record({
      sequence: fc.nat(),
      index: fc.nat(),
      address: fc.oneof(
        fc.ipV4().map((text) => text as Ipv4Address),
        fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }).map(ipv6FromGroups),
      ),
      prefixLength: fc.nat(32),
      peer: fc.constant(null),
    });
    fc.assert(
      fc.property(request, (release) => {
        const buffer = new Uint8Array(requestLimit);
        const length = emitReleaseAddress(new DataView(buffer.buffer), 0, release);
        const { sequence, index, address, prefixLength } = release;
        expect(parseRtnetlink(buffer.subarray(0, length))).toMatchObject([
          { type: 'deleted-address', sequence, index, address, prefixLength },
        ]);
      }),
    );
  });
});
