/** What a parser promised and did not keep: thrown by a target, told by the campaign. */
export function promise(kept: boolean, what: string, detail: () => string = () => ''): void {
  if (!kept) throw new Error(`${what} <<${detail()}>>`);
}

/** The same octets between others, which a parser must not look at. */
export function surrounded(octets: Uint8Array): Uint8Array {
  const start = 3;
  const wide = new Uint8Array(octets.length + start + 64).fill(0xa5);
  wide.set(octets, start);
  return wide.subarray(start, start + octets.length);
}

/** Two values that must be the same, whatever they are made of. */
export function promiseSame(one: unknown, other: unknown, what: string): void {
  const [before, after] = [JSON.stringify(one), JSON.stringify(other)];
  promise(before === after, what, () => `${before} / ${after}`);
}
