/** A short run over every parser; `npm run fuzz` is the long one. */
import { describe, expect, it } from 'vitest';
import { fuzz, type FuzzTarget } from './campaign.ts';
import { fuzzTargets } from './targets.ts';

const shortRun = { seconds: 20, seed: 1 };
/** A configuration takes a thousand times as long as a packet. */
const inputsOf = ({ name }: FuzzTarget): number => (name === 'config' ? 500 : 10_000);

describe('a short run', () => {
  it.each(fuzzTargets)('breaks no promise of $name', { timeout: 30_000 }, (target) => {
    const { inputs, outcomes, failures } = fuzz(target, { ...shortRun, inputs: inputsOf(target) });
    expect(failures).toEqual([]);
    expect(inputs).toBeGreaterThan(target.corpus.length);
    expect(outcomes).toBeGreaterThan(5);
  });

  it('finds a fault that lies behind two outcomes, and tells the smallest input', () => {
    const faulty: FuzzTarget = {
      name: 'faulty',
      corpus: [Uint8Array.of(0, 0, 0, 0)],
      words: [],
      limitOctets: 16,
      limitMs: 1_000,
      run(octets) {
        if (octets[0] !== 0xff) return 'nothing';
        if (octets[1] !== 0x80) return 'first';
        throw new Error('both');
      },
    };
    const { failures } = fuzz(faulty, { ...shortRun, inputs: 20_000 });
    expect(failures.map(({ input }) => [...input])).toEqual([[0xff, 0x80]]);
  });
});
