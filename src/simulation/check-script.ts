/** The article's check script: starts nginx when it is gone, ends keepalived if that fails. */
import type { Random } from '../base/random.ts';
import { milliseconds, seconds } from '../base/units.ts';
import { drawDuration } from './draw.ts';
import { succeeded, type Program } from './program.ts';
import type { SimulatedNginx } from './simulated-nginx.ts';

/** `ps -C nginx --no-header | wc -l`, by a shell. */
const countTakes = { least: milliseconds(5), most: milliseconds(30) };
const pause = seconds(3);

export function* runCheckScript(nginx: SimulatedNginx, random: Random): Program {
  yield drawDuration(random, countTakes);
  if (nginx.isListed()) return succeeded;
  yield* nginx.start();
  yield pause;
  yield drawDuration(random, countTakes);
  // Its `killall keepalived` finds no process of that name here.
  return nginx.isListed() ? succeeded : { status: 1, output: 'keepalived: no process found\n' };
}
