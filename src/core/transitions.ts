/**
 * Every way in which a virtual router changes state: the RFC's state table
 * (RFC 3768 section 6.4) with what keepalived and Baton add to it. A router
 * refuses to move in a way that is not here; the diagram in docs/architecture.md
 * is drawn from it.
 */
import { assert } from '../base/assert.ts';
import type { Cause } from '../model/cause.ts';
import type { StateName } from '../model/snapshot.ts';

export type TransitionCause = Cause['type'];

export interface Transition {
  readonly from: StateName;
  readonly to: StateName;
  readonly cause: TransitionCause;
  /** One line for the diagram and for people. */
  readonly meaning: string;
  readonly source: string;
}

export const transitions: readonly Transition[] = [
  {
    from: 'Initialize',
    to: 'Backup',
    cause: 'started',
    meaning: 'started',
    source: 'RFC 3768 section 6.4.1',
  },
  {
    from: 'Initialize',
    to: 'Master',
    cause: 'owner-started',
    meaning: 'started as address owner',
    source: 'RFC 3768 section 6.4.1',
  },
  {
    from: 'Backup',
    to: 'Master',
    cause: 'master-silent',
    meaning: 'Master_Down_Timer fired',
    source: 'RFC 3768 section 6.4.2',
  },
  {
    from: 'Initialize',
    to: 'Master',
    cause: 'inherited',
    meaning: 'started again before its lease had ended',
    source: 'Baton',
  },
  ...(['Master', 'Backup', 'Fault'] as const).map((to) => ({
    from: 'Initialize' as const,
    to,
    cause: 'succeeded' as const,
    meaning: 'took the place of a running Baton',
    source: 'Baton',
  })),
  {
    from: 'Backup',
    to: 'Master',
    cause: 'handed-over',
    meaning: 'handed over by the Master',
    source: 'Baton',
  },
  {
    from: 'Master',
    to: 'Backup',
    cause: 'outranked',
    meaning: 'better advert received',
    source: 'RFC 3768 section 6.4.3',
  },
  {
    from: 'Master',
    to: 'Backup',
    cause: 'passed',
    meaning: 'mastership handed over by command',
    source: 'Baton',
  },
  {
    from: 'Master',
    to: 'Backup',
    cause: 'lease-lapsed',
    meaning: 'woke too late to be still entitled',
    source: 'Baton',
  },
  {
    from: 'Backup',
    to: 'Master',
    cause: 'group',
    meaning: 'another of the sync group became Master',
    source: 'keepalived',
  },
  {
    from: 'Master',
    to: 'Backup',
    cause: 'group',
    meaning: 'another of the sync group left Master',
    source: 'keepalived',
  },
  {
    from: 'Initialize',
    to: 'Fault',
    cause: 'fault',
    meaning: 'interface, tracked script or service down',
    source: 'keepalived',
  },
  {
    from: 'Backup',
    to: 'Fault',
    cause: 'fault',
    meaning: 'interface, tracked script or service down',
    source: 'keepalived',
  },
  {
    from: 'Master',
    to: 'Fault',
    cause: 'fault',
    meaning: 'interface, tracked script or service down',
    source: 'keepalived',
  },
  {
    from: 'Fault',
    to: 'Backup',
    cause: 'mended',
    meaning: 'all faults are gone',
    source: 'keepalived',
  },
  {
    from: 'Backup',
    to: 'Initialize',
    cause: 'stopped',
    meaning: 'stopped',
    source: 'RFC 3768 section 6.4.2',
  },
  {
    from: 'Master',
    to: 'Initialize',
    cause: 'stopped',
    meaning: 'stopped',
    source: 'RFC 3768 section 6.4.3',
  },
  { from: 'Fault', to: 'Initialize', cause: 'stopped', meaning: 'stopped', source: 'keepalived' },
];

/** Stops the process when a move is none of the table's: that is a bug. */
export function assertTransition(from: StateName, to: StateName, cause: TransitionCause): void {
  const listed = transitions.some(
    (row) => row.from === from && row.to === to && row.cause === cause,
  );
  assert(listed, `no transition from ${from} to ${to} for ${cause}`);
}

/** The table as a Mermaid state diagram. */
export function renderStateDiagram(): string {
  const lines = transitions.map((row) => `    ${row.from} --> ${row.to}: ${row.meaning}`);
  return ['stateDiagram-v2', '    [*] --> Initialize', ...lines].join('\n');
}
