/**
 * RFC 3768 sentence by sentence: the state machine (section 6.4), the timers
 * (section 6.1) and the receive checks (section 7.1). Where Baton departs from the
 * RFC, as keepalived does or because a later RFC mended it, the test says so.
 */
import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/model/drop-reason.ts';
import { Story } from './story.ts';

const advert = (time: string, priority = 100) =>
  `${time}  advert to 224.0.0.18, priority ${priority}, every 1 s, 192.0.2.10`;
const hold = (time: string) => `${time}  hold 192.0.2.10/24 for 2 s`;
const burst = (time: string) => `${time}  announce 192.0.2.10/24, 5 ARPs each`;
const release = (time: string) => `${time}  release 192.0.2.10/24`;

const backup = () => {
  const story = new Story('instance VI_1: priority 100');
  story.after('start');
  return story;
};

const master = () => {
  const story = backup();
  story.after('until 4s');
  return story;
};

const owner = () => new Story('instance VI_1: priority 255');

describe('RFC 3768 section 6.4.1, Initialize', () => {
  it('Startup, Priority = 255: Send an ADVERTISEMENT', () => {
    expect(owner().after('start')[0]).toBe(advert('0.000000', 255));
  });

  it('Startup, Priority = 255: Broadcast a gratuitous ARP request for each IP address', () => {
    const story = new Story('instance VI_1: priority 255, addresses 192.0.2.10 192.0.2.11');
    expect(story.after('start').at(-1)).toBe(
      '0.000000  announce 192.0.2.10/32, 192.0.2.11/32, 5 ARPs each',
    );
  });

  it('Startup, Priority = 255: Set the Adver_Timer to Advertisement_Interval', () => {
    const story = owner();
    story.after('start');
    expect(story.after('until 0.999999s')).toEqual([]);
    expect(story.after('until 1s')).toEqual([advert('1.000000', 255), hold('1.000000')]);
  });

  it('Startup, Priority = 255: Transition to the {Master} state', () => {
    const story = owner();
    story.after('start');
    expect(story.state).toBe('Master');
  });

  it('Startup, else: Set the Master_Down_Timer to Master_Down_Interval', () => {
    const story = backup();
    expect(story.after('until 3.609374s')).toEqual([]);
    expect(story.after('until 3.609375s')[0]).toBe(advert('3.609375'));
  });

  it('Startup, else: Transition to the {Backup} state', () => {
    expect(backup().state).toBe('Backup');
  });
});

