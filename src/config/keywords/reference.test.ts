/** Holds docs/reference.md to the tables. UPDATE_DOCS=1 rewrites it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { findKeyword, spellingsOf, type BlockDefinition } from './keyword.ts';
import { keywordsNotActedOn, renderReference } from './reference.ts';
import { allBlocks, root, titlesOfBlocksWith } from './root.ts';
import { service } from './service.ts';

const page = new URL('../../../docs/reference.md', import.meta.url);

describe('docs/reference.md', () => {
  it('is what the tables say', async () => {
    const options = { ...(await resolveConfig(page)), parser: 'markdown' };
    const rendered = await format(renderReference(), options);
    if (env['UPDATE_DOCS'] === '1') writeFileSync(page, rendered);
    expect(readFileSync(page, 'utf8')).toBe(rendered);
  });
});

describe('the keyword tables', () => {
  it('count what Baton does not act on: the number may only fall', () => {
    expect(keywordsNotActedOn()).toHaveLength(212);
  });

  it('count nothing of VRRP that Baton does not act on, but for BFD', () => {
    const others = new Set(['virtual_server', 'virtual_server_group', 'SSL', 'bfd_instance']);
    const ours = root.keywords.filter(({ name }) => !others.has(name));
    const blocks = new Set<BlockDefinition>();
    for (const { block } of ours) if (block !== null) blocks.add(block);
    for (const block of blocks) {
      for (const keyword of block.keywords) if (keyword.block !== null) blocks.add(keyword.block);
    }
    expect(blocks.size).toBeGreaterThan(20);
    const missing = [...keywordsNotActedOn([...blocks]), ...keywordsNotActedOn([root])];
    expect(new Set(missing.map(({ name }) => name))).toEqual(new Set([...others, 'track_bfd']));
  });

  it('say why of everything that has no effect', () => {
    const rows = allBlocks().flatMap(({ keywords }) => keywords);
    for (const { name, support, reason } of rows) {
      expect(reason !== null, name).toBe(support === 'meaningless');
    }
    expect(rows.some(({ support }) => support === 'meaningless')).toBe(true);
  });

  it('name each keyword once in its block', () => {
    for (const { title, keywords } of allBlocks()) {
      const spellings = keywords.flatMap(spellingsOf);
      const twice = spellings.filter((one, index) => spellings.indexOf(one) !== index);
      expect(twice, title).toEqual([]);
    }
  });

  it('have as many keywords as keepalived has', () => {
    const sizes = new Map(allBlocks().map(({ title, keywords }) => [title, keywords.length]));
    expect(Object.fromEntries(sizes)).toMatchInlineSnapshot(`
      {
        "BFD_CHECK": 2,
        "DNS_CHECK": 15,
        "FILE_CHECK": 2,
        "HTTP_GET, SSL_GET": 21,
        "MISC_CHECK": 10,
        "PING_CHECK": 13,
        "SMTP_CHECK": 15,
        "SMTP_CHECK host": 7,
        "SSL": 4,
        "TCP_CHECK": 13,
        "UDP_CHECK": 17,
        "auth_hmac": 5,
        "authentication": 2,
        "bfd_instance": 13,
        "garp_group": 4,
        "global_defs": 135,
        "group": 0,
        "interface_up_down_delays": 0,
        "interfaces": 0,
        "linkbeat_interfaces": 0,
        "notification_email": 0,
        "real_server": 26,
        "service": 20,
        "side_channel": 4,
        "static_ipaddress": 14,
        "static_routes": 0,
        "static_rules": 0,
        "the outermost level": 32,
        "track_bfd": 0,
        "track_file": 0,
        "track_group": 1,
        "track_interface": 0,
        "track_process": 0,
        "track_script": 1,
        "unicast_peer": 0,
        "url": 11,
        "virtual_ipaddress": 14,
        "virtual_ipaddress_excluded": 14,
        "virtual_routes": 52,
        "virtual_rules": 28,
        "virtual_server": 37,
        "virtual_server_group": 0,
        "vrrp_instance": 70,
        "vrrp_script": 8,
        "vrrp_sync_group": 15,
        "vrrp_track_process": 9,
      }
    `);
  });

  it('say of every keyword what it means', () => {
    for (const { keywords } of allBlocks()) {
      for (const { name, meaning } of keywords) expect(meaning, name).toMatch(/^\S.{2,}$/);
    }
  });

  it('find a keyword by all its spellings, and know where it belongs', () => {
    expect(findKeyword(root, 'vrrp_track_file')).toBe(findKeyword(root, 'track_file'));
    expect(findKeyword(root, 'state')).toBeNull();
    expect(titlesOfBlocksWith('virtual_router_id')).toEqual(['vrrp_instance']);
    expect(titlesOfBlocksWith('toString')).toEqual([]);
  });
});

describe('the block service', () => {
  it('has no keyword that keepalived would take for one of its outermost level', () => {
    const clashes = service.keywords.flatMap(spellingsOf).filter((word) => {
      return findKeyword(root, word) !== null;
    });
    expect(clashes).toEqual([]);
  });
});
