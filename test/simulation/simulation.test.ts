import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rewriteBetween, textBetween } from '../gates/marked-text.ts';
import { plantedBugs } from './planted-bugs.ts';
import { renderPlantedBugs } from './planted-table.ts';
import { buildProgram, plant, play, playPlanted, projectRoot } from './planted-program.ts';

/** Seeds of the short run without a bug; docs/proof.md tells of the long ones. */
const cleanSeeds = 400;

let program: string;

beforeAll(() => {
  program = buildProgram();
});

afterAll(() => {
  rmSync(program, { recursive: true, force: true });
});

describe('the simulator', () => {
  it(`finds nothing in the first ${cleanSeeds} seeds`, async () => {
    const { status, output } = await play(program, ['--seeds', String(cleanSeeds)]);
    expect(output).toContain('safety 0, liveness 0, crash 0');
    expect(status).toBe(0);
  });

  it.concurrent.each(plantedBugs)('finds: $name', async (bug) => {
    const { status, output } = await playPlanted(program, bug, bug.seeds);
    expect(output).toMatch(/(safety|liveness|crash) 1/);
    expect(status).toBe(1);
  });
});

describe('the list of planted bugs (UPDATE_DOCS=1 rewrites it)', () => {
  it('has twenty at least, each with a text of its own that stands in its file once', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(20);
    for (const bug of plantedBugs) expect(plant(bug)).not.toBe('');
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length);
  });

  it('is the one in docs/proof.md', () => {
    const place = { file: join(projectRoot, 'docs/proof.md'), mark: 'planted bugs' };
    const table = renderPlantedBugs(plantedBugs);
    if (process.env['UPDATE_DOCS'] === '1') rewriteBetween(place, table);
    expect(textBetween(place)).toBe(table);
  });

  it('is refused where a text is gone', () => {
    const gone = { name: 'gone', file: 'src/core/election.ts', replacement: '', seeds: 1 };
    expect(() => plant({ ...gone, text: 'no such text' })).toThrow('0 times');
  });
});
