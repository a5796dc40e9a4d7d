/** What a configuration asks of the process and takes from its host, before any protocol. */
import { mkdirSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { seconds, type Duration } from '../base/units.ts';
import type { Config, GlobalConfig } from '../model/config.ts';

export interface GivenSettings {
  /** `-s`; null: the configuration's. */
  readonly namespace: string | null;
  /** `-u`; null: the configuration's. */
  readonly umask: number | null;
}

/** The configuration that a run begins with: what the command line gives wins. */
export function settledConfig(
  config: Config,
  given: GivenSettings,
  sinceBoot: Duration = seconds(uptime()),
): Config {
  const { networkNamespace, startupDelay, delayAfterBoot } = config.global;
  const untilThen = Math.max(0, delayAfterBoot - sinceBoot);
  const global: GlobalConfig = {
    ...config.global,
    networkNamespace: given.namespace ?? networkNamespace,
    startupDelay: Math.max(startupDelay, untilThen) as Duration,
  };
  return { ...config, global };
}

export interface Settlement {
  readonly config: Config;
  /** One for each thing that only the next start can change. */
  readonly remarks: readonly string[];
}

/** The configuration of a reload, with what can't change any more as it is. */
export function resettledConfig(next: Config, running: Config, given: GivenSettings): Settlement {
  const { networkNamespace, instanceName, pidDirectory } = running.global;
  const wanted = given.namespace ?? next.global.networkNamespace;
  const changed = [
    ...(wanted === networkNamespace ? [] : ['net_namespace']),
    ...(next.global.instanceName === instanceName ? [] : ['instance']),
    ...(next.global.pidDirectory === pidDirectory ? [] : ['use_pid_dir']),
  ];
  const global = { ...next.global, networkNamespace, instanceName, pidDirectory };
  return {
    config: { ...next, global },
    remarks: changed.map((keyword) => `${keyword} has changed: that takes a restart of Baton`),
  };
}

/** /run is empty after a boot, and so has no directory of Baton's. */
export function makeDirectoryOf(path: string): void {
  try {
    mkdirSync(dirname(path), 0o755);
  } catch {
    // It is there; or what is to be opened in it will tell.
  }
}

/** Sets what belongs to the process as a whole. */
export function applyToProcess({ umask, processName }: GlobalConfig, given: GivenSettings): void {
  const mask = given.umask ?? umask;
  if (mask !== null) process.umask(mask);
  if (processName !== null && process.title !== processName) process.title = processName;
}
