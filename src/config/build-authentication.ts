/** What adverts are authenticated with. */
import { seconds, times, type Duration } from '../base/units.ts';
import type { Authentication, HmacConfig } from '../model/config.ts';
import { readKey } from './build-key.ts';
import type { CheckedStatement } from './check.ts';
import { firstFullWidth } from './full-width.ts';
import { complain, type InstanceContext, type InstanceKind } from './instance-context.ts';

const passwordLimit = 8;

/** Of version 2 alone (RFC 9568 section 9); strict mode does without, as RFC 3768 does. */
export function buildAuthentication(context: InstanceContext, kind: InstanceKind): Authentication {
  const settings = context.settings.inner('authentication');
  const type = settings.last('auth_type');
  const password = settings.last('auth_pass');
  if (type === null) {
    if (password !== null && !settings.mentions('auth_type')) {
      const message = 'a password without auth_type is not used';
      complain(context, { code: 'password-unused', span: password.span, message });
    }
    return { type: 'none' };
  }
  if (kind.version === 3 || kind.strict) {
    const where = kind.version === 3 ? 'version 3 has none' : 'strict mode has none';
    const message = `${where}: nothing is authenticated`;
    complain(context, { code: 'option-ignored', span: type.span, message });
    return { type: 'none' };
  }
  if (password === null) {
    const message = `auth_type ${String(type.values[0])} without auth_pass: nothing is authenticated`;
    complain(context, { code: 'authentication-incomplete', span: type.span, message });
    return { type: 'none' };
  }
  const text = usedPassword(context, password);
  return { type: type.values[0] === 'AH' ? 'header' : 'simple', password: text };
}

function usedPassword(context: InstanceContext, statement: CheckedStatement): string {
  const whole = String(statement.values[0]);
  if (firstFullWidth(whole) !== null) {
    const message = 'the password has a character of full width: is there a note behind it?';
    complain(context, { code: 'full-width-character', span: statement.span, message });
  }
  const used = firstOctets(whole, passwordLimit);
  if (used !== whole) {
    const message = `only the first ${passwordLimit} octets of the password count`;
    const span = statement.arguments[0]?.span ?? null;
    complain(context, { code: 'password-truncated', span, message });
  }
  return used;
}

/** As many whole characters as fit into so many octets of UTF-8. */
function firstOctets(text: string, limit: number): string {
  const encoder = new TextEncoder();
  let kept = '';
  let octets = 0;
  for (const character of text) {
    octets += encoder.encode(character).length;
    if (octets > limit) break;
    kept += character;
  }
  return kept;
}

/** `auth_hmac`; null where it is not set, or lacks what it needs. */
export function buildHmac(context: InstanceContext, interval: Duration): HmacConfig | null {
  const [statement] = context.settings.all('auth_hmac');
  if (statement === undefined) return null;
  const settings = context.settings.inner('auth_hmac');
  const keys = new Map<number, string>();
  for (const line of settings.all('key')) {
    const id = Number(line.values[0]);
    const digits = keyDigits(context, line);
    if (digits === null) continue;
    if (keys.has(id)) {
      const message = `there is a key ${id} already`;
      complain(context, { code: 'duplicate-name', span: line.span, message });
    } else keys.set(id, digits);
  }
  const activeKey = settings.number('active_key') ?? (keys.size === 1 ? [...keys.keys()][0] : null);
  if (activeKey === null || activeKey === undefined || !keys.has(activeKey)) {
    const told = settings.mentions('key') && keys.size === 0;
    const message =
      keys.size === 0
        ? 'auth_hmac has no key that can be used: nothing is signed'
        : 'auth_hmac: active_key names no key that can be used: nothing is signed';
    const span = settings.last('active_key')?.span ?? statement.span;
    if (!told) complain(context, { code: 'authentication-incomplete', span, message });
    return null;
  }
  const mode = settings.text('mode');
  const shortest = Math.max(times(interval, 3), seconds(5)) as Duration;
  return {
    keys: [...keys].map(([id, key]) => ({ id, key })),
    activeKey,
    timeWindow: settings.duration('time_window') ?? shortest,
    antiReplay: settings.text('anti_replay') === 'monotonic' ? 'monotonic' : 'time',
    mode: mode === 'permissive' || mode === 'receive-only' ? mode : 'enforce',
  };
}

/** In hexadecimal. */
function keyDigits(
  context: InstanceContext,
  { values: [id, given], arguments: words, span: place }: CheckedStatement,
): string | null {
  const span = words[1]?.span ?? place;
  const read = readKey(String(given), { file: span.file, source: context.source });
  if (read.ok) return read.value;
  const message = `auth_hmac key ${String(id)}: ${read.error}`;
  complain(context, { code: 'invalid-value', span, message });
  return null;
}