describe('RFC 3768 section 6.4.2, Backup', () => {
  it('MUST NOT respond to ARP requests for, nor accept packets to, the IP addresses', () => {
    // It has none of them, nor is anything asked of the kernel.
    expect(backup().after('adverts from 192.0.2.2 priority 200 each 1s until 30s')).toEqual([]);
  });

  it('takes off addresses that it still has when it starts', () => {
    const story = new Story('instance VI_1: priority 100');
    const steps = ['link eth0 up', 'address 192.0.2.10/24 on eth0 appears', 'listed'];
    expect(story.after(...steps)).toEqual([release('0.000000')]);
  });

  it('Shutdown: Cancel the Master_Down_Timer', () => {
    expect(backup().after('stop', 'until 20s')).toEqual([]);
  });

  it('Shutdown: Transition to the {Initialize} state', () => {
    const story = backup();
    story.after('stop');
    expect(story.state).toBe('Initialize');
  });

  it('Master_Down_Timer fires: Send an ADVERTISEMENT, then gratuitous ARP for each address', () => {
    const taken = backup().after('until 3.7s');
    expect(taken).toEqual([advert('3.609375'), hold('3.609375'), burst('3.609375')]);
  });

  it('Master_Down_Timer fires: Set the Adver_Timer to Advertisement_Interval', () => {
    const story = backup();
    story.after('until 3.7s');
    expect(story.after('until 4.7s')).toEqual([advert('4.609375'), hold('4.609375')]);
  });

  it('Master_Down_Timer fires: Transition to the {Master} state', () => {
    expect(master().state).toBe('Master');
  });

  it('ADVERTISEMENT, Priority zero: Set the Master_Down_Timer to Skew_Time', () => {
    const story = backup();
    story.after(
      'at 1s advert from 192.0.2.2 priority 200',
      'at 2s advert from 192.0.2.2 priority 0',
    );
    expect(story.after('until 4s')[0]).toBe(advert('2.609375'));
  });

  it('ADVERTISEMENT, Preempt_Mode False: Reset the Master_Down_Timer', () => {
    const story = new Story('instance VI_1: priority 100, nopreempt');
    story.after('start', 'at 3s advert from 192.0.2.2 priority 1');
    expect(story.after('until 7s')[0]).toBe(advert('6.609375'));
  });

  it.each([101, 200, 255])('ADVERTISEMENT, Priority %i >= local: Reset the timer', (priority) => {
    const story = backup();
    story.after(`at 3s advert from 192.0.2.2 priority ${priority}`);
    expect(story.after('until 7s')[0]).toBe(advert('6.609375'));
  });

  it.each(['192.0.1.1', '192.0.2.200'])(
    'ADVERTISEMENT, Priority = local from %s: Reset the timer, whatever the address',
    (source) => {
      const story = backup();
      story.after(`at 3s advert from ${source} priority 100`);
      expect(story.after('until 7s')[0]).toBe(advert('6.609375'));
    },
  );

  it('ADVERTISEMENT, else: Discard the ADVERTISEMENT', () => {
    const story = backup();
    const steps = ['adverts from 192.0.2.2 priority 99 each 1s until 3s', 'until 4s'];
    expect(story.after(...steps)[0]).toBe(advert('3.609375'));
  });
});

describe('RFC 3768 section 6.4.3, Master', () => {
  it('Shutdown: Cancel the Adver_Timer, and Send an ADVERTISEMENT with Priority = 0', () => {
    const stopped = master().after('stop', 'until 20s');
    expect(stopped).toEqual([advert('4.000000', 0), release('4.000000')]);
  });

  it('Shutdown: Transition to the {Initialize} state', () => {
    const story = master();
    story.after('stop');
    expect(story.state).toBe('Initialize');
  });

  it('Adver_Timer fires: Send an ADVERTISEMENT, and Reset the Adver_Timer', () => {
    const sent = master()
      .after('until 7s')
      .filter((line) => line.includes('advert'));
    expect(sent).toEqual(['4.609375', '5.609375', '6.609375'].map((time) => advert(time)));
  });

  it('ADVERTISEMENT, Priority Zero: Send an ADVERTISEMENT, and Reset the Adver_Timer', () => {
    const story = master();
    const sent = story.after('advert from 192.0.2.2 priority 0', 'until 5s');
    expect(sent).toEqual([
      advert('4.000000'),
      hold('4.000000'),
      advert('5.000000'),
      hold('5.000000'),
    ]);
    expect(story.state).toBe('Master');
  });

  it('ADVERTISEMENT, Priority > local: Cancel Adver_Timer, and Transition to {Backup}', () => {
    const story = master();
    expect(story.after('advert from 192.0.2.2 priority 101')).toEqual([release('4.000000')]);
    expect(story.state).toBe('Backup');
    expect(story.after('until 7.6s')).toEqual([]);
  });

  it('ADVERTISEMENT, Priority > local: Set Master_Down_Timer to Master_Down_Interval', () => {
    const story = master();
    story.after('advert from 192.0.2.2 priority 101');
    expect(story.after('until 7.7s')[0]).toBe(advert('7.609375'));
  });

  it('ADVERTISEMENT, Priority = local and the sender is greater: Transition to {Backup}', () => {
    const story = master();
    story.after('advert from 192.0.2.2 priority 100');
    expect(story.state).toBe('Backup');
  });

  it('ADVERTISEMENT, else: Discard (keepalived, and RFC 9568 for version 3: answer at once)', () => {
    const story = master();
    // Each advert renews the addresses' lifetime.
    const answer = [advert('4.000000'), hold('4.000000')];
    const worse = 'advert from 192.0.2.2 priority 99';
    expect(story.after(worse)).toEqual([...answer, burst('4.000000')]);
    // A burst of ARP serves for half an interval, and one more for all that was heard in it.
    expect(story.after('advert from 192.0.1.255 priority 100')).toEqual(answer);
    expect(story.state).toBe('Master');
    const rest = [burst('4.500000'), advert('4.609375'), hold('4.609375')];
    expect(story.after('until 4.7s')).toEqual(rest);
  });

  it('never looks at Preempt_Mode', () => {
    const story = new Story('instance VI_1: priority 100, nopreempt');
    story.after('start', 'until 4s', 'advert from 192.0.2.2 priority 101');
    expect(story.state).toBe('Backup');
  });
});

