import { expect, it } from 'vitest';
import { config, instanceConfig } from '../../test/scenario/configuration.ts';
import { beginning } from '../../test/scenario/play.ts';
import { route } from '../../test/scenario/specimens.ts';
import { seconds, after, instant } from '../base/units.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import { Core } from './core.ts';

it('names itself when an answer comes that it no longer waits for', () => {
  const core = new Core(config({ instances: [instanceConfig({ virtualRoutes: [route()] })] }));
  let now = instant(0);
  const handle = (event: CoreEvent) => core.handle({ at: now, event });
  const settle = (id: number, error: string | null) =>
    handle({ type: 'effect-settled', id, error });

  const [joined] = idsOf(beginning.flatMap(handle), 'join-interface');
  settle(joined ?? 0, null);
  now = after(now, seconds(4));
  const effects = handle({ type: 'time-passed' });
  const late = [...idsOf(effects, 'hold-addresses'), ...idsOf(effects, 'install-routes')];
  expect(late).toHaveLength(2);
  handle({ type: 'pass-requested', instance: 'VI_1' });
  for (const id of late) {
    expect(settle(id, 'EPERM')).toEqual([
      { type: 'write-log', level: 'error', text: '(VI_1) EPERM' },
    ]);
    // Each answer comes once; another one is nobody's.
    expect(settle(id, 'EPERM')).toMatchObject([{ text: 'EPERM' }]);
  }
});

function idsOf(effects: readonly Effect[], type: Effect['type']): readonly number[] {
  return effects.flatMap((effect) => (effect.type === type && 'id' in effect ? [effect.id] : []));
}
