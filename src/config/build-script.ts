/** `vrrp_script` to what is run, how often, and what its results mean. */
import { seconds } from '../base/units.ts';
import type { ScriptConfig } from '../model/config.ts';
import { buildCommand, identityOf } from './build-command.ts';
import type { InstanceDefaults } from './build-defaults.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import { atLeastOne, Settings } from './settings.ts';
import type { TrackWeight } from './tracked-weight.ts';

export interface BuiltScript {
  readonly config: ScriptConfig;
  /** What instances take that name no weight of their own. */
  readonly weight: TrackWeight;
  readonly span: Span;
}

/** Null where there is nothing to run. */
export function buildScript(
  statement: CheckedStatement,
  defaults: InstanceDefaults,
  collector: DiagnosticCollector,
): BuiltScript | null {
  const name = String(statement.values[0]);
  const settings = Settings.of(statement);
  const script = settings.last('script');
  if (script === null) {
    if (!settings.mentions('script')) {
      const message = `vrrp_script ${name} lacks its line "script"`;
      collector.report({ code: 'missing-keyword', span: statement.span, message });
    }
    return null;
  }
  const user = settings.last('user')?.values;
  const identity = user === undefined ? defaults.scriptIdentity : identityOf(user.map(String));
  const interval = atLeastOne(settings, 'interval', collector) ?? 1;
  const timeout = atLeastOne(settings, 'timeout', collector) ?? interval;
  return {
    config: {
      name,
      command: buildCommand(script, identity),
      interval: seconds(interval),
      timeout: seconds(timeout),
      rise: settings.number('rise') ?? 1,
      fall: settings.number('fall') ?? 1,
      initiallyFailed: settings.has('init_fail'),
    },
    weight: {
      weight: settings.number('weight') ?? 0,
      reverse: settings.last('weight')?.values[1] === 'reverse',
    },
    span: statement.span,
  };
}
