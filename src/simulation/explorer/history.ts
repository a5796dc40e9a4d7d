/** A row of moves: as short text that can be given back, and as a timeline to read. */
import { assert } from '../../base/assert.ts';
import { times, toSeconds } from '../../base/units.ts';
import { moveTypes, Moves, type Laws, type Move, type MoveType } from './moves.ts';
import { judge } from './properties.ts';
import { tickOf } from './settings.ts';
import { hostName } from './site.ts';
import { answers, decode, encode, type World } from './world.ts';

const letters: Readonly<Record<MoveType, string>> = {
  tick: 't',
  deliver: 'd',
  fire: 'f',
  lose: 'l',
  crash: 'c',
  freeze: 'z',
  wake: 'w',
  start: 'r',
  stop: 's',
  fail: 'x',
  recover: 'y',
};

/** "28t f0 d1": 28 ticks, then a timer of the first host, then the second advert in flight. */
export function historyText(moves: readonly Move[]): string {
  const words: string[] = [];
  let ticks = 0;
  for (const { type, index } of [...moves, null].map((move) => move ?? { type: null, index: 0 })) {
    if (type === 'tick') {
      ticks += 1;
      continue;
    }
    if (ticks > 0) words.push(`${ticks}t`);
    ticks = 0;
    if (type !== null) words.push(`${letters[type]}${index}`);
  }
  return words.join(' ');
}

/** The moves that such text stands for; null where it is none. */
export function parseHistory(text: string): readonly Move[] | null {
  const moves: Move[] = [];
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const count = /^(\d+)t$/.exec(word)?.[1];
    if (count !== undefined) {
      for (let tick = 0; tick < Number(count); tick += 1) moves.push({ type: 'tick', index: 0 });
      continue;
    }
    const type = moveTypes.find((one) => letters[one] === word.charAt(0));
    const index = /^[a-z](\d+)$/.exec(word)?.[1];
    if (type === undefined || index === undefined) return null;
    moves.push({ type, index: Number(index) });
  }
  return moves;
}

/** Goes through the moves once more and says what happens, and what is wrong in the end. */
export function timeline(laws: Laws, history: readonly Move[]): readonly string[] {
  const moves = new Moves(laws);
  const lines: string[] = [];
  let ticks = 0;
  let world = moves.initial();
  for (const move of history) {
    const before = world;
    const seconds = toSeconds(times(tickOf(laws.settings), ticks))
      .toFixed(3)
      .padStart(9);
    if (move.type === 'tick') ticks += 1;
    world = copyOf(before);
    const what = describe(laws, before, move);
    try {
      moves.make(world, move);
      judge(world, laws);
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      lines.push(`${seconds} s  ${what}`, `${' '.repeat(13)}${thrown.message}`);
      return lines;
    }
    const change = changes(laws, before, world);
    if (move.type !== 'tick' || change !== '') {
      lines.push(`${seconds} s  ${what}${change === '' ? '' : `: ${change}`}`);
    }
    world = copyOf(world);
  }
  return lines;
}

/** As the search has it: adverts in the order in which it counts them. */
function copyOf(world: World): World {
  return decode(encode(world), world.hosts.length);
}

function describe({ occurrences }: Laws, { flights }: World, { type, index }: Move): string {
  const flight = flights[index];
  switch (type) {
    case 'tick':
      return 'time passes';
    case 'deliver':
    case 'lose': {
      assert(flight !== undefined, 'there is no such advert in flight');
      const { name } = occurrences.at(flight.occurrence);
      const fate = type === 'lose' ? 'is lost on its way to' : 'reaches';
      return `${name}, ${fate} ${hostName(flight.to)}`;
    }
    case 'fire':
      return `${hostName(index)}'s timer fires`;
    case 'crash':
      return `${hostName(index)} is killed`;
    case 'freeze':
      return `${hostName(index)} freezes`;
    case 'wake':
      return `${hostName(index)} wakes`;
    case 'start':
      return `${hostName(index)} is started`;
    case 'stop':
      return `${hostName(index)} is stopped`;
    case 'fail':
      return `the service of ${hostName(index)} fails`;
    case 'recover':
      return `the service of ${hostName(index)} recovers`;
  }
}

function changes(laws: Laws, before: World, now: World): string {
  const said: string[] = [];
  for (const [index, host] of now.hosts.entries()) {
    const former = before.hosts[index];
    if (former === undefined) continue;
    const name = hostName(index);
    const was = former.core === null ? null : laws.cores.stateName(former.core);
    const is = host.core === null ? null : laws.cores.stateName(host.core);
    if (is !== null && is !== was) said.push(`${name} is ${is}`);
    if (answers(host) !== answers(former)) {
      said.push(answers(host) ? `${name} answers` : `${name} answers no more`);
    }
  }
  const sent = now.flights.filter(({ age }) => age === 0).length;
  const known = before.flights.filter(({ age }) => age === 0).length;
  if (sent > known) said.push(`${sent - known} adverts on their way`);
  return said.join(', ');
}
