/** A moment in local time, to the millisecond: "2026-05-04 14:02:11.123". */
export function localTime(timeMs: number): string {
  const moment = new Date(timeMs);
  const date = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()].map(twoDigits);
  return `${date.join('-')} ${timeOfDay(moment)}.${String(moment.getMilliseconds()).padStart(3, '0')}`;
}

/** A moment in local time, to the second; the date only where it is not today's. */
export function localTimeShort(timeMs: number, nowMs: number): string {
  const moment = new Date(timeMs);
  const isToday = moment.toDateString() === new Date(nowMs).toDateString();
  return isToday ? timeOfDay(moment) : localTime(timeMs).slice(0, '2026-05-04 14:02:11'.length);
}

/** A moment in local time, to the millisecond; the date only where it is not today's. */
export function localTimeExact(timeMs: number, nowMs: number): string {
  const isToday = new Date(timeMs).toDateString() === new Date(nowMs).toDateString();
  const whole = localTime(timeMs);
  return isToday ? whole.slice('2026-05-04 '.length) : whole;
}

/** How long ago: to a tenth of a second within a minute, else as roughDuration has it. */
export function agoText(durationMs: number): string {
  const isShort = durationMs < 60_000;
  return isShort ? `${(Math.max(0, durationMs) / 1_000).toFixed(1)} s` : roughDuration(durationMs);
}

function timeOfDay(moment: Date): string {
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(twoDigits).join(':');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const unitsOfTime = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** How long ago, in its two largest units: "3 h 12 min", "4 s", "0 s". */
export function roughDuration(durationMs: number): string {
  const largest = unitsOfTime.findIndex((unit) => durationMs >= unit.ms);
  if (largest === -1) return '0 s';
  let rest = durationMs;
  const parts: string[] = [];
  for (const unit of unitsOfTime.slice(largest, largest + 2)) {
    const count = Math.floor(rest / unit.ms);
    rest -= count * unit.ms;
    if (count > 0) parts.push(`${String(count)} ${unit.name}`);
  }
  return parts.join(' ');
}

/** A protocol timer in seconds, as exact as it is, to the millisecond: "0.609 s", "1 s". */
export function exactSeconds(durationMs: number): string {
  return `${String(Number((durationMs / 1_000).toFixed(3)))} s`;
}
