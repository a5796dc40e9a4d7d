/** When `reload_time_file` wants a reload. */
import { failure, success, type Result } from '../base/result.ts';

const format = /^(?:(\d{2}|\d{4})-(\d{1,2})-(\d{1,2})[ \t]+)?(\d{1,2}):(\d{2}):(\d{2})[ \t]*(Z?)$/;

type Fields = readonly [
  year: number,
  month: number,
  day: number,
  hours: number,
  minutes: number,
  seconds: number,
];

/**
 * The moment that the first line of a text names, in milliseconds since 1970 UTC: with a
 * date, or today, or tomorrow where that hour is past; local time, or UTC with a `Z`.
 */
export function reloadMoment(text: string, nowMs: number): Result<number, string> {
  const line = text.split('\n')[0]?.trim() ?? '';
  const [, ...parts] = format.exec(line) ?? [];
  const [year, month, day, hours, minutes, seconds, zone] = parts;
  if (hours === undefined) {
    return failure(`"${line}" is no time: HH:MM:SS or YYYY-MM-DD HH:MM:SS, with a Z for UTC`);
  }
  const calendar = zone === 'Z' ? utc : local;
  const time = [Number(hours), Number(minutes), Number(seconds)] as const;
  if (year === undefined) return nextOfDay(calendar, time, nowMs);
  const century = year.length === 2 ? 2_000 : 0;
  const moment = calendar.read([century + Number(year), Number(month), Number(day), ...time]);
  if (moment === null) return failure(`"${line}": there is no such time`);
  return moment > nowMs ? success(moment) : failure(`"${line}" is past`);
}

function nextOfDay(
  calendar: Calendar,
  time: readonly [number, number, number],
  nowMs: number,
): Result<number, string> {
  const [year, month, day] = calendar.today(nowMs);
  if (calendar.read([2_000, 1, 1, ...time]) === null) return failure('there is no such hour');
  // A day may have 25 hours, and an hour may be missing in it: then the next one that is there.
  for (let later = 0; ; later += 1) {
    const moment = calendar.moment([year, month, day + later, ...time]);
    if (moment > nowMs) return success(moment);
  }
}

interface Calendar {
  /** Days past the end of a month are those of the next one. */
  moment(fields: Fields): number;
  today(nowMs: number): readonly [year: number, month: number, day: number];
  /** Null: there is no such day, or no such hour. */
  read(fields: Fields): number | null;
}

function calendarOf(moment: Calendar['moment'], today: Calendar['today']): Calendar {
  const read = (fields: Fields): number | null => {
    const [year, month, day, hours, minutes, seconds] = fields;
    const valid = hours < 24 && minutes < 60 && seconds < 60;
    const found = moment(fields);
    const isDay = [year, month, day].join() === today(found).join();
    return valid && isDay ? found : null;
  };
  return { moment, today, read };
}

const utc = calendarOf(
  ([year, month, day, ...time]) => Date.UTC(year, month - 1, day, ...time),
  (nowMs) => {
    const now = new Date(nowMs);
    return [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()];
  },
);

const local = calendarOf(
  ([year, month, day, ...time]) => new Date(year, month - 1, day, ...time).getTime(),
  (nowMs) => {
    const now = new Date(nowMs);
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  },
);
