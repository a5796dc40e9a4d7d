/** Names to what they name: which instance follows which script and service. */
import type { InstanceConfig, TrackConfig } from '../model/config.ts';
import type { BuiltInstance } from './build-instance.ts';
import type { BuiltScript } from './build-script.ts';
import type { BuiltService } from './build-service.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { suggestion } from './suggest.ts';
import { readTrackWeight } from './tracked-weight.ts';
import type { Word } from './words.ts';

/** Anything with a name; `order` counts the blocks of the text. */
export interface Named<Built> {
  readonly built: Built;
  readonly order: number;
}

/** What can be followed, by name. */
export interface Definitions {
  readonly scripts: ReadonlyMap<string, Named<BuiltScript>>;
  readonly services: readonly BuiltService[];
}

/**
 * The instance with what it follows; null where it cannot take part. A name is good
 * wherever in the text it is defined.
 */
export function resolveReferences(
  { built, order }: Named<BuiltInstance>,
  { scripts, services }: Definitions,
  collector: DiagnosticCollector,
): InstanceConfig | null {
  const { name, config, trackScriptEntries } = built;
  const tracked = new Map<string, TrackConfig>();
  for (const { words } of trackScriptEntries) {
    const [word, ...rest] = words;
    const script = scripts.get(word.text);
    if (script === undefined) {
      reportUnknown(collector, { word, kind: 'vrrp_script', candidates: scripts.keys() });
      continue;
    }
    if (script.order > order) reportDefinedLater(collector, word);
    const weight = readTrackWeight(rest, script.built.weight, collector);
    if (tracked.has(word.text)) {
      const message = `${name} tracks "${word.text}" twice`;
      collector.report({ code: 'duplicate-name', span: word.span, message });
    } else tracked.set(word.text, { kind: 'script', name: word.text, ...weight });
  }
  if (config === null) return null;
  const tracksOfServices = services
    .filter(({ instances }) => instances?.some(({ text }) => text === name) ?? true)
    .map(({ config: { name: followed }, weight }): TrackConfig => {
      return { kind: 'service', name: followed, ...weight };
    });
  return { ...config, tracks: [...tracked.values(), ...tracksOfServices] };
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

function reportUnknown(
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
  'vrrp_version',
  'vrrp_garp_master_delay',
  'vrrp_garp_master_repeat',
  'vrrp_garp_master_refresh',
  'vrrp_garp_master_refresh_repeat',
  'vrrp_garp_lower_prio_delay',
  'vrrp_garp_lower_prio_repeat',
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
