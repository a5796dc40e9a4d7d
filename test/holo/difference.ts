/** Where two outputs differ, each place by itself: what a rule has to account for. */
import type { Json, Output } from './recording.ts';
import type { Compared } from './replay.ts';

export interface Difference {
  /** "protocol Vrrp: packet.ip.src_address", or "ibus MacvlanDel" for a whole message. */
  readonly field: string;
  /** Undefined: it is not there. */
  readonly holo: Json | undefined;
  readonly ours: Json | undefined;
}

export function differences({ holo, ours }: Compared): readonly Difference[] {
  const lists = (['ibus', 'protocol', 'notification'] as const).flatMap((where) =>
    ofMessages(where, holo[where], ours[where]),
  );
  return [...lists, ...ofValues('state', asValue(holo), asValue(ours))];
}

function asValue({ state }: Output): Json {
  return state;
}

/** Messages are matched by their kinds, in order; what is left is too much or missing. */
function ofMessages(
  where: string,
  holo: readonly Json[],
  ours: readonly Json[],
): readonly Difference[] {
  const [theirs] = holo;
  const [own] = ours;
  if (theirs === undefined && own === undefined) return [];
  if (own === undefined || (theirs !== undefined && skipsFewer(holo, ours))) {
    const field = `${where} ${kindOf(theirs ?? null)}`;
    const rest = ofMessages(where, holo.slice(1), ours);
    return [{ field, holo: contentOf(theirs ?? null), ours: undefined }, ...rest];
  }
  const field = `${where} ${kindOf(own)}`;
  if (theirs === undefined || kindOf(theirs) !== kindOf(own)) {
    const rest = ofMessages(where, holo, ours.slice(1));
    return [{ field, holo: undefined, ours: contentOf(own) }, ...rest];
  }
  const rest = ofMessages(where, holo.slice(1), ours.slice(1));
  return [...ofValues(field, contentOf(theirs), contentOf(own)), ...rest];
}

/** Whether to leave holo's first message out matches more than to take ours out. */
function skipsFewer(holo: readonly Json[], ours: readonly Json[]): boolean {
  if (kindOf(holo[0] ?? null) === kindOf(ours[0] ?? null)) return false;
  return matches(holo.slice(1), ours) > matches(holo, ours.slice(1));
}

/** How many messages have a counterpart of their kind, in order. */
function matches(holo: readonly Json[], ours: readonly Json[]): number {
  let row = ours.map(() => 0);
  for (const theirs of holo) {
    const next: number[] = [];
    for (const [index, own] of ours.entries()) {
      const diagonal =
        (index > 0 ? (row[index - 1] ?? 0) : 0) + Number(kindOf(theirs) === kindOf(own));
      next.push(Math.max(diagonal, row[index] ?? 0, next[index - 1] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function ofValues(field: string, holo: Json | undefined, ours: Json | undefined): Difference[] {
  if (isRecord(holo) && isRecord(ours)) {
    const names = [...new Set([...Object.keys(holo), ...Object.keys(ours)])];
    return names.flatMap((name) => ofValues(`${field}.${name}`, holo[name], ours[name]));
  }
  if (Array.isArray(holo) && Array.isArray(ours) && holo.length === ours.length) {
    const [theirs, own] = [holo as readonly Json[], ours as readonly Json[]];
    return theirs.flatMap((one, index) => ofValues(`${field}[${String(index)}]`, one, own[index]));
  }
  return JSON.stringify(holo) === JSON.stringify(ours) ? [] : [{ field, holo, ours }];
}

/** The name of the one key; NetTxPacket says what it is one level deeper. */
function kindOf(message: Json): string {
  if (!isRecord(message)) return JSON.stringify(message);
  const [kind = ''] = Object.keys(message);
  return kind === 'NetTxPacket' ? kindOf(message[kind] ?? null) : kind;
}

function contentOf(message: Json): Json {
  if (!isRecord(message)) return message;
  const [kind = ''] = Object.keys(message);
  const content = message[kind] ?? null;
  return kind === 'NetTxPacket' ? contentOf(content) : content;
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
