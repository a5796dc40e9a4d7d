/** What fuzzing begins with: octets and texts that the other tests are about. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPcap } from '../conformance/pcap.ts';

// Compiled, this file lies elsewhere; both commands are run where package.json is.
const root = process.cwd();
const conformance = join(root, 'test/conformance');
const ethernetHeaderLength = 14;
const mostOfACapture = 20;

/** The frames of the conformance vectors and the first of each capture. */
function capturedFrames(): readonly Uint8Array[] {
  const vectors = JSON.parse(readFileSync(join(conformance, 'vectors.json'), 'utf8')) as {
    readonly hex: string;
  }[];
  const captures = readdirSync(join(conformance, 'captures')).filter((name) =>
    name.endsWith('.pcap'),
  );
  return [
    ...vectors.map(({ hex }) => octetsOf(hex)),
    ...captures.flatMap((name) =>
      readPcap(readFileSync(join(conformance, 'captures', name)))
        .slice(0, mostOfACapture)
        .map(({ octets }) => Uint8Array.from(octets)),
    ),
  ];
}

/** What the frames carry, from the header of IP or ARP on. */
export function capturedPayloads(): readonly Uint8Array[] {
  return capturedFrames().map((frame) => frame.slice(ethernetHeaderLength));
}

/** Netlink messages that stand in the tests of the codecs, as hexadecimal digits. */
export function netlinkMessages(): readonly Uint8Array[] {
  const folder = join(root, 'src/wire');
  const tests = readdirSync(folder).filter((name) => /^rtnetlink.*\.test\.ts$/.test(name));
  return tests.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8').replace(/ \/\/.*$/gm, '');
    const strings = text.matchAll(/'[0-9a-f ]{8,}'(?:\s*\+\s*'[0-9a-f ]+')*/g);
    return [...strings]
      .map(([found]) => octetsOf(found.replace(/[^0-9a-f]/g, '')))
      .filter(({ length }) => length >= 16);
  });
}

/** The configurations of `src/config/cases`, without what is said about them. */
export function configurationCases(): readonly string[] {
  const folder = join(root, 'src/config/cases');
  return readdirSync(folder).map((name) => {
    const [text = ''] = readFileSync(join(folder, name), 'utf8').split(/^-{40}$/m);
    return text;
  });
}

export function octetsOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
