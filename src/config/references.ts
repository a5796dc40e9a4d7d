/** Names to what they name: which instance follows which script and service. */
import type { InstanceConfig, TrackedScript, TrackedService } from '../model/config.ts';
import type { BuiltInstance } from './build-instance.ts';
import type { BuiltScript } from './build-script.ts';
import type { BuiltService } from './build-service.ts';
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

/** The instance with what it follows. A name is good wherever in the text it is defined. */
export function resolveReferences(
  { built, order }: Named<BuiltInstance>,
  { scripts, services }: Definitions,
  collector: DiagnosticCollector,
): InstanceConfig {
  const { config, trackScriptEntries } = built;
  const tracked = new Map<string, TrackedScript>();
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
      const message = `${config.name} tracks "${word.text}" twice`;
      collector.report({ code: 'duplicate-name', span: word.span, message });
    } else tracked.set(word.text, { script: word.text, ...weight });
  }
  const trackServices = services
    .filter(({ instances }) => instances?.some(({ text }) => text === config.name) ?? true)
    .map((service): TrackedService => ({ service: service.config.name, ...service.weight }));
  return { ...config, trackScripts: [...tracked.values()], trackServices };
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

function reportDefinedLater(collector: DiagnosticCollector, { text, span }: Word): void {
  const message = `"${text}" is defined below; keepalived would not track it`;
  collector.report({ code: 'defined-later', span, message });
}
