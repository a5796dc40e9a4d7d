/** Mastership from Baton to Baton, as the switch between them and a client of theirs see it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { parseIpv4Header, ipProtocols } from '../../src/wire/ipv4.ts';
import { parseSideMessage } from '../../src/wire/side-channel.ts';
import { parseUdpHeader, udpHeaderLength } from '../../src/wire/udp.ts';
import { decodeFrame } from '../conformance/frame.ts';
import { virtualAddress } from './site.ts';
import type { Program } from './program.ts';
import { eventually, trioTest, type Answers, type Member, type Trio } from './trio.ts';

const key = '5a'.repeat(32);
const sidePort = 8112;

function configuration(own: Member, other: Member, priority: number, sideKey = key): string {
  return `
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    virtual_ipaddress {
        ${virtualAddress}/24
    }
}
side_channel {
    address ${own.address}
    peer ${other.address}
    key hex:${sideKey}
}
`;
}

/** Both run, the first is Master, and each knows the other; the client has begun to ask. */
async function begin(trio: Trio): Promise<{ readonly master: Program; readonly probe: Program }> {
  const { first, second } = trio;
  first.baton.configure(configuration(first, second, 150));
  second.baton.configure(configuration(second, first, 100));
  const master = first.baton.start();
  await master.printed('Entering MASTER STATE');
  await second.baton.start().printed('Startup complete');
  for (const { baton } of [first, second]) {
    await eventually('they know each other', async () => {
      const { sideChannel } = await baton.snapshot();
      return sideChannel?.peers[0]?.counterparts[0]?.differences.length === 0;
    });
  }
  const probe = await trio.ask(virtualAddress);
  // Long enough for the client to have learned who has the address, and to ask no more.
  await sleep(1_500);
  trio.capture.frames();
  return { master, probe };
}

type Seen = 'take' | 'advert' | 'resignation' | 'announcement' | 'taken';

/** What was seen on the switch, each kind where it came first; adverts of the second host alone. */
function orderOf(trio: Trio): readonly Seen[] {
  const seen = new Set<Seen>();
  for (const hex of trio.capture.frames()) {
    const octets = Buffer.from(hex, 'hex');
    const frame = decodeFrame(octets);
    if (frame.type === 'gratuitous-arp') seen.add('announcement');
    if (frame.type === 'vrrp' && frame.parsed.ok) {
      const { source, advert } = frame.parsed.value;
      if (advert.priority === 0) seen.add('resignation');
      else if (source === trio.second.address) seen.add('advert');
    }
    const type = sideType(octets.subarray(14));
    if (type === 'take' || type === 'taken') seen.add(type);
  }
  return [...seen];
}

function sideType(packet: Uint8Array): string | null {
  const ip = parseIpv4Header(packet);
  if (!ip.ok || ip.value.protocol !== ipProtocols.udp) return null;
  const datagram = packet.subarray(ip.value.headerLength, ip.value.totalLength);
  const udp = parseUdpHeader(datagram);
  if (!udp.ok || udp.value.destinationPort !== sidePort) return null;
  const message = parseSideMessage(datagram.subarray(udpHeaderLength), key);
  return message.ok ? message.value.body.type : null;
}

function lostOf({ asked, answers }: Answers): readonly number[] {
  const numbers = Array.from({ length: asked }, (_, index) => index + 1);
  return numbers.filter((number) => answers[number] === undefined);
}

function expectNoGap(trio: Trio, answers: Answers): void {
  const lost = lostOf(answers);
  const by = (address: string): number => {
    return Object.values(answers.answers).filter((one) => one === address).length;
  };
  console.log(
    `${answers.asked} asked, ${by(trio.first.address)} answered by the old master, ` +
      `${by(trio.second.address)} by the new one, ${lost.length} lost`,
  );
  expect(by(trio.first.address)).toBeGreaterThan(0);
  expect(by(trio.second.address)).toBeGreaterThan(0);
  expect(lost).toEqual([]);
}

const handOver: readonly Seen[] = ['take', 'advert', 'announcement', 'taken'];

/** Where the machine has kept the new master from answering in time, the old one gave up alone. */
async function expectHandOver(trio: Trio, master: Program, probe: Program): Promise<void> {
  const order = orderOf(trio);
  const answers = await trio.answersOf(probe);
  const late = master.lines.find(({ text }) => text.includes('not taken over by'));
  if (late !== undefined) {
    console.log(`the machine is too busy: ${late.text}`);
    expect(late.text).toContain('no answer');
    expect(order).toContain('resignation');
    return;
  }
  console.log((await master.printed('handed over to')).text);
  expect(order).toEqual(handOver);
  expectNoGap(trio, answers);
}

describe('between two Batons', { timeout: 60_000 }, () => {
  trioTest(
    'a pass leaves no gap: the new master announces, then the old one lets go',
    async (trio) => {
      const { master, probe } = await begin(trio);
      const { first, second } = trio;
      expect(await first.baton.client.pass('VI_1')).toMatchObject({ ok: true });
      await eventually('it is handed over', async () => {
        const [old, successor] = await Promise.all([
          first.baton.instance(),
          second.baton.instance(),
        ]);
        return old.state === 'Backup' && successor.state === 'Master';
      });
      await sleep(1_000);
      await expectHandOver(trio, master, probe);
      expect(first.host.ip('address show dev eth0')).not.toContain(virtualAddress);
      expect(second.host.ip('address show dev eth0')).toContain(virtualAddress);
    },
  );

  trioTest('a stop leaves no gap either', async (trio) => {
    const { master, probe } = await begin(trio);
    await trio.first.baton.end();
    await sleep(1_000);
    await expectHandOver(trio, master, probe);
    expect(trio.first.host.ip('address show dev eth0')).not.toContain(virtualAddress);
  });

  trioTest('with different keys they do as VRRP has it, and say so', async (trio) => {
    const { first, second } = trio;
    first.baton.configure(configuration(first, second, 150));
    second.baton.configure(configuration(second, first, 100, 'a5'.repeat(32)));
    const master = first.baton.start();
    await master.printed('Entering MASTER STATE');
    const backup = second.baton.start();
    await backup.printed('Startup complete');
    await backup.printed('(side-forged)');
    await master.printed('(side-forged)');
    trio.capture.frames();
    await first.baton.end();
    await backup.printed('Entering MASTER STATE');
    expect(orderOf(trio)).toEqual(['resignation', 'advert', 'announcement']);
  });
});
