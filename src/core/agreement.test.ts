import { describe, expect, it } from 'vitest';
import { report } from '../../test/scenario/side-specimens.ts';
import type { IpAddress } from '../model/address.ts';
import { counterpartOf, differencesBetween } from './agreement.ts';

const address = (text: string): readonly IpAddress[] => text.split(' ') as IpAddress[];

describe('the counterpart of a virtual router', () => {
  it('has its family and VRID, whatever it is called', () => {
    const other = report({ name: 'FRONT', addresses: address('192.0.2.99') });
    expect(counterpartOf(report(), [report({ virtualRouterId: 9, addresses: [] }), other])).toBe(
      other,
    );
  });

  it('is none of another family, nor one that has nothing but the name in common', () => {
    expect(counterpartOf(report(), [report({ family: 'IPv6', addresses: [] })])).toBeNull();
    const named = report({ virtualRouterId: 9, addresses: address('192.0.2.99') });
    expect(counterpartOf(report(), [named])).toBeNull();
  });

  it('has an address in common where no VRID is the same, or several are', () => {
    const otherId = report({ virtualRouterId: 9 });
    expect(counterpartOf(report(), [otherId])).toBe(otherId);
    const elsewhere = report({ name: 'A', addresses: address('192.0.2.99') });
    const shared = report({ name: 'B', addresses: address('192.0.2.10 192.0.2.11') });
    expect(counterpartOf(report(), [elsewhere, shared])).toBe(shared);
  });
});

describe('two hosts', () => {
  it('agree whatever their states, priorities, sources and order of addresses', () => {
    const ours = report({ addresses: address('192.0.2.10 192.0.2.11') });
    const theirs = report({
      ...{ name: 'X', state: 'Master', priority: 1, source: null },
      addresses: address('192.0.2.11 192.0.2.10'),
    });
    expect(differencesBetween(ours, theirs)).toEqual([]);
  });

  it('are told of all that differs, with both values', () => {
    const theirs = report({
      ...{ virtualRouterId: 52, version: 3, intervalCentiseconds: 50, transport: 'unicast' },
      ...{ authentication: 'simple', addresses: address('192.0.2.11') },
    });
    expect(differencesBetween(report(), theirs)).toEqual([
      { field: 'virtual_router_id', ours: '51', theirs: '52' },
      { field: 'version', ours: '2', theirs: '3' },
      { field: 'advert_int', ours: '1 s', theirs: '0.5 s' },
      { field: 'unicast_peer', ours: 'multicast', theirs: 'unicast' },
      { field: 'authentication', ours: 'none', theirs: 'PASS' },
      { field: 'virtual_ipaddress', ours: 'also 192.0.2.10', theirs: 'also 192.0.2.11' },
    ]);
  });

  it('are told no more of a secret than that it differs', () => {
    const ours = report({ authentication: 'hmac', fingerprint: 'aaaaaaaaaaaaaaaa' });
    const theirs = report({ authentication: 'hmac', fingerprint: 'bbbbbbbbbbbbbbbb' });
    const difference = { ours: 'auth_hmac', theirs: 'auth_hmac with another secret' };
    expect(differencesBetween(ours, theirs)).toEqual([{ field: 'authentication', ...difference }]);
  });
});
