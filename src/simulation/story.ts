/**
 * Plays the lab's story in the simulator: the same steps, judged by the same
 * budgets, told in the same records; and the checkers watch all the while. Each
 * step waits for what it is about, and its window of measurement reaches from
 * just before the act until all has been as it should be for a while.
 */
import { after, milliseconds, seconds, toMilliseconds, zero } from '../base/units.ts';
import type { Duration, Instant } from '../base/units.ts';
import type { Config } from '../model/config.ts';
import type { RequestWindow } from './client.ts';
import { drawDuration, streamOf } from './draw.ts';
import type { Trace } from './lan.ts';
import { SimulatedWorld } from './simulated-world.ts';
import { acts, type Act } from './story-acts.ts';
import type { HostName, PlayedStep, StoryEvent, TimelineEvent } from './story-event.ts';

/** A step as whoever asks for it describes it; what is done in it is looked up by its name. */
export interface StoryStep {
  readonly name: string;
  /** What happens, with %s where the host's name belongs. */
  readonly title: string;
  /** Who has the address in the end: the host to which it happens (A), or the other. */
  readonly holder: 'victim' | 'peer';
  /** The step whose damage this one mends; null: it begins with all in order and A as master. */
  readonly mends: string | null;
  /** How long the client may go without an answer, from the protocol's timers. */
  readonly budgetMs: number;
}

export interface StoryOptions {
  readonly seed: number;
  readonly configurations: Readonly<Record<HostName, Config>>;
  readonly steps: readonly StoryStep[];
  /** How long, in virtual time, a step may take to come to its end. */
  readonly patienceMs: number;
  readonly report: (event: StoryEvent) => void;
  /** Every frame, address change and log line, for those who compare two runs. */
  readonly trace?: Trace;
  /** Ends the story after the step that is being played. */
  readonly abort?: AbortSignal;
}

export interface StoryResult {
  /** Every step was played and was in order. */
  readonly ok: boolean;
  /** How much virtual time it took. */
  readonly tookMs: number;
}

const victimName: HostName = 'A';
const peerName: HostName = 'B';

/** It begins at once, for there is nothing yet that could go on. */
const firstStep = 'start';

/** Every other step finds the adverts' timers somewhere else. */
const pause = { least: zero, most: seconds(1) };

/** As in the lab: all has to be well for so long, and is looked at so often. */
const settle = milliseconds(300);
const look = milliseconds(10);

/** As the lab counts it: an overlap so short is a planned hand-over, not two holders. */
const handOverOverlapMs = 100;

/** Plays the steps in their order, in a world that grows from the seed. */
export async function playStory(options: StoryOptions): Promise<StoryResult> {
  const { seed, configurations, report } = options;
  const tell = (at: Instant, who: string, text: string): void => {
    report({ type: 'timeline', atMs: asMs(at), who: who as TimelineEvent['who'], text });
  };
  const trace = options.trace ?? null;
  const world = new SimulatedWorld({ seed, configurations, tell, trace });
  for (const host of world.hosts) host.nginx.boot();
  tell(world.clock.now(), 'lab', `simulated with seed ${String(seed)}: no step of it is real`);
  let ok = true;
  const random = streamOf(seed, 'story');
  for (const step of options.steps) {
    if (options.abort?.aborted === true) return { ok: false, tookMs: asMs(world.clock.now()) };
    const act = acts.get(step.name);
    if (act === undefined) {
      const skipped = 'the simulator does not know this step';
      report({ type: 'step', report: { step: step.name, skipped } });
      ok = false;
      continue;
    }
    if (step.name !== firstStep) {
      await world.clock.runUntil(after(world.clock.now(), drawDuration(random, pause)));
    }
    tell(world.clock.now(), 'lab', `${step.name}: ${titleOf(step)}`);
    const played = await new StepPlayer(world, step, options.patienceMs).play(act);
    report({ type: 'step', report: played });
    ok &&= played.ok;
  }
  return { ok, tookMs: asMs(world.clock.now()) };
}

/** Plays one step and measures it. */
class StepPlayer {
  private readonly world: SimulatedWorld;
  private readonly step: StoryStep;
  private readonly patience: Duration;
  private readonly faults: string[] = [];

  constructor(world: SimulatedWorld, step: StoryStep, patienceMs: number) {
    this.world = world;
    this.step = step;
    this.patience = milliseconds(patienceMs);
  }