describe('RFC 3768 section 6.1, parameters', () => {
  it('the owner of the addresses preempts whatever Preempt_Mode says', () => {
    const story = new Story('instance VI_1: priority 255, state BACKUP, nopreempt');
    story.after('start', 'adverts from 192.0.2.2 priority 254 each 1s until 3s', 'until 3.1s');
    expect(story.state).toBe('Master');
  });

  // Cases TM-01 and TM-02: from the last advert to the first of our own.
  it.each([
    [1, 1, '4.996094'],
    [100, 1, '4.609375'],
    [150, 1, '4.414063'],
    [254, 1, '4.007813'],
    [100, 5, '16.609375'],
  ])('priority %i at %i s takes over at %s after an advert at 1 s', (priority, seconds, time) => {
    const story = new Story(`instance VI_1: priority ${priority}, every ${seconds}s`);
    story.after('start', `at 1s advert from 192.0.2.2 priority 255 every ${seconds}s`);
    expect(story.after('until 30s')[0]).toContain(time);
  });

  it('Skew_Time does not depend on the interval', () => {
    const story = new Story('instance VI_1: priority 100, every 5s');
    story.after('start', 'at 1s advert from 192.0.2.2 priority 0 every 5s');
    expect(story.after('until 3s')[0]).toContain('1.609375  advert');
  });
});

