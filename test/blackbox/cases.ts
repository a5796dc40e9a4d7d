/** Every black-box case, in the order of the page. */
import { authentication } from './au.ts';
import { forwardingDetection } from './bf.ts';
import type { Case } from './case.ts';
import { counting } from './ct.ts';
import { announcements } from './ga.ts';
import { interoperation } from './io.ts';
import { reception } from './rx.ts';
import { states } from './sm.ts';
import { timers } from './tm.ts';
import { transmission } from './tx.ts';
import { unicasting } from './un.ts';

export const cases: readonly Case[] = [
  ...transmission,
  ...reception,
  ...states,
  ...timers,
  ...announcements,
  ...authentication,
  ...unicasting,
  ...interoperation,
  ...forwardingDetection,
  ...counting,
];
