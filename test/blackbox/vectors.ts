import { readFileSync } from 'node:fs';

interface Vector {
  readonly name: string;
  readonly hex: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../conformance/vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

/** The whole frame of this name among the vectors. */
export function vector(name: string): Uint8Array {
  const found = vectors.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no vector ${name}`);
  return Uint8Array.from(Buffer.from(found.hex, 'hex'));
}