describe('RFC 3768 section 7.1, Receiving VRRP Packets', () => {
  const dropped = (advertWords: string, reason: DropReason, ...configuration: string[]) => {
    const story = new Story(...(configuration.length > 0 ? configuration : ['instance VI_1:']));
    story.after('start', 'until 4s');
    expect(story.after(`advert from 192.0.2.2 priority 200 ${advertWords}`)).toEqual([]);
    const { state, counters } = story.status();
    expect(state).toBe('Master');
    expect(counters.drops).toEqual({ [reason]: 1 });
    expect(counters.advertsReceived).toBe(0);
  };

  it.each(['ttl 254', 'ttl 0', 'ttl 1'])('MUST verify that the IP TTL is 255: %s', (words) => {
    dropped(words, 'ip-ttl');
  });

  it('MUST verify that the VRID is configured on the receiving interface', () => {
    const story = master();
    expect(story.after('advert from 192.0.2.2 priority 200 vrid 52')).toEqual([]);
    expect(story.after('advert on eth1 from 192.0.2.2 priority 200')).toEqual([]);
    expect(story.state).toBe('Master');
    expect(story.status().counters.drops).toEqual({});
  });

  it('... and the local router is not the IP Address owner (erratum 8298: judged like any)', () => {
    const story = owner();
    story.after('start', 'until 0.5s');
    story.after('advert from 192.0.2.2 priority 254');
    expect(story.state).toBe('Master');
    story.after('advert from 192.0.2.2 priority 255');
    expect(story.state).toBe('Backup');
  });

  it('MUST verify that the Auth Type matches the locally configured one', () => {
    dropped('authentication 1', 'authentication-type-mismatch');
    dropped('authentication 2', 'authentication-type-mismatch');
    dropped('authentication 0', 'authentication-type-mismatch', 'instance VI_1: password s3cr3t');
  });

  it('drops an Auth Type that there is not', () => {
    dropped('authentication 3', 'authentication-type-unknown');
    dropped('authentication 255', 'authentication-type-unknown', 'instance VI_1: password s3cr3t');
  });

  it('drops another password (RFC 2338 section 5.3.6), and takes the same', () => {
    dropped('password s3cr3T', 'authentication-failure', 'instance VI_1: password s3cr3t');
    dropped('password s3cr3', 'authentication-failure', 'instance VI_1: password s3cr3t');
    const story = new Story('instance VI_1: password s3cr3t');
    story.after('start', 'until 4s', 'advert from 192.0.2.2 priority 200 password s3cr3t');
    expect(story.state).toBe('Backup');
  });

  it('knows the first 8 octets of a password, as the packet has no more', () => {
    const story = new Story('instance VI_1: password 12345678-and-more');
    story.after('start', 'until 4s', 'advert from 192.0.2.2 priority 200 password 12345678');
    expect(story.state).toBe('Backup');
  });

  it.each(['every 2s', 'every 0s', 'every 255s'])(
    'MUST verify that the Adver Interval is the configured one: %s',
    (words) => {
      dropped(words, 'advertisement-interval');
    },
  );

  it('MAY verify that the IP addresses are valid: drop, if the sender is not the owner', () => {
    dropped('addresses 192.0.2.11', 'address-list');
    dropped('addresses 192.0.2.10,192.0.2.11', 'address-list');
    dropped('addresses 192.0.2.10,192.0.2.10', 'address-list');
    const two = 'instance VI_1: addresses 192.0.2.10 192.0.2.11';
    dropped('addresses 192.0.2.10,192.0.2.10', 'address-list', two);
  });

  it('... does not drop what the owner says (Priority = 255)', () => {
    const story = master();
    story.after('advert from 192.0.2.2 priority 255 addresses 192.0.2.11');
    expect(story.state).toBe('Backup');
  });

  it('... takes the addresses in any order', () => {
    const story = new Story('instance VI_1: addresses 192.0.2.10 192.0.2.11');
    const other = 'advert from 192.0.2.2 priority 200 addresses 192.0.2.11,192.0.2.10';
    story.after('start', 'until 4s', other);
    expect(story.state).toBe('Backup');
  });

  it('drops what was sent to one host alone, where the group is configured', () => {
    dropped('to 192.0.2.1', 'destination');
  });

  it('drops its own adverts that a loop brings back', () => {
    dropped('from 192.0.2.1', 'own-packet');
  });

  it('SHOULD log each, but not a flood of them', () => {
    const story = master();
    for (let count = 0; count < 1_000; count += 1) {
      story.after('advert from 192.0.2.2 priority 200 ttl 254');
    }
    expect(story.status().counters.drops).toEqual({ 'ip-ttl': 1_000 });
    expect(story.logLines('ip-ttl')).toHaveLength(1);
  });
});

describe('RFC 3768 section 7.2, Transmitting VRRP Packets', () => {
  it('fills in the virtual router configuration, its addresses in the configured order', () => {
    const story = new Story('instance VI_1: priority 150, addresses 192.0.2.11 192.0.2.10');
    expect(story.after('start', 'until 3.5s')[0]).toBe(
      '3.414063  advert to 224.0.0.18, priority 150, every 1 s, 192.0.2.11 192.0.2.10',
    );
  });

  it('the source is the primary address of the interface, never a virtual one', () => {
    const story = new Story('instance VI_1:');
    const steps = [
      'link eth0 up',
      'address 192.0.2.77/24 on eth0 appears secondary',
      'address 192.0.2.10/32 on eth0 appears',
      'address 192.0.2.7/24 on eth0 appears',
      'listed',
      'until 4s',
    ];
    story.after(...steps);
    expect(story.status().sourceAddress).toBe('192.0.2.7');
  });
});
