/**
 * RFC 9568 sentence by sentence, for IPv4 and IPv6: the state tables (section 6.4), the
 * parameters and timers (section 6.1), the receive checks (section 7.1) and what is sent
 * (section 7.2). What is called Active there is Master here, as in keepalived. Where Baton
 * departs from the RFC, as keepalived does or because an erratum asks for it, the test says so.
 */
import { describe, expect, it } from 'vitest';
import { failure, type Result } from '../../src/base/result.ts';
import type { IpAddress } from '../../src/model/address.ts';
import type { Vrrp3Advert } from '../../src/model/advert.ts';
import type { DropReason } from '../../src/model/drop-reason.ts';
import { emitVrrp3, parseVrrp3 } from '../../src/wire/vrrp3.ts';
import { Story } from './story.ts';

/** What differs between the two families. */
interface Family {
  readonly family: 'IPv4' | 'IPv6';
  /** What makes an instance one of it. */
  readonly words: string;
  readonly group: string;
  /** Addresses as they are in adverts, and as the kernel is told them. */
  readonly listed: string;
  readonly held: string;
  /** Addresses in an order that is none of theirs. */
  readonly several: string;
  readonly announced: 'ARPs' | 'NAs';
  /** The address of its interface. */
  readonly own: string;
  /** Above `own` and below it, as numbers: as texts it would be the other way round. */
  readonly greater: string;
  readonly smaller: string;
}

const ipv4: Family = {
  family: 'IPv4',
  words: 'version 3',
  group: '224.0.0.18',
  listed: '192.0.2.10',
  held: '192.0.2.10/24',
  several: '192.0.2.11 192.0.2.10 192.0.2.12',
  announced: 'ARPs',
  own: '192.0.2.9',
  greater: '192.0.2.100',
  smaller: '192.0.1.99',
};

const ipv6: Family = {
  family: 'IPv6',
  words: 'IPv6',
  group: 'ff02::12',
  listed: 'fe80::10 2001:db8::10',
  held: 'fe80::10/64, 2001:db8::10/64',
  several: 'fe80::10 2001:db8::11 2001:db8::10',
  announced: 'NAs',
  own: 'fe80::9',
  greater: 'fe80::100',
  smaller: 'fe80::8',
};

const families = [ipv4, ipv6];

interface Setting {
  readonly settings?: string;
  readonly steps?: readonly string[];
}

/** The interface is up, and one virtual router is configured on it. */
function started(
  { words, own }: Family,
  { settings = 'priority 100', steps = [] }: Setting = {},
): Story {
  const story = new Story(`instance VI_1: ${words}, ${settings}`);
  const length = own.includes(':') ? 64 : 24;
  story.after('link eth0 up', `address ${own}/${length} on eth0 appears`, 'listed', ...steps);
  return story;
}

/** Master since 3.609375 s: alone, with priority 100 and an interval of 1 s. */
const master = (family: Family, settings?: string) =>
  started(family, { ...(settings === undefined ? {} : { settings }), steps: ['until 4s'] });

/** What is read where these stand in a message of version 3. */
function readVersion3(
  { own, group }: Family,
  { interval = 100, addresses = [own as IpAddress] },
): Result<Vrrp3Advert, DropReason> {
  const buffer = new Uint8Array(64);
  const carrier = {
    source: own as IpAddress,
    destination: group as IpAddress,
    trailer: new Uint8Array(),
  };
  const advert = {
    version: 3,
    virtualRouterId: 51,
    priority: 100,
    advertisementIntervalCentiseconds: interval,
    checksum: 'pseudo-header',
    addresses,
  } as const;
  const length = emitVrrp3(buffer, 0, { advert, carrier });
  return parseVrrp3(buffer.subarray(0, length), carrier);
}

/** What a Backup does first after these steps. */
const firstOf = (story: Story, ...steps: readonly string[]) => story.after(...steps)[0];

