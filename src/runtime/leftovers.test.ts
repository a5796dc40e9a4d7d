import { expect, it } from 'vitest';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import { emptyConfig, virtualAddress } from '../model/defaults.ts';
import { instanceConfig } from '../../test/scenario/configuration.ts';
import { route, rule } from '../../test/scenario/specimens.ts';
import { keptBy, sweptText } from './leftovers.ts';

it('keeps what the configuration has, whoever is Master', () => {
  const address = (text: string) => virtualAddress(text as IpAddress, 'eth0' as InterfaceName);
  const [own, excluded, fixed] = ['192.0.2.5', '192.0.2.6', '192.0.2.7'].map(address);
  const config = {
    ...emptyConfig('host'),
    instances: [
      instanceConfig({
        virtualAddresses: own === undefined ? [] : [own],
        excludedAddresses: excluded === undefined ? [] : [excluded],
        virtualRoutes: [route()],
        virtualRules: [rule()],
      }),
    ],
    fixed: {
      addresses: fixed === undefined ? [] : [fixed],
      routes: [route({ table: 100 })],
      rules: [rule({ priority: 7 })],
    },
  };
  expect(keptBy(config)).toEqual({
    addresses: [own, excluded, fixed],
    interfaces: [],
    routes: [route(), route({ table: 100 })],
    rules: [rule(), rule({ priority: 7 })],
  });
});

it('tells what became of each thing', () => {
  expect(sweptText({ what: 'interface vrrp.51', error: null })).toEqual({
    level: 'notice',
    text: 'removed what an earlier run has left: interface vrrp.51',
  });
  expect(sweptText({ what: 'interface vrrp.51', error: 'EPERM' })).toEqual({
    level: 'error',
    text: "an earlier run has left interface vrrp.51, which can't be removed: EPERM",
  });
});
