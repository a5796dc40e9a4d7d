/** What `baton status` shows of other Batons. */
import type { SideChannelSnapshot, SidePeerSnapshot } from '../model/snapshot.ts';
import { heading, layTable, type Cell, type Row } from './table.ts';
import { printable, type Paint } from './terminal.ts';

/** A table of the peers and their part of our virtual routers, and what differs below it. */
export function sideChannelLines(
  channel: SideChannelSnapshot | null,
  paint: Paint,
): readonly string[] {
  if (channel === null) return [];
  const { address, port, failure, peers } = channel;
  if (failure !== null) {
    const text = `Side channel on ${address} port ${String(port)} is not open: ${failure}`;
    return [paint('bad', printable(text))];
  }
  const title = heading('SIDE CHANNEL TO', 'STATUS', 'INSTANCE', 'THERE', 'STATE', 'PRIORITY');
  return [
    ...layTable([title, ...peers.flatMap(peerRows)], paint),
    ...differenceLines(peers, paint),
  ];
}

function peerRows({ address, alive, counterparts }: SidePeerSnapshot): readonly Row[] {
  const head: readonly Cell[] = [
    { text: address },
    alive ? { text: 'heard', style: 'good' } : { text: 'silent', style: 'bad' },
  ];
  const none: readonly Cell[] = ['none', '', '', ''].map((text) => ({ text }));
  if (counterparts.length === 0) return [[...head, ...none]];
  return counterparts.map(({ instance, name, state, priority }, index) => [
    ...(index === 0 ? head : head.map((): Cell => ({ text: '' }))),
    { text: printable(instance) },
    { text: printable(name) },
    { text: state },
    { text: String(priority) },
  ]);
}

function differenceLines(peers: readonly SidePeerSnapshot[], paint: Paint): readonly string[] {
  return peers.flatMap(({ address, counterparts }) =>
    counterparts.flatMap(({ instance, differences }) =>
      differences.map(({ field, ours, theirs }) => {
        const text = `${instance} differs on ${address}: ${field} here: ${ours}; there: ${theirs}`;
        return paint('bad', `  ${printable(text)}`);
      }),
    ),
  );
}