function linesOf({ group, listed, held, announced }: Family) {
  return {
    advert: (time: string, priority = 100, centiseconds = 100) =>
      `${time}  advert to ${group}, priority ${priority}, every ${centiseconds} cs, ` +
      `${listed}, version 3`,
    hold: (time: string, lifetime = 2) => `${time}  hold ${held} for ${lifetime} s`,
    burst: (time: string) => `${time}  announce ${held}, 5 ${announced} each`,
    release: (time: string) => `${time}  release ${held}`,
  };
}

/** An advert of version 3, as a peer sends it. */
const from = (source: string, words: string) => `advert from ${source} version 3 ${words}`;

describe.each(families)('RFC 9568 section 6.4.1, Initialize, over $family', (family) => {
  const { advert, hold, burst } = linesOf(family);
  const ownerSteps = ['link eth0 up', `address ${family.own}/64 on eth0 appears`, 'listed'];
  const owner = () => new Story(`instance VI_1: ${family.words}, priority 255`);

  it('(105) to (130) Priority = 255: advert, then an ARP or NA for each address', () => {
    expect(owner().after(...ownerSteps)).toEqual([
      advert('0.000000', 255),
      hold('0.000000'),
      burst('0.000000'),
    ]);
  });

  it('(135) Set the Adver_Timer to Advertisement_Interval', () => {
    const story = owner();
    story.after(...ownerSteps);
    expect(story.after('until 0.999999s')).toEqual([]);
    expect(story.after('until 1s')).toEqual([advert('1.000000', 255), hold('1.000000')]);
  });

  it('(140) Transition to the {Active} state', () => {
    const story = owner();
    story.after(...ownerSteps);
    expect(story.state).toBe('Master');
  });

  it('(150) else: Set Active_Adver_Interval to Advertisement_Interval', () => {
    const story = started(family, { settings: 'priority 100, every 3s' });
    expect(story.status().masterAdvertisementIntervalMs).toBe(3_000);
  });

  it('(155) Set the Active_Down_Timer to Active_Down_Interval', () => {
    const story = started(family, { settings: 'priority 100, every 3s' });
    // 3 * 3 s and Skew_Time, which in version 3 is a part of the interval.
    expect(story.after('until 10.828124s')).toEqual([]);
    expect(firstOf(story, 'until 10.828125s')).toBe(advert('10.828125', 100, 300));
  });

  it('(160) Transition to the {Backup} state', () => {
    expect(started(family).state).toBe('Backup');
  });
});

