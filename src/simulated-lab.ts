/** Plays the lab's story in the simulator: the same configuration, steps and budgets. */
import { assert } from './base/assert.ts';
import { failure, success } from './base/result.ts';
import type { ConfigSource } from './config/config-source.ts';
import { loadConfig } from './config/load.ts';
import {
  keepalivedConfiguration,
  keepalivedConfigurationPath,
  serviceConfiguration,
  serviceConfigurationPath,
} from './lab/article-configuration.ts';
import { outageBudgetMs } from './lab/budget.ts';
import { articleTimers, type HostName } from './lab/pair.ts';
import { selectSteps } from './lab/steps.ts';
import type { PlayStory } from './lab/venue.ts';
import type { Config } from './model/config.ts';
import { playStory } from './simulation/story.ts';

/** The host that things happen to, in the lab as here. */
const victim: HostName = 'A';

/** The same story each time it is played. */
const seed = 1;

export const playInSimulator: PlayStory = async (options, onEvent, abort) => {
  const steps = selectSteps(options.steps).map((step) => ({
    ...step,
    budgetMs: outageBudgetMs(step.outage, articleTimers, victim),
  }));
  await playStory({
    seed,
    configurations: { A: configurationOf('A'), B: configurationOf('B') },
    steps,
    patienceMs: options.patienceMs,
    report: onEvent,
    abort,
  });
};

function configurationOf(host: HostName): Config {
  const texts = new Map([
    [keepalivedConfigurationPath, keepalivedConfiguration(host)],
    [serviceConfigurationPath, serviceConfiguration],
  ]);
  const source: ConfigSource = {
    read: (path) => {
      const text = texts.get(path);
      return text === undefined ? failure('no such file') : success(new TextEncoder().encode(text));
    },
    glob: (pattern) => [...texts.keys()].filter((path) => path === pattern),
  };
  const { config, diagnostics } = loadConfig(source, {
    path: keepalivedConfigurationPath,
    configurationId: host,
    hostName: host,
    environment: {},
    randomSeed: seed,
    everyIncludeRequired: true,
  });
  const error = diagnostics.find(({ severity }) => severity === 'error');
  assert(error === undefined, `the lab's own configuration is wrong: ${error?.message ?? ''}`);
  return config;
}
