/** Numbers and times in the forms of C's printf and ctime, which the dumps are written in. */
import { toMilliseconds, type Duration } from '../../base/units.ts';

/** "%g": at most six significant digits, no trailing zeros. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

export function wholeSeconds(duration: Duration): string {
  return String(Math.trunc(toMilliseconds(duration) / 1_000));
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** "1795407702.677824 (Mon Nov 23 04:21:42.677824 2026)"; the words in local time. */
export function timeText(sinceEpochMs: number): string {
  const microseconds = Math.round(sinceEpochMs * 1_000);
  const fraction = String(microseconds % 1_000_000).padStart(6, '0');
  const seconds = Math.floor(microseconds / 1_000_000);
  const date = new Date(seconds * 1_000);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  const day = String(date.getDate()).padStart(2, ' ');
  const words = `${weekdays[date.getDay()] ?? ''} ${months[date.getMonth()] ?? ''} ${day} ${clock}`;
  return `${String(seconds)}.${fraction} (${words}.${fraction} ${String(date.getFullYear())})`;
}
