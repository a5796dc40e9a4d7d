/**
 * Two equal hosts: on one Baton changes routes and rules, on the other `ip` does from
 * the same words. What `ip` shows of both must then be the same.
 */
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import type { RoutingOutcome, RoutingRequest } from '../../src/ports/network.ts';
import type { Host } from './namespace.ts';
import { eth0, Station, stationTest } from './station.ts';

export interface Bench {
  readonly ours: Station;
  readonly theirs: Host;
}

/** Gives a host eth0 (index 10) with a cable to its own eth1, and addresses of both families. */
function layOut(host: Host): void {
  host.ip('link add eth0 index 10 type veth peer name eth1 index 11');
  host.ip('address add 192.0.2.1/24 dev eth0');
  host.ip('address add 2001:db8::1/64 dev eth0 nodad');
  host.ip('link set eth1 up');
  host.ip('link set eth0 up');
}

export function benchTest(name: string, body: (bench: Bench) => void): void {
  stationTest(name, (ours) => {
    const other = new Station();
    try {
      layOut(ours.host);
      layOut(other.host);
      expect(ours.start()).toBeNull();
      expect(ours.receiveUntil(() => isUp(ours))).toBe(true);
      ours.forget();
      body({ ours, theirs: other.host });
    } finally {
      other.close();
    }
  });
}

function isUp({ events }: Station): boolean {
  return events.some((event) => {
    return event.type === 'link-changed' && event.interface === eth0 && event.up;
  });
}

export function change(ours: Station, ...requests: readonly RoutingRequest[]): RoutingOutcome[] {
  return [...ours.network.changeRouting(requests)];
}

export function errorsOf(outcomes: readonly RoutingOutcome[]): readonly (string | null)[] {
  return outcomes.map(({ error }) => error && `${error.code}: ${error.call}`);
}

/** Runs `ip`; returns what it complains of, '' where it does not. */
export function complaint(host: Host, words: string): string {
  const { status, stderr } = host.run(() =>
    spawnSync('ip', words.split(' '), { encoding: 'utf8' }),
  );
  return status === 0 ? '' : stderr;
}

/** The routes of both families that the kernel did not make by itself, as `ip` shows them. */
export function routesOf(host: Host): readonly string[] {
  const lines = ['-4', '-6'].flatMap((family) =>
    host.ip(`${family} -details -oneline route show table all`).split('\n'),
  );
  return lines
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '' && !line.includes('proto kernel'))
    .map((line) => line.replace(/expires \d+sec/, 'expires'));
}

/** The rules of both families but for those that every host has. */
export function rulesOf(host: Host): readonly string[] {
  const lines = ['-4', '-6'].flatMap((family) =>
    host
      .ip(`${family} -details rule show`)
      .split('\n')
      .map((line) => `${family} ${line.replaceAll(/\s+/g, ' ').trim()}`),
  );
  return lines.filter((line) => / \d/.test(line) && !/^-[46] (0|32766|32767):/.test(line));
}
