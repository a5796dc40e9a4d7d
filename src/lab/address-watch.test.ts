import { describe, expect, it } from 'vitest';
import { parseAddressLine } from './address-watch.ts';

describe('parseAddressLine', () => {
  it('reads an address that has come, with what iproute2 says after it', () => {
    const line =
      '2: eth1    inet 192.0.2.5/32 scope global dynamic eth1\\       valid_lft 2sec preferred_lft 2sec';
    expect(parseAddressLine(line)).toEqual({ address: '192.0.2.5', present: true });
  });

  it('reads an address that has gone', () => {
    const line = 'Deleted 2: eth1    inet 192.0.2.5/32 scope global eth1';
    expect(parseAddressLine(line)).toEqual({ address: '192.0.2.5', present: false });
  });

  it('takes no other line for an address', () => {
    expect(parseAddressLine('2: eth1    inet6 fe80::1/64 scope link')).toBeNull();
    expect(parseAddressLine('192.0.2.5')).toBeNull();
    expect(parseAddressLine('')).toBeNull();
  });
});
