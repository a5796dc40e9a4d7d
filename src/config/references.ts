/** Names to what they name: what instances and sync groups follow. */
import { ownerPriority } from '../model/advert.ts';
import type { InstanceConfig, TrackConfig, TrackKind } from '../model/config.ts';
import type { BuiltInstance } from './build-instance.ts';
import type { BuiltService } from './build-service.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import { isInterfaceName } from './keywords/argument-type.ts';
import type { Settings } from './settings.ts';
import { suggestion } from './suggest.ts';
import { readTrackWeight, type TrackWeight } from './tracked-weight.ts';
import type { Word } from './words.ts';

/** Anything with a name; `order` counts the blocks of the text. */
export interface Named<Built> {
  readonly built: Built;
  readonly order: number;
}

/** What can be followed: its own weight, and whether that is a default. */
export interface Trackable {
  readonly weight: TrackWeight;
  readonly weightGiven?: boolean;
}

type DefinedKind = Extract<TrackKind, 'script' | 'file' | 'process'>;

/** What can be followed, by kind and name. */
export interface Definitions {
  readonly trackables: Readonly<Record<DefinedKind, ReadonlyMap<string, Named<Trackable>>>>;
  readonly services: readonly BuiltService[];
}

/** What is followed, as it was written. */
export interface Followed {
  readonly track: TrackConfig;
  readonly span: Span;
  /** The weight is nowhere written down. */
  readonly byDefault: boolean;
}

interface Follower {
  readonly name: string;
  readonly settings: Settings;
  readonly order: number;
  /** Not named in `track_interface` again; null: none. */
  readonly ownInterface: string | null;
}

const blocks: readonly {
  readonly block: string;
  readonly kind: TrackKind;
  readonly definition: string;
  readonly strongest: number;
}[] = [
  { block: 'track_interface', kind: 'interface', definition: '', strongest: 253 },
  { block: 'track_script', kind: 'script', definition: 'vrrp_script', strongest: 253 },
  { block: 'track_file', kind: 'file', definition: 'track_file', strongest: 254 },
  { block: 'track_process', kind: 'process', definition: 'vrrp_track_process', strongest: 254 },
];

/** What the blocks `track_...` name. A name is good wherever in the text it is defined. */
export function resolveTracks(
  follower: Follower,
  definitions: Definitions,
  collector: DiagnosticCollector,
): readonly Followed[] {
  return blocks.flatMap((rules) => {
    const found = new Map<string, Followed>();
    for (const { words } of follower.settings.entries(rules.block)) {
      const [word, ...rest] = words;
      const trackable = lookUp(rules, { word, follower }, definitions, collector);
      if (trackable === null) continue;
      const { strongest, kind } = rules;
      const weight = readTrackWeight(rest, { own: trackable.weight, strongest, collector });
      if (found.has(word.text)) {
        const message = `${follower.name} tracks "${word.text}" twice`;
        collector.report({ code: 'duplicate-name', span: word.span, message });
        continue;
      }
      const byDefault = rest.length === 0 && trackable.weightGiven === false;
      const track = { kind, name: word.text, ...weight };
      found.set(word.text, { track, span: word.span, byDefault });
    }
    return [...found.values()];
  });
}

/** Null where there is no such thing. */
function lookUp(
  { kind, definition }: (typeof blocks)[number],
  { word, follower }: { readonly word: Word; readonly follower: Follower },
  { trackables }: Definitions,
  collector: DiagnosticCollector,
): Trackable | null {
  if (kind === 'interface' || kind === 'service') {
    return lookUpInterface(word, follower, collector);
  }
  const candidates = trackables[kind];
  const found = candidates.get(word.text);
  if (found === undefined) {
    reportUnknown(collector, { word, kind: definition, candidates: candidates.keys() });
    return null;
  }
  if (found.order > follower.order) reportDefinedLater(collector, word);
  return found.built;
}

function lookUpInterface(
  { text, span }: Word,
  { name, ownInterface }: Follower,
  collector: DiagnosticCollector,
): Trackable | null {
  if (!isInterfaceName(text)) {
    const message = `"${text}" cannot be the name of an interface`;
    collector.report({ code: 'invalid-value', span, message });
    return null;
  }
  if (text === ownInterface) {
    const message = `${name}: ${text} is its own interface, which it follows anyway`;
    collector.report({ code: 'option-ignored', span, message });
    return null;
  }
  return { weight: { weight: 0, reverse: false } };
}

export interface Standing {
  readonly name: string;
  /** A member of a group that has not said that its members may track with weights. */
  readonly as: 'group' | 'member' | 'alone';
  /** One who follows is owner of the addresses. */
  readonly owner: boolean;
}

/**
 * What counts of it. A weight cannot change the priority of an owner, and must not move
 * one member of a sync group away from the others: keepalived leaves out what has one,
 * but for processes. What the group itself tracks moves all its members alike.
 */
