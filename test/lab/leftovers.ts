/** What a lab occupies on the machine, and what of it is left. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

export interface Occupation {
  readonly processIds: readonly number[];
  /** Such as "net:[4026532614]"; without those of the observer. */
  readonly namespaces: readonly string[];
}

const namespaceKinds = ['net', 'pid', 'mnt', 'uts', 'ipc', 'user'];

/** All that descends from this process, itself included. */
export function occupationOf(processId: number): Occupation {
  const parents = new Map(allProcessIds().map((id) => [id, parentOf(id)]));
  const processIds = [...parents.keys()].filter((id) => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      if (at === processId) return true;
    }
    return false;
  });
  const own = new Set(namespacesOf(process.pid));
  const namespaces = new Set(processIds.flatMap(namespacesOf));
  return { processIds, namespaces: [...namespaces].filter((name) => !own.has(name)) };
}

/** What is left of an occupation: processes of it, and whoever is in its namespaces. */
export function remainsOf(occupation: Occupation): readonly string[] {
  const namespaces = new Set(occupation.namespaces);
  return allProcessIds().flatMap((id) => {
    const inside = namespacesOf(id).filter((name) => namespaces.has(name));
    const known = occupation.processIds.includes(id);
    return known || inside.length > 0 ? [`${String(id)} ${nameOf(id)} ${inside.join(' ')}`] : [];
  });
}

/** What of the machine itself a lab might have touched. */
export function machineState(): object {
  return {
    mounts: readFileSync('/proc/self/mounts', 'utf8'),
    interfaces: Object.keys(networkInterfaces()).toSorted(),
    run: readdirSync('/run').toSorted(),
    optional: readdirSync('/opt').toSorted(),
    configuration: readdirSync('/etc').toSorted(),
    local: readdirSync('/usr/local').toSorted(),
  };
}

function allProcessIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended in the meantime.
    return '';
  }
}

function parentOf(processId: number): number | undefined {
  const parent = /^PPid:\t(\d+)$/m.exec(readOrEmpty(`/proc/${String(processId)}/status`))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function nameOf(processId: number): string {
  return readOrEmpty(`/proc/${String(processId)}/comm`).trim();
}

function namespacesOf(processId: number): readonly string[] {
  return namespaceKinds.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${String(processId)}/ns/${kind}`)];
    } catch {
      // The process has ended in the meantime, or it is somebody else's.
      return [];
    }
  });
}
