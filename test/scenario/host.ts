/**
 * A host around one core, on a virtual clock: effects are done at once, those of
 * processes after a moment, as the scenario has said that things are.
 */
import { assert } from '../../src/base/assert.ts';
import {
  after,
  instant,
  milliseconds,
  seconds,
  toMilliseconds,
  toSeconds,
  between,
  type Duration,
  type Instant,
} from '../../src/base/units.ts';
import { Core } from '../../src/core/core.ts';
import type { Config } from '../../src/model/config.ts';
import type { CoreEvent, ScriptOutcome } from '../../src/model/core-event.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { Succession } from '../../src/model/succession.ts';
import type { OpenSideChannel } from '../../src/model/side-effect.ts';
import { effectText } from '../../src/cli/effect-text.ts';
import { explain, explanationText } from '../../src/cli/explanation.ts';
import { storyOf } from '../../src/cli/opened-replay.ts';
import type { JournalLine } from '../../src/ports/journal.ts';
import { fingerprint, ownSession, parseSideMessage } from './side-notation.ts';
import { linkChanged } from './specimens.ts';
import type { Words } from './words.ts';

/** How long what is no business of the pulse thread takes here. */
const latency = {
  link: milliseconds(1),
  script: milliseconds(10),
  find: milliseconds(1),
  start: milliseconds(20),
  test: milliseconds(5),
  probe: milliseconds(2),
  stop: milliseconds(50),
};

/** Far more than any scenario needs: deadlines that do not move would go on for ever. */
const stepLimit = 100_000;

/** How a service is, whatever the core knows of it. */
export interface ServiceFacts {
  processId: number | null;
  starts: boolean;
  testPasses: boolean;
  answers: boolean;
}

interface Due {
  readonly at: Instant;
  readonly event: () => CoreEvent | null;
}

export class ScenarioHost {
  now = instant(0);
  /** Why joins, holds and the installation of routes and rules fail; null where they work. */
  joinError: string | null = null;
  openError: string | null = null;
  holdError: string | null = null;
  routingError: string | null = null;
  /** Why the guard can't be set. */
  guardError: string | null = null;
  /** How each script ends; null where it never does. */
  readonly scripts = new Map<string, ScriptOutcome | null>();
  readonly effects: Effect[] = [];
  private core: Core;
  private readonly journal: JournalLine[] = [];
  private readonly services = new Map<string, ServiceFacts>();
  private readonly watched = new Map<string, number>();
  private due: Due[] = [];
  private lines: string[] = [];
  private nextProcessId = 100;
  private sideCounter = 0;

  constructor(config: Config) {
    this.core = new Core(config);
  }

  service(name: string): ServiceFacts {
    let facts = this.services.get(name);
    if (facts === undefined) {
      facts = { processId: null, starts: true, testPasses: true, answers: true };
      this.services.set(name, facts);
    }
    return facts;
  }

  /** The trace since the last call. */
  takeTrace(): string[] {
    return this.lines.splice(0);
  }

  handle(event: CoreEvent): void {
    const effects = this.core.handle({ at: this.now, event });
    for (const effect of effects) this.trace(effect);
    const answers = effects.flatMap((effect) => this.perform(effect) ?? []);
    for (const answer of answers) this.handle(answer);
  }

  /** Lets time pass up to and with `end`, each deadline at its moment. */
  runTo(end: Instant): void {
    for (let step = 0; ; step += 1) {
      assert(step < stepLimit, 'time stands still');
      const [first] = this.due;
      const deadline = this.core.nextDeadline();
      const next = first !== undefined && (deadline === null || first.at <= deadline);
      const at = next ? first.at : deadline;
      if (at === null || at > end) break;
      if (at > this.now) this.now = at;
      const event = next ? this.due.shift()?.event() : ({ type: 'time-passed' } as const);
      if (event !== null && event !== undefined) this.handle(event);
    }
    if (end > this.now) this.now = end;
  }

  /** Another core takes the place of this one, if that gives way; it has to be started then. */
  upgrade(config: Config): void {
    const before = this.effects.length;
    const notAfter = after(this.now, seconds(1));
    this.handle({ type: 'succession-requested', id: 1, notAfter });
    const told = this.effects.slice(before).find(({ type }) => type === 'report-succession');
    assert(told?.type === 'report-succession', 'it has not answered');
    if (!told.outcome.ok) return;
    this.core = new Core(config);
    // As it comes from another process.
    const succession = JSON.parse(JSON.stringify(told.outcome.value)) as Succession;
    this.handle({ type: 'succession-received', succession });
  }

  /** Traces what `baton explain` would say now. */
  explain(instance: string | null): void {
    const { instances } = this.core.snapshot(this.now);
    const nowMs = toMilliseconds(this.elapsed);
    const moment = (timeMs: number): string => `${(timeMs / 1_000).toFixed(3)} s`;
    for (const explanation of explain(this.journal, instances, instance)) {
      const text = explanationText(explanation, { nowMs, moment });
      this.lines.push(...text.split('\n').map((line) => `   ${line}`));
    }
  }

  /** A message of the side channel that nobody has sent before, unless it says so. */
  hearSideMessage(words: Words): void {
    this.sideCounter += 1;
    this.handle(parseSideMessage(words, this.sideCounter));
  }

