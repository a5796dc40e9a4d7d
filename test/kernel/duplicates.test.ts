/** An address of IPv6 that another host on the link has, with detection (`-nodad`) and without. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from './program.ts';
import { siteTest } from './site.ts';

siteTest('a duplicate is told once, and taken up when it is none any more', async (site) => {
  const { near, far, baton } = site;
  near.host.ip('address add fe80::1/64 dev eth0 nodad');
  for (const address of ['2001:db8::5', '2001:db8::6']) {
    far.host.ip(`address add ${address}/64 dev eth0 nodad`);
  }
  const shown = (address: string): string =>
    near.host
      .ip('-6 -oneline address show dev eth0')
      .split('\n')
      .find((line) => line.includes(` ${address}/`)) ?? '';
  const usable = (address: string): boolean =>
    shown(address) !== '' && !shown(address).includes('tentative');
  baton.configure(`vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 255
    virtual_ipaddress {
        fe80::5/64
        2001:db8::5/64 -nodad
        2001:db8::6/64
    }
}
`);
  const program = baton.start();
  const told = '(VI_1) 2001:db8::5 on eth0 is a duplicate: another host has it';
  await program.printed(told);
  await until('the other', () => usable('2001:db8::6'));
  // It is looked for again with each advert, and that is not told each time.
  await sleep(2_500);
  expect(usable('2001:db8::5')).toBe(false);
  expect(program.lines.filter(({ text }) => text.includes(told))).toHaveLength(1);
  expect(program.text).not.toContain('removed by others');
  far.host.ip('address del 2001:db8::5/64 dev eth0');
  await until('its turn', () => usable('2001:db8::5'));
  expect((await baton.instance()).state).toBe('Master');
});
