/**
 * Plays the scenarios beside this file. UPDATE_SCENARIOS=1 writes their traces anew;
 * then the difference is to be read like code.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { describe, expect, it, vi } from 'vitest';
import { playScenario } from '../../test/scenario/scenario.ts';
import type * as Transitions from './transitions.ts';
import { transitions, type Transition } from './transitions.ts';

const reached = vi.hoisted(() => new Set<string>());

vi.mock('./transitions.ts', async (importOriginal) => {
  const original = await importOriginal<typeof Transitions>();
  const assertTransition: typeof original.assertTransition = (from, to, cause) => {
    original.assertTransition(from, to, cause);
    reached.add(`${from} -> ${to}: ${cause}`);
  };
  return { ...original, assertTransition };
});

const folder = new URL('scenarios/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));
const rewrite = env['UPDATE_SCENARIOS'] === '1';

describe('scenario', () => {
  it.each(files)('%s', (file) => {
    const place = new URL(file, folder);
    const text = readFileSync(place, 'utf8');
    const played = playScenario(text).text;
    if (rewrite) writeFileSync(place, played);
    else expect(played).toBe(text);
  });
});

describe('the scenarios', () => {
  it('reach every row of the table of transitions', () => {
    const rowText = ({ from, to, cause }: Transition) => `${from} -> ${to}: ${cause}`;
    expect([...reached].sort()).toEqual(transitions.map(rowText).sort());
  });
});
