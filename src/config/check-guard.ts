/** What `lease_guard off` costs: until when a dead or frozen master answers for its addresses. */
import { times, toSeconds, type Duration } from '../base/units.ts';
import type { InstanceConfig } from '../model/config.ts';
import { addressExpiryLateness, addressLifetime } from '../model/lease-duration.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import type { Settings } from './settings.ts';

export function checkGuard(
  definitions: Settings,
  instances: readonly InstanceConfig[],
  collector: DiagnosticCollector,
): void {
  const statement = definitions.last('lease_guard');
  if (statement === null || definitions.switch('lease_guard') !== false) return;
  for (const { name, advertisementInterval, downTimerAdverts } of instances) {
    const lifetime = addressLifetime(advertisementInterval, downTimerAdverts);
    const answered = (lifetime + addressExpiryLateness) as Duration;
    const soonest = times(advertisementInterval, downTimerAdverts);
    const overlap =
      answered > soonest
        ? `, and ${inSeconds(soonest)} after it another host may have them too`
        : '';
    collector.report({
      code: 'guard-off',
      span: statement.span,
      message:
        `without the guard a dead or frozen master of ${name} has its addresses for up to ` +
        `${inSeconds(answered)} after its last advert${overlap}`,
    });
  }
}

function inSeconds(duration: Duration): string {
  return `${String(toSeconds(duration))} s`;
}
