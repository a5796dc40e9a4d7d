import { describe, expect, it } from 'vitest';
import { emitReplaceTable } from './nftables.ts';

/** Messages of nft 1.0.6, as strace shows them; its set ids and attribute order are its own. */
const rule =
  '24000180090001006d65746100000000140002800800020000000' +
  '00f08000100000000012c00018008000100636d70002000028008000100000000010800020000000000' +
  '0c000380050001000200000034000180';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

describe('a batch', () => {
  const table = { family: 'inet', name: 'keepalived' } as const;

  it('deletes a table that may not be there', () => {
    const { octets, messages } = emitReplaceTable(7, table, null);
    expect(messages).toBe(4);
    const name = '0f0001006b656570616c697665640000';
    expect(hex(octets)).toBe(
      `140000001000010007000000000000000000000a` +
        `24000000000a0104080000000000000001000000${name}` +
        `24000000020a0504090000000000000001000000${name}` +
        `14000000110001000a000000000000000000000a`,
    );
  });

  it('writes chain, set, keys and rule as nft does', () => {
    const { octets } = emitReplaceTable(1, table, {
      ...table,
      chains: [{ name: 'in', place: { hook: 'input', priority: -1 } }],
      sets: [
        { name: 'a4', types: ['ipv4_addr'], elements: [{ key: Uint8Array.of(192, 0, 2, 1) }] },
      ],
      rules: [
        {
          chain: 'in',
          expressions: [
            { type: 'meta', key: 'family', into: 1 },
            { type: 'compare', how: 'equal', register: 1, value: Uint8Array.of(2) },
            { type: 'payload', base: 'network', offset: 16, length: 4, into: 1 },
            { type: 'look-up', set: 'a4', register: 1 },
            { type: 'counter' },
            { type: 'verdict', verdict: 'drop' },
          ],
        },
      ],
    });
    const text = hex(octets);
    expect(text).toContain('1400048008000100000000010800' + '0200ffffffff');
    expect(text).toContain('0800040000000007' + '0800050000000004');
    expect(text).toContain('0a000d00000402000000');
    expect(text).toContain('14000380100001800c00018008000100c0000201');
    expect(text).toContain(rule);
    expect(text).toContain('140001800c000100636f756e7465720004000280');
    expect(text).toContain(
      '0e000100696d6d6564696174650000001c00028008000100000000001000028' +
        '00c0002800800010000000000',
    );
  });
});