export function effectiveTracks(
  followed: readonly Followed[],
  standing: Standing,
  collector: DiagnosticCollector,
): readonly TrackConfig[] {
  const { name, owner } = standing;
  return followed.flatMap((one) => {
    const { track, span } = one;
    if (track.weight === 0 || weightCounts(track, standing)) return [track];
    const kept = countsWithoutWeight(one, standing);
    const who = owner ? 'with priority 255' : 'in a sync group';
    const what = kept ? 'its failure is Fault' : 'it is not tracked';
    const message = `${name}, ${who}: "${track.name}" does not count with a weight, ${what}`;
    collector.report({ code: 'tracker-altered', span, message });
    return kept ? [{ ...track, weight: 0 }] : [];
  });
}

function weightCounts({ kind }: TrackConfig, { as, owner }: Standing): boolean {
  if (owner) return false;
  return as !== 'member' || kind === 'process';
}

/** Also a file whose weight is nowhere written down. */
function countsWithoutWeight({ track, byDefault }: Followed, { as, owner }: Standing): boolean {
  if (as === 'group') return true;
  return (
    (track.kind === 'interface' && as === 'member' && !owner) ||
    (track.kind === 'file' && byDefault)
  );
}

/** The services that an instance follows, without being told or by name. */
export function tracksOfServices(
  name: string,
  { services }: Pick<Definitions, 'services'>,
): readonly Followed[] {
  return services
    .filter(({ instances }) => instances?.some(({ text }) => text === name) ?? true)
    .map(({ config, weight, span }) => {
      const track: TrackConfig = { kind: 'service', name: config.name, ...weight };
      return { track, span, byDefault: false };
    });
}

/** An instance as one that follows. */
export function followerOf({ built, order }: Named<BuiltInstance>): Follower {
  const { name, settings, config } = built;
  return { name, settings, order, ownInterface: config?.interface ?? null };
}

export function isOwner({ priority }: Pick<InstanceConfig, 'priority'>): boolean {
  return priority === ownerPriority;
}

/** Reports the names in `vrrp_instances` that no instance has. */
export function checkServiceReferences(
  services: readonly BuiltService[],
  instances: ReadonlySet<string>,
  collector: DiagnosticCollector,
): void {
  for (const word of services.flatMap((service) => service.instances ?? [])) {
    if (instances.has(word.text)) continue;
    reportUnknown(collector, { word, kind: 'vrrp_instance', candidates: instances });
  }
}

export function reportUnknown(
  collector: DiagnosticCollector,
  reference: { readonly word: Word; readonly kind: string; readonly candidates: Iterable<string> },
): void {
  const { word, kind, candidates } = reference;
  collector.report({
    code: 'unknown-reference',
    span: word.span,
    message: `there is no ${kind} "${word.text}"`,
    hint: suggestion(word.text, candidates),
  });
}

/** What keepalived copies into an instance when its block opens. */
const copiedDefaults: ReadonlySet<string> = new Set([
  'v3_checksum_as_v2',
  'vrrp_check_unicast_src',
  'vrrp_down_timer_adverts',
  'vrrp_garp_extra_if',
  'vrrp_garp_lower_prio_delay',
  'vrrp_garp_lower_prio_repeat',
  'vrrp_garp_master_delay',
  'vrrp_garp_master_refresh',
  'vrrp_garp_master_refresh_repeat',
  'vrrp_garp_master_repeat',
  'vrrp_higher_prio_send_advert',
  'vrrp_lower_prio_no_advert',
  'vrrp_mcast_group4',
  'vrrp_mcast_group6',
  'vrrp_min_garp',
  'vrrp_notify_priority_changes',
  'vrrp_owner_ignore_adverts',
  'vrrp_skip_check_adv_addr',
  'vrrp_strict',
  'vrrp_version',
]);

/** Reports defaults that stand below an instance: here they count, for keepalived they don't. */
export function checkOrderOfDefaults(
  statements: readonly CheckedStatement[],
  collector: DiagnosticCollector,
): void {
  const first = statements.findIndex(({ keyword }) => keyword.name === 'vrrp_instance');
  if (first < 0) return;
  for (const { keyword, block } of statements.slice(first)) {
    if (keyword.name !== 'global_defs' || block === null) continue;
    for (const { keyword: late, span } of block.statements) {
      if (!copiedDefaults.has(late.name)) continue;
      const message = `"${late.name}" stands below an instance; keepalived would not apply it there`;
      collector.report({ code: 'defined-later', span, message });
    }
  }
}

function reportDefinedLater(collector: DiagnosticCollector, { text, span }: Word): void {
  const message = `"${text}" is defined below; keepalived would not track it`;
  collector.report({ code: 'defined-later', span, message });
}
