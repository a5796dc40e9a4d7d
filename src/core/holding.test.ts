import { expect, it } from 'vitest';
import { virtualAddress } from '../../test/scenario/configuration.ts';
import { route, rule } from '../../test/scenario/specimens.ts';
import { lacking, nothing, release, sameRouting, type Holding } from './holding.ts';
import { Outbox } from './outbox.ts';

const [one, two] = [virtualAddress('192.0.2.10'), virtualAddress('192.0.2.11')];
const other = route({ metric: 5, text: 'other' });

it('is let go of in the opposite order', () => {
  const outbox = new Outbox();
  const holding: Holding = { addresses: [one], routes: [route(), other], rules: [rule()] };
  release(holding, outbox);
  expect(outbox.drain()).toMatchObject([
    { type: 'withdraw-rules', rules: [rule()] },
    { type: 'withdraw-routes', routes: [other, route()] },
    { type: 'release-addresses', addresses: [one] },
  ]);
});

it('differs by what the kernel knows, not by how it is watched or written', () => {
  const former: Holding = { addresses: [one], routes: [route()], rules: [rule()] };
  const wanted: Holding = {
    addresses: [{ ...one, tracked: false }, two],
    routes: [route({ text: 'said otherwise', tracked: false }), other],
    rules: [],
  };
  expect(lacking(former, wanted)).toEqual({ addresses: [two], routes: [other], rules: [] });
  expect(lacking(wanted, former)).toEqual({ addresses: [], routes: [], rules: [rule()] });
  // The kernel leaves the label of an address that is there as it is: it has to go and come.
  const named = { ...one, label: 'eth0:vip' };
  const holdings = [one, named].map((address) => ({ addresses: [address], routes: [], rules: [] }));
  const [plain = nothing, labelled = nothing] = holdings;
  expect(lacking(plain, labelled).addresses).toEqual([named]);
  expect(sameRouting(route(), other)).toBe(false);
});
