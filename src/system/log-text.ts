/** How a line of the log looks where a person reads it. */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = [
  ...(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'] as const),
  ...(['Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const),
] as const;

/** "Nov 22 21:27:49", local time, a space before a day of one digit (RFC 3164 section 4.1.2). */
export function syslogTime(timeMs: number): string {
  const time = new Date(timeMs);
  const day = String(time.getDate()).padStart(2);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return `${months[time.getMonth()] ?? ''} ${day} ${clock}`;
}

/** "Sun Nov 22 21:27:49 2026", local time, as keepalived prefixes its lines with `-l`. */
export function consoleTime(timeMs: number): string {
  const time = new Date(timeMs);
  return `${days[time.getDay()] ?? ''} ${syslogTime(timeMs)} ${String(time.getFullYear())}`;
}

/**
 * The lines of a text, with control characters written out: what a script or a
 * peer has said must not be able to look like a line of Baton's own.
 */
export function printableLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.replaceAll(/\p{Cc}/gu, escape));
}

function escape(character: string): string {
  if (character === '\t') return ' ';
  return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`;
}