describe.each(families)('RFC 9568 section 6.4.2, Backup, over $family', (family) => {
  const { advert, hold, burst, release } = linesOf(family);
  const { smaller, greater } = family;

  it('(305) to (345) has none of the addresses, so answers for none and accepts nothing', () => {
    const story = started(family);
    const steps = [`adverts from ${greater} version 3 priority 200 each 1s until 30s`, 'until 31s'];
    expect(story.after(...steps)).toEqual([]);
  });

  it('takes off addresses that it still has when it starts', () => {
    const story = new Story(`instance VI_1: ${family.words}, priority 100`);
    const appear = family.held.split(', ').map((one) => `address ${one} on eth0 appears`);
    expect(story.after('link eth0 up', ...appear, 'listed')).toEqual([release('0.000000')]);
  });

  it('(355) Shutdown: cancel the timer, and transition to {Initialize}, without a word', () => {
    const story = started(family);
    expect(story.after('stop', 'until 30s')).toEqual([]);
    expect(story.state).toBe('Initialize');
  });

  it('(370) Active_Down_Timer fires: advert, then an ARP or NA for each address', () => {
    const story = started(family);
    expect(story.after('until 4s')).toEqual([
      advert('3.609375'),
      hold('3.609375'),
      burst('3.609375'),
    ]);
    expect(story.state).toBe('Master');
    expect(story.after('until 4.7s')).toEqual([advert('4.609375'), hold('4.609375')]);
  });

  it('(420) Priority zero: Set the Active_Down_Timer to Skew_Time', () => {
    const story = started(family);
    const heard = [
      `at 1s ${from(greater, 'priority 200')}`,
      `at 2s ${from(greater, 'priority 0')}`,
    ];
    expect(firstOf(story, ...heard, 'until 4s')).toBe(advert('2.609375'));
  });

  it('(420) ... which is reckoned from the learned interval', () => {
    const story = started(family);
    const heard = [
      `at 1s ${from(greater, 'priority 200 every 2s')}`,
      `at 2s ${from(greater, 'priority 0 every 2s')}`,
    ];
    // 156/256 of 2 s.
    expect(firstOf(story, ...heard, 'until 9s')).toBe(advert('3.218750'));
  });

  it.each([
    [200, 'higher', 'priority 100'],
    [100, 'the same, with the smaller address', 'priority 100'],
    [1, 'lower, and Preempt_Mode is False', 'priority 100, nopreempt'],
  ])('(430) to (450) Priority %i, %s: adopt its interval', (priority, _, settings) => {
    const story = started(family, { settings });
    story.after(`at 3s ${from(smaller, `priority ${priority} every 300ms`)}`);
    const { masterAdvertisementIntervalMs, skewTimeMs, masterDownIntervalMs } = story.status();
    expect(masterAdvertisementIntervalMs).toBe(300);
    // Skew_Time is reckoned anew as well: 156/256 of 300 ms.
    expect(skewTimeMs).toBeCloseTo(182.813, 2);
    expect(masterDownIntervalMs).toBeCloseTo(1_082.813, 2);
    expect(firstOf(story, 'until 4.082812s')).toBeUndefined();
    expect(firstOf(story, 'until 4.082813s')).toBe(advert('4.082813'));
  });

  it('(460) else: Discard the ADVERTISEMENT, and learn nothing from it', () => {
    const story = started(family);
    const steps = [`adverts from ${greater} version 3 priority 99 every 300ms each 300ms until 3s`];
    story.after(...steps);
    expect(story.status().masterAdvertisementIntervalMs).toBe(1_000);
    expect(firstOf(story, 'until 4s')).toBe(advert('3.609375'));
  });
});

describe.each(families)('RFC 9568 section 6.4.3, Active, over $family', (family) => {
  const { advert, hold, burst, release } = linesOf(family);
  const { smaller, greater } = family;

  it('(650) Shutdown: an advert with Priority = 0, and {Initialize}', () => {
    const story = master(family);
    expect(story.after('stop', 'until 20s')).toEqual([advert('4.000000', 0), release('4.000000')]);
    expect(story.state).toBe('Initialize');
  });

  it('(665) Adver_Timer fires: advert, and Reset the Adver_Timer', () => {
    const sent = master(family)
      .after('until 7s')
      .filter((line) => line.includes('advert'));
    expect(sent).toEqual(['4.609375', '5.609375', '6.609375'].map((time) => advert(time)));
  });

  it('(705) Priority zero: Send an ADVERTISEMENT, and Reset the Adver_Timer', () => {
    const story = master(family);
    expect(story.after(from(greater, 'priority 0'), 'until 5s')).toEqual([
      advert('4.000000'),
      hold('4.000000'),
      advert('5.000000'),
      hold('5.000000'),
    ]);
    expect(story.state).toBe('Master');
  });

  it.each([
    ['Priority > local', smaller, 101],
    ['Priority = local and the sender is greater, as a number', greater, 100],
  ])('(715) to (745) %s: yield without a word, and wait by its interval', (_, source, priority) => {
    const story = master(family);
    const better = from(source, `priority ${priority} every 300ms`);
    expect(story.after(better)).toEqual([release('4.000000')]);
    expect(story.state).toBe('Backup');
    expect(story.status().masterAdvertisementIntervalMs).toBe(300);
    expect(firstOf(story, 'until 6s')).toBe(advert('5.082813'));
  });

  it.each([
    ['Priority < local', greater, 99],
    ['Priority = local and the sender is smaller', smaller, 100],
  ])('(750) else, %s: Discard, and send an ADVERTISEMENT at once', (_, source, priority) => {
    const story = master(family);
    // The burst is keepalived's, and that each advert renews the addresses' lifetime Baton's. The
    // Adver_Timer is not mentioned, and runs on.
    const worse = from(source, `priority ${priority} every 300ms`);
    expect(story.after(worse)).toEqual([advert('4.000000'), hold('4.000000'), burst('4.000000')]);
    expect(story.state).toBe('Master');
    expect(story.after('until 4.7s')).toEqual([advert('4.609375'), hold('4.609375')]);
  });

  it('never looks at Preempt_Mode', () => {
    const story = master(family, 'priority 100, nopreempt');
    story.after(from(greater, 'priority 101'));
    expect(story.state).toBe('Backup');
  });

  it('sends by its own Advertisement_Interval, whatever it had learned', () => {
    const story = started(family, { settings: 'priority 100, every 3s' });
    story.after(`at 1s ${from(greater, 'priority 200 every 300ms')}`);
    expect(story.after('until 6s').filter((line) => line.includes('advert'))).toEqual([
      advert('2.082813', 100, 300),
      advert('5.082813', 100, 300),
    ]);
  });
});