  async play(act: Act): Promise<PlayedStep> {
    const { world, step } = this;
    const { clock, client, holdings } = world;
    await this.prepare();
    client.http.turnWindow(clock.now());
    client.udp.turnWindow(clock.now());
    holdings.turnWindow();
    const began = clock.now();
    clock.schedule(zero, () => {
      act({ world, victim: world.host(victimName), peer: world.host(peerName) });
    });
    const expected = step.holder === 'victim' ? victimName : peerName;
    const settled = await this.untilServing(expected);
    const ended = clock.now();
    if (!settled) this.faults.push(this.describeUnsettled(expected));
    const http = client.http.turnWindow(ended);
    const udp = client.udp.turnWindow(ended);
    const holding = holdings.turnWindow();
    this.judge(http, holding.overlap);
    return {
      step: step.name,
      title: titleOf(step),
      holder: this.onlyHolder(),
      expected_holder: expected,
      answering: client.answering as HostName | null,
      holders_max: holdersMax(holding),
      overlap_ms: tenths(holding.overlap),
      outage_ms: tenths(http.outage),
      udp_outage_ms: tenths(udp.outage),
      budget_ms: Math.round(step.budgetMs * 10) / 10,
      requests: http.sent,
      failed_requests: http.failed,
      udp_failed_requests: udp.failed,
      answers: http.answers,
      client_stalled_ms: 0,
      took_ms: Math.round(asMs(ended) - asMs(began)),
      ok: this.faults.length === 0,
      faults: this.faults,
    };
  }

  /** A step that mends nothing begins with Baton on both hosts and A as the master. */
  private async prepare(): Promise<void> {
    const { world, step } = this;
    if (step.mends !== null || step.name === firstStep) return;
    world.clock.schedule(zero, () => {
      for (const host of world.hosts) if (!host.batonLives) host.startBaton();
    });
    if (await this.untilServing(victimName)) return;
    this.faults.push(`host ${victimName} did not become master for it`);
  }

  private async untilServing(host: HostName): Promise<boolean> {
    const { clock } = this.world;
    const deadline = after(clock.now(), this.patience);
    let since: Instant | null = null;
    while (clock.now() < deadline) {
      await clock.runUntil(after(clock.now(), look));
      const serving = this.onlyHolder() === host && this.world.client.answering === host;
      since = serving ? (since ?? clock.now()) : null;
      if (since !== null && clock.now() - since >= settle) return true;
    }
    return false;
  }

  private onlyHolder(): HostName | null {
    const holders = this.world.holders();
    return holders.length === 1 ? ((holders[0] ?? null) as HostName | null) : null;
  }

  private describeUnsettled(expected: HostName): string {
    const holders = this.world.holders().join(' and ') || 'nobody';
    const answering = this.world.client.answering ?? 'nobody';
    const waited = (toMilliseconds(this.patience) / 1_000).toFixed(0);
    return `after ${waited} s ${holders} has the address and ${answering} answers, not ${expected}`;
  }

  private judge(http: RequestWindow, overlap: Duration): void {
    if (toMilliseconds(overlap) > handOverOverlapMs) {
      this.faults.push(`two hosts had the address for ${toMilliseconds(overlap).toFixed(0)} ms`);
    }
    const outageMs = toMilliseconds(http.outage);
    if (outageMs > this.step.budgetMs) {
      const [outage, budget] = [outageMs.toFixed(0), this.step.budgetMs.toFixed(0)];
      this.faults.push(
        `the client went without an answer for ${outage} ms of ${budget} ms allowed`,
      );
    }
    for (const { at, text } of this.world.takeViolations()) {
      this.faults.push(`at ${(asMs(at) / 1_000).toFixed(3)} s: ${text}`);
    }
  }
}

function titleOf({ title }: StoryStep): string {
  return title.replace('%s', victimName);
}

function holdersMax(holding: { readonly held: boolean; readonly overlap: Duration }): number {
  if (toMilliseconds(holding.overlap) > handOverOverlapMs) return 2;
  return holding.held ? 1 : 0;
}

/** Milliseconds since the world began. */
function asMs(at: Instant): number {
  return at / 1_000;
}

function tenths(duration: Duration): number {
  return Math.round(toMilliseconds(duration) * 10) / 10;
}
