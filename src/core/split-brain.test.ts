import { describe, expect, it } from 'vitest';
import type { IpAddress } from '../model/address.ts';
import type { DropReason } from '../model/drop-reason.ts';
import { causeOf, type Evidence } from './split-brain.ts';

const own = ['192.0.2.10', '192.0.2.11'] as IpAddress[];
const source = '192.0.2.2' as IpAddress;

function mismatch(reason: DropReason, listed: readonly string[] | null): Evidence {
  return { type: 'mismatch', source, reason, listed: listed as IpAddress[] | null };
}

describe('an advert that differs', () => {
  it.each([
    ['authentication-failure', 'passwords-differ'],
    ['hmac-forged', 'passwords-differ'],
    ['hmac-stale', 'clocks-differ'],
    ['authentication-type-mismatch', 'authentication-differs'],
    ['address-list', 'addresses-differ'],
    ['version', 'versions-differ'],
    ['advertisement-interval', 'intervals-differ'],
    ['ip-ttl', 'forwarded-adverts'],
    ['destination', 'transports-differ'],
    ['unicast-source', 'peer-unknown'],
    ['checksum', 'checksums-differ'],
    ['second-owner', 'two-owners'],
  ] as const)('%s is named %s', (reason, cause) => {
    expect(causeOf(mismatch(reason, ['192.0.2.10']), own)).toBe(cause);
  });

  it.each(['own-packet', 'packet-length', 'hmac-replayed'] as const)(
    '%s says nothing of another master',
    (reason) => {
      expect(causeOf(mismatch(reason, ['192.0.2.10']), own)).toBeNull();
    },
  );

  it('that lists none of our addresses is of another virtual router, whatever else differs', () => {
    expect(causeOf(mismatch('version', ['192.0.2.77']), own)).toBe('virtual-router-id-taken');
    expect(causeOf(mismatch('address-list', ['192.0.2.77']), own)).toBe('virtual-router-id-taken');
  });

  it('is taken for what it differs in where its addresses are not known', () => {
    expect(causeOf(mismatch('version', null), own)).toBe('versions-differ');
    expect(causeOf(mismatch('version', []), own)).toBe('versions-differ');
  });
});

describe('two masters that agree', () => {
  it('are told apart by who hears whom', () => {
    const heard: Evidence = { type: 'losing-advert', source, otherChecksum: false };
    const told = { type: 'peer-says-master', source } as const;
    expect(causeOf(heard, own)).toBe('not-heard');
    expect(causeOf({ ...heard, otherChecksum: true }, own)).toBe('checksums-differ');
    expect(causeOf({ ...told, sameId: true }, own)).toBe('not-hearing');
    expect(causeOf({ ...told, sameId: false }, own)).toBe('virtual-router-ids-differ');
  });
});
