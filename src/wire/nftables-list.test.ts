import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messagesIn } from './netlink-messages.ts';
import { emitReplaceTable } from './nftables.ts';
import { emitListTables, parseTable } from './nftables-list.ts';

it('asks for the tables of all families', () => {
  expect(Buffer.from(emitListTables(7)).toString('hex')).toBe(
    '14000000010a0103070000000000000000000000',
  );
});

it('knows the tables that Baton makes, as the kernel tells of them, and no others', () => {
  const content = { chains: [], sets: [], rules: [] };
  for (const family of ['inet', 'netdev'] as const) {
    const table = { family, name: 'baton' };
    const batch = emitReplaceTable(1, table, { ...table, ...content });
    const tables = messagesIn(batch.octets).flatMap((message) => parseTable(message) ?? []);
    expect(tables.at(-1)).toEqual({ family, name: 'baton', own: true });
  }
  // `nft add table inet filter { comment "made by batoN"; }` and `nft add table ip baton`
  const header = (length: string, family: string): string =>
    `${length}000000000a0200070000000900000 0${family}000000`.replaceAll(' ', '');
  const name = '0a000100626174 6f6e000000'.replaceAll(' ', '');
  const comment = `1400060000 0e${Buffer.from('made by batoN').toString('hex')}00`.replaceAll(
    ' ',
    '',
  );
  const foreign = Uint8Array.from(Buffer.from(header('34', '01') + name + comment, 'hex'));
  expect(parseTable(foreign)).toEqual({ family: 'inet', name: 'baton', own: false });
  const bare = Uint8Array.from(Buffer.from(header('20', '01') + name, 'hex'));
  expect(parseTable(bare)).toEqual({ family: 'inet', name: 'baton', own: false });
  const other = Uint8Array.from(Buffer.from(header('20', '02') + name, 'hex'));
  expect(parseTable(other)).toBeNull();
});

it('is total on any octets', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
      parseTable(octets);
    }),
  );
});