describe.each(families)('RFC 9568 section 6.1, parameters, over $family', (family) => {
  const { greater } = family;

  it('Priority 255 preempts whatever Preempt_Mode says', () => {
    const settings = 'priority 255, state BACKUP, nopreempt';
    const story = started(family, { settings });
    const each = `adverts from ${greater} version 3 priority 254 each 1s until 3s`;
    story.after(each, 'until 3.1s');
    expect(story.state).toBe('Master');
  });

  // Cases TM-03 to TM-06 and TM-09: from the last advert, which tells the interval, on.
  it.each([
    [100, 1_000, '4.609375'],
    [150, 1_000, '4.414063'],
    [1, 1_000, '4.996094'],
    [254, 1_000, '4.007813'],
    [100, 500, '2.804688'],
    [100, 100, '1.360938'],
    [254, 10, '1.030078'],
    [100, 40_950, '148.803906'],
  ])(
    'priority %i takes over after an advert at 1 s with an interval of %i ms at %s',
    (priority, milliseconds, time) => {
      const story = started(family, { settings: `priority ${priority}` });
      story.after(`at 1s ${from(greater, `priority 255 every ${milliseconds}ms`)}`);
      expect(firstOf(story, 'until 150s')).toContain(`${time}  advert`);
    },
  );

  it('the better Backup is the first, since its Skew_Time is shorter', () => {
    const times = [254, 200, 150, 100, 1].map((priority) => {
      const story = started(family, { settings: `priority ${priority}` });
      const late = Number.parseFloat(firstOf(story, 'until 4s') ?? '');
      return late;
    });
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(new Set(times).size).toBe(times.length);
  });

  // Cases GA-11 and GA-12; the answers to ARP and neighbour solicitation pass the firewall.
  it('Accept_Mode False: what is sent to the addresses is dropped, but for the owner', () => {
    const refused = family.listed;
    const firewall = `0.000000  firewall baton_vrrp: unaccepted ${refused}; quiet none`;
    const begin = ['link eth0 up', `address ${family.own}/64 on eth0 appears`, 'listed'];
    const told = (settings: string) =>
      new Story(`instance VI_1: ${family.words}, ${settings}`)
        .after(...begin)
        .filter((line) => line.includes('firewall'));
    expect(told('priority 100, no-accept')).toEqual([firewall]);
    expect(told('priority 255, no-accept')).toEqual([]);
    expect(told('priority 100')).toEqual([]);
  });
});

