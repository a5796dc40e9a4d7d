/** What the kernel tells of a process, from /proc (proc_pid_stat(5)). */
import { readFileSync } from 'node:fs';

export interface ProcessStatus {
  /** At most 15 octets of the program's base name. */
  readonly commandName: string;
  /** One letter: Z is a zombie, X is dead. */
  readonly state: string;
  readonly processGroupId: number;
  /** Hundredths of a second from boot to its start. */
  readonly startTicks: number;
}

/** Reads a line of /proc/PID/stat; null where it is none. */
export function parseProcessStatus(line: string): ProcessStatus | null {
  // The name stands in parentheses and may itself hold spaces and parentheses.
  const opening = line.indexOf('(');
  const closing = line.lastIndexOf(')');
  if (opening < 0 || closing < opening) return null;
  const fields = line.slice(closing + 2).split(' ');
  // These are the manual's fields 3, 5 and 22.
  const [state, , group] = fields;
  const start = fields[19];
  if (state === undefined || group === undefined || start === undefined) return null;
  return {
    commandName: line.slice(opening + 1, closing),
    state,
    processGroupId: Number(group),
    startTicks: Number(start),
  };
}

/** The status of a process that lives; null where there is none, or a zombie. */
export function readLivingProcess(processId: number): ProcessStatus | null {
  const line = readProcFile(`${processId}/stat`);
  const status = line === null ? null : parseProcessStatus(line);
  return status === null || 'ZXx'.includes(status.state) ? null : status;
}

/** How many milliseconds ago a process began; to a hundredth of a second. */
export function readAgeMs(status: ProcessStatus): number | null {
  const uptime = readProcFile('uptime');
  return uptime === null ? null : Number.parseFloat(uptime) * 1_000 - status.startTicks * 10;
}

/** At once, since these files are made by the kernel as they are read: no disk is waited for. */
function readProcFile(name: string): string | null {
  try {
    return readFileSync(`/proc/${name}`, 'latin1');
  } catch {
    return null; // ENOENT; or ESRCH, where a process ended while its file was read.
  }
}