  private openSideChannel({ secrets }: OpenSideChannel): CoreEvent {
    if (this.openError !== null) return { type: 'side-channel-failed', error: this.openError };
    const fingerprints = secrets.map(({ instance }) => [instance, fingerprint] as const);
    return {
      type: 'side-channel-opened',
      session: ownSession,
      fingerprints: Object.fromEntries(fingerprints),
    };
  }

  die(name: string): void {
    const facts = this.service(name);
    const { processId } = facts;
    facts.processId = null;
    if (processId !== null && this.watched.get(name) === processId) {
      this.watched.delete(name);
      this.handle({ type: 'process-exited', service: name, processId });
    }
  }

  private get elapsed(): Duration {
    return between(instant(0), this.now);
  }

  private trace(effect: Effect): void {
    this.effects.push(effect);
    // Once a second, and hardly ever is there news.
    if (effect.type === 'confirm-leases') return;
    const time = toSeconds(this.elapsed).toFixed(6).padStart(11);
    const [first = '', ...rest] = effectText(effect).split('\n');
    this.lines.push(`${time}  ${first}`, ...rest.map((line) => `${' '.repeat(13)}${line}`));
  }

  /** Does what the effect asks for; what is answered at once is answered by the return value. */
  private perform(effect: Effect): CoreEvent | null {
    switch (effect.type) {
      case 'join-interface':
        return { type: 'effect-settled', id: effect.id, error: this.joinError };
      case 'hold-addresses':
        return { type: 'effect-settled', id: effect.id, error: this.holdError };
      case 'install-routes':
      case 'install-rules':
        return { type: 'effect-settled', id: effect.id, error: this.routingError };
      case 'release-addresses':
      case 'withdraw-routes':
      case 'withdraw-rules':
      case 'promote-secondaries':
      case 'suppress-local-reports':
      case 'set-firewall':
      case 'take-lease':
      case 'watch-addresses':
        return { type: 'effect-settled', id: effect.id, error: null };
      case 'set-guard':
        return { type: 'effect-settled', id: effect.id, error: this.guardError };
      case 'create-interface':
        this.later(latency.link, () => linkChanged(effect.virtual.name, 'up'));
        return { type: 'effect-settled', id: effect.id, error: null };
      case 'delete-interface':
        this.later(latency.link, () => linkChanged(effect.name, 'gone'));
        return { type: 'effect-settled', id: effect.id, error: null };
      case 'open-side-channel':
        return this.openSideChannel(effect);
      case 'close-side-channel':
      case 'send-side-message':
        return null;
      case 'watch-process':
        this.watched.set(effect.service, effect.processId);
        return null;
      case 'unwatch-process':
        this.watched.delete(effect.service);
        return null;
      case 'run-script':
        this.runScript(effect.script);
        return null;
      case 'find-service': {
        const { name } = effect.service;
        this.later(latency.find, () => ({
          type: 'service-found',
          service: name,
          processId: this.service(name).processId,
        }));
        return null;
      }
      case 'start-service':
        this.later(latency.start, () => this.start(effect.service.name));
        return null;
      case 'stop-service':
        this.later(latency.stop, () => {
          this.die(effect.service.name);
          return null;
        });
        return null;
      case 'test-service':
        this.later(latency.test, () => this.test(effect.service));
        return null;
      case 'probe-service':
        this.later(latency.probe, () => this.probe(effect.service));
        return null;
      case 'prepare-lease':
      case 'end-lease':
      case 'confirm-leases':
      case 'leave-interface':
      case 'send-advert':
      case 'announce-addresses':
      case 'probe-addresses':
      case 'count-processes':
      case 'open-fifos':
      case 'write-fifos':
      case 'watch-files':
      case 'run-notify':
      case 'send-mail':
      case 'reload-service':
      case 'write-journal':
        this.journal.push(...storyOf({ effects: [effect], timeMs: toMilliseconds(this.elapsed) }));
        return null;
      case 'write-log':
      case 'report-snapshot':
      case 'report-succession':
      case 'finish':
        return null;
    }
  }

  private later(delay: Duration, event: () => CoreEvent | null): void {
    this.due.push({ at: after(this.now, delay), event });
    this.due.sort((left, right) => left.at - right.at);
  }

  private runScript(script: string): void {
    const outcome = this.scripts.get(script);
    if (outcome === null) return;
    this.later(latency.script, () => ({
      type: 'script-finished',
      script,
      outcome: outcome ?? { type: 'exited', status: 0 },
    }));
  }

  private start(service: string): CoreEvent {
    const facts = this.service(service);
    if (!facts.starts) return { type: 'service-start-failed', service, reason: 'exit status 1' };
    facts.processId = this.nextProcessId;
    facts.answers = true;
    this.nextProcessId += 1;
    return { type: 'service-started', service, processId: facts.processId };
  }

  private test(service: string): CoreEvent {
    const { testPasses } = this.service(service);
    const detail = testPasses ? 'test is successful' : 'unexpected "}" in nginx.conf:7';
    return { type: 'service-tested', service, passed: testPasses, detail };
  }

  private probe(service: string): CoreEvent {
    const { answers } = this.service(service);
    return {
      type: 'service-probed',
      service,
      answered: answers,
      detail: answers ? 'connected' : 'no answer within 0.5 s',
    };
  }
}
