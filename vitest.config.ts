/**
 * The suites, from the quickest to the slowest. Those that make network namespaces
 * run one file at a time, each in a process of its own: a namespace belongs to a
 * process, and tests of time must not compete for the machine.
 */
import { defineConfig } from 'vitest/config';

const oneAtATime = { pool: 'forks', fileParallelism: false } as const;

const suite = (name: string, include: string, options: object = {}) => ({
  test: { name, include: [include], pool: 'threads' as const, ...options },
});

export default defineConfig({
  test: {
    projects: [
      // What is about size or chance takes seconds, and more on a busy machine.
      suite('unit', 'src/**/*.test.ts', { testTimeout: 30_000 }),
      // A command of its own (npm run holo): its data is holo's, and not here.
      suite('holo', 'test/holo/**/*.test.ts'),
      suite('conformance', 'test/{conformance,rfc,fuzz}/**/*.test.ts', { testTimeout: 30_000 }),
      suite('gates', 'test/{gates,docs}/**/*.test.ts', {
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      // Programs with a bug planted in each: they run by themselves, so few at a time.
      suite('simulation', 'test/simulation/**/*.test.ts', {
        testTimeout: 120_000,
        hookTimeout: 60_000,
        maxConcurrency: 2,
      }),
      suite('kernel', 'test/kernel/**/*.test.ts', {
        ...oneAtATime,
        testTimeout: 20_000,
        hookTimeout: 20_000,
      }),
      suite('interop', 'test/interop/**/*.test.ts', {
        ...oneAtATime,
        testTimeout: 60_000,
        hookTimeout: 30_000,
      }),
      suite('blackbox', 'test/blackbox/**/*.test.ts', {
        ...oneAtATime,
        testTimeout: 60_000,
        hookTimeout: 60_000,
        maxConcurrency: 12,
      }),
      suite('lab', 'test/lab/**/*.test.ts', {
        ...oneAtATime,
        testTimeout: 120_000,
        hookTimeout: 60_000,
      }),
      suite('chaos', 'test/chaos/**/*.test.ts', { ...oneAtATime, hookTimeout: 240_000 }),
    ],
  },
});