describe.each(families)('RFC 9568 section 7.1, Receiving, over $family', (family) => {
  const { smaller, greater } = family;

  const dropped = (words: string, reason: DropReason, settings = 'priority 100') => {
    const story = master(family, settings);
    expect(story.after(`advert from ${greater} priority 200 ${words}`)).toEqual([]);
    const { state, counters } = story.status();
    expect(state).toBe('Master');
    expect(counters.drops).toEqual({ [reason]: 1 });
    expect(counters.advertsReceived).toBe(0);
  };

  const remarked = (words: string, reason: DropReason) => {
    const story = master(family);
    story.after(from(greater, `priority 200 ${words}`));
    const { state, counters } = story.status();
    expect(state).toBe('Backup');
    expect(counters.remarks).toEqual({ [reason]: 1 });
    expect(counters.advertsReceived).toBe(1);
    expect(story.logLines(reason)).toHaveLength(1);
  };

  it.each([254, 1, 0])('MUST verify that the TTL or Hop Limit is 255: not %i', (limit) => {
    dropped(`version 3 ttl ${limit}`, 'ip-ttl');
  });

  it.each([
    ...(['version', 'packet-type', 'packet-length', 'checksum'] satisfies DropReason[]),
    ...(['address-count', 'interval-zero'] satisfies DropReason[]),
  ])('counts what cannot be read: %s', (reason) => {
    const story = master(family, 'priority 100');
    story.after(`unreadable ${reason} from ${greater} vrid 51`);
    expect(story.status().counters.drops).toEqual({ [reason]: 1 });
    expect(story.state).toBe('Master');
  });

  it('MUST verify that the VRID is configured on the interface', () => {
    const story = master(family);
    expect(story.after(from(greater, 'priority 200 vrid 52'))).toEqual([]);
    expect(story.after(`advert on eth1 from ${greater} version 3 priority 200`)).toEqual([]);
    expect(story.state).toBe('Master');
    expect(story.status().counters.drops).toEqual({});
  });

  it('the owner of the addresses hears others (erratum 8298), unless it is told not to', () => {
    const hearing = master(family, 'priority 255');
    hearing.after(from(greater, 'priority 254'));
    expect(hearing.state).toBe('Master');
    hearing.after(from(greater, 'priority 255'));
    expect(hearing.state).toBe('Backup');
    expect(hearing.logLines('owner of the addresses too')).toHaveLength(1);
    const deaf = master(family, 'priority 255, owner-ignores');
    deaf.after(from(greater, 'priority 255'));
    expect(deaf.state).toBe('Master');
    expect(deaf.status().counters.drops).toEqual({ 'second-owner': 1 });
  });

  it('of two owners the one with the smaller address yields', () => {
    const story = master(family, 'priority 255');
    story.after(from(smaller, 'priority 255'));
    expect(story.state).toBe('Master');
  });

  it.each(['every 2s', 'every 10ms', 'every 40.95s'])(
    'SHOULD log another Max Advertise Interval, and take it: %s',
    (words) => {
      remarked(words, 'advertisement-interval');
    },
  );

  it('an interval of 0 is out of its range (erratum 8301): dropped', () => {
    expect(readVersion3(family, { interval: 0 })).toEqual(failure('interval-zero'));
  });

  it('MUST ignore an advert that lists no address', () => {
    expect(readVersion3(family, { addresses: [] })).toEqual(failure('address-count'));
  });

  it('MAY check the addresses, and then SHOULD log, but not drop', () => {
    const [first = ''] = family.listed.split(' ');
    const other = family.family === 'IPv4' ? '192.0.2.11' : 'fe80::11';
    remarked(`addresses ${other}`, 'address-list');
    remarked(`addresses ${first},${other}`, 'address-list');
    remarked(`addresses ${first},${first},${first}`, 'address-list');
  });

  it('a flood of mismatches is counted, and told of once (rate limit)', () => {
    const story = master(family);
    for (let count = 0; count < 100; count += 1) {
      story.after(from(greater, 'priority 99 every 2s'));
    }
    expect(story.status().counters.remarks).toEqual({ 'advertisement-interval': 100 });
    expect(story.logLines('advertisement-interval')).toHaveLength(1);
  });

  it('drops what was sent to one host alone, where the group is configured', () => {
    dropped(`version 3 to ${family.own}`, 'destination');
  });

  it('drops its own adverts that a loop brings back', () => {
    const story = master(family);
    expect(story.after(from(family.own, 'priority 200'))).toEqual([]);
    expect(story.status().counters.drops).toEqual({ 'own-packet': 1 });
  });
});

