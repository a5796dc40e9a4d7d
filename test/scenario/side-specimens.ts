/** Reports and messages of the side channel for tests: a test names what it is about. */
import type { IpAddress } from '../../src/model/address.ts';
import type { RouterReport, SideBody, SideMessage } from '../../src/model/side-channel.ts';

export function report(given: Partial<RouterReport> = {}): RouterReport {
  return {
    name: 'VI_1',
    state: 'Backup',
    priority: 100,
    source: '192.0.2.2' as IpAddress,
    family: 'IPv4',
    virtualRouterId: 51,
    version: 2,
    transport: 'multicast',
    intervalCentiseconds: 100,
    authentication: 'none',
    fingerprint: '0000000000000001',
    addresses: ['192.0.2.10' as IpAddress],
    ...given,
  };
}

export function sideMessage(body: SideBody, given: Partial<SideMessage> = {}): SideMessage {
  const [sender, receiver] = ['00000000000000bb', '00000000000000aa'];
  return { sender, receiver, counter: 1, body, ...given };
}
