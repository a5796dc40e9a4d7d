import type { FuzzTarget } from './campaign.ts';
import { linkTarget, netlinkTarget } from './codec-targets.ts';
import { configTarget } from './config-target.ts';
import { controlTarget } from './control-target.ts';
import { packetTarget } from './packet-target.ts';
import { sideTarget } from './side-target.ts';

/** Every parser of what comes from outside. */
export const fuzzTargets: readonly FuzzTarget[] = [
  packetTarget,
  linkTarget,
  netlinkTarget,
  controlTarget,
  configTarget,
  sideTarget,
];