describe('RFC 9568 section 7.1, what one family alone has', () => {
  it('an advert of version 2 is not for a router of version 3, nor the other way round', () => {
    const story = master(ipv4);
    story.after('advert from 192.0.2.100 priority 200');
    expect(story.status().counters.drops).toEqual({ version: 1 });
    const former = new Story('instance VI_1: priority 100');
    former.after('start', 'until 4s', from('192.0.2.100', 'priority 200'));
    expect(former.status().counters.drops).toEqual({ version: 1 });
  });

  it('takes both forms of the checksum over IPv4, and counts which it was', () => {
    const story = master(ipv4);
    story.after(from('192.0.2.100', 'priority 99 checksum message'));
    story.after(from('192.0.2.100', 'priority 99 checksum pseudo-header'));
    const { checksums, drops } = story.status().counters;
    expect(checksums).toEqual({ message: 1, 'pseudo-header': 1 });
    expect(drops).toEqual({});
  });

  it.each([
    ['message', 'pseudo-header'],
    ['pseudo-header', 'message'],
  ])('takes the checksum over %s alone where that is asked for, not %s', (wanted, other) => {
    const story = master(ipv4, `priority 100, checksum ${wanted} accepts ${wanted}`);
    story.after(from('192.0.2.100', `priority 200 checksum ${other}`));
    expect(story.status().counters.drops).toEqual({ checksum: 1 });
    expect(story.state).toBe('Master');
    story.after(from('192.0.2.100', `priority 200 checksum ${wanted}`));
    expect(story.state).toBe('Backup');
  });

  it('takes a first IPv6 address that is not link-local (erratum 8300), and tells of it', () => {
    const story = master(ipv6);
    const global = '2001:db8::10,fe80::10';
    story.after(from('fe80::100', `priority 200 addresses ${global}`));
    expect(story.state).toBe('Backup');
    expect(story.status().counters.remarks).toEqual({ 'first-address': 1 });
  });
});

describe.each(families)('RFC 9568 section 7.2, Transmitting, over $family', (family) => {
  const { own, group, several } = family;

  it('to the group, with 255 hops to go, from the address of the interface', () => {
    const story = master(family);
    expect(story.status().sourceAddress).toBe(own);
    const sent = story.adverts();
    expect(sent.length).toBeGreaterThan(0);
    for (const { destination, source, timeToLive, channel } of sent) {
      expect({ destination, source, timeToLive }).toEqual({
        ...{ destination: group, source: own },
        timeToLive: 255,
      });
      expect(channel).toEqual({ interface: 'eth0', family: family.family, protocol: 'vrrp' });
    }
  });

  it.each([1, 10, 4_095])('Max Advertise Interval is the configured one: %i cs', (interval) => {
    const settings = `priority 100, every ${interval * 10}ms`;
    const story = started(family, { settings, steps: [`until ${interval * 50}ms`] });
    for (const { advert } of story.adverts()) {
      expect(advert).toMatchObject({
        ...{ version: 3, virtualRouterId: 51, priority: 100 },
        advertisementIntervalCentiseconds: interval,
      });
    }
    expect(story.adverts().length).toBeGreaterThan(0);
  });

  it('the addresses are in the configured order', () => {
    const story = master(family, `addresses ${several}`);
    expect(story.adverts()[0]?.advert.addresses).toEqual(several.split(' '));
  });

  it('MUST NOT come from one of the virtual addresses', () => {
    const story = new Story(`instance VI_1: ${family.words}, priority 100`);
    const [first = ''] = family.held.split(', ');
    const steps = [
      'link eth0 up',
      `address ${first} on eth0 appears`,
      `address ${own}/64 on eth0 appears`,
      'listed',
      'until 4s',
    ];
    story.after(...steps);
    expect(story.adverts().map(({ source }) => source)).toEqual([own]);
  });
});

it('RFC 9568 section 5.1.2.1: over IPv6 the source is link-local, and none is a fault', () => {
  const story = new Story('instance VI_1: IPv6, priority 100');
  story.after('link eth0 up', 'address 2001:db8::9/64 on eth0 appears', 'listed', 'until 9s');
  expect(story.state).toBe('Fault');
  expect(story.adverts()).toEqual([]);
  story.after('address fe80::9/64 on eth0 appears', 'until 13s');
  expect(story.state).toBe('Master');
  expect(story.adverts()[0]?.source).toBe('fe80::9');
});
