/**
 * Replays one of holo's recordings to a core of its own. Effects are done at once, and
 * an interface shows when the recording says that it did. Time stands still but for
 * holo's Master_Down_Timer: then the core's own deadline comes.
 */
import { assert } from '../../src/base/assert.ts';
import { instant } from '../../src/base/units.ts';
import { Core } from '../../src/core/core.ts';
import type { InterfaceName } from '../../src/model/address.ts';
import type { Config, VirtualAddress } from '../../src/model/config.ts';
import type { CoreEvent } from '../../src/model/core-event.ts';
import { dropReasonTable, type DropReason } from '../../src/model/drop-reason.ts';
import type { AnnounceAddresses, Effect, WriteJournal } from '../../src/model/effect.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { changedConfig, configOf } from './configuration.ts';
import { translateInput, type Translated } from './input.ts';
import {
  addressMessage,
  advertSent,
  announced,
  errorMessage,
  holoInterface,
  macvlanAdded,
  newMaster,
  stateTree,
  type Place,
} from './output.ts';
import type { Json, Output, Recording, StepInput } from './recording.ts';

/** What came out of us, beside what came out of holo. */
export interface Compared {
  readonly holo: Output;
  readonly ours: Output;
}

/** One comparison for the events, if the case is about them, or one for each step. */
export function replay(recording: Recording): readonly Compared[] {
  const replayer = new Replayer(configOf(recording.configuration));
  replayer.play({ type: 'events', events: recording.events });
  const begun = replayer.take();
  if (recording.steps.length === 0) return [{ holo: recording.output, ours: begun }];
  return recording.steps.map(({ input, output }) => {
    const before = replayer.state();
    replayer.play(input);
    return { holo: { ...output, state: output.state ?? before }, ours: replayer.take() };
  });
}

interface Outputs {
  ibus: Json[];
  protocol: Json[];
  notification: Json[];
}

const noOutputs = (): Outputs => ({ ibus: [], protocol: [], notification: [] });

class Replayer {
  private config: Config;
  private readonly core: Core;
  private now = instant(0);
  private listed = false;
  private outputs = noOutputs();
  private readonly places = new Map<InterfaceName, Place>();
  /** What is on the interfaces at the core's wish. */
  private readonly held = new Set<string>();
  private readonly released = new Set<string>();

  constructor(config: Config) {
    this.config = config;
    this.core = new Core(config);
  }

  play(input: StepInput): void {
    if (input.type === 'events') {
      for (const event of input.events) this.takeIn(translateInput(event));
      return;
    }
    this.config = changedConfig(this.config, input.change);
    this.handle({ type: 'config-replaced', config: this.config });
  }

  /** What has come out since the last call. */
  take(): Output {
    const { outputs } = this;
    this.outputs = noOutputs();
    return { ...outputs, state: this.state() };
  }

  state(): Json {
    return stateTree(this.core.snapshot(this.now));
  }

  private takeIn(input: Translated): void {
    switch (input.type) {
      case 'master-down': {
        const deadline = this.core.nextTakeover();
        assert(deadline !== null, 'holo takes over where no Master_Down_Timer of ours runs');
        this.now = deadline;
        this.handle({ type: 'time-passed' });
        return;
      }
      case 'link':
        this.listBefore(input.event.interface);
        this.notePlace(input);
        this.handle(input.event);
        return;
      case 'event':
        if (!this.isEcho(input.event)) this.handle(input.event);
        return;
    }
  }

  /** What Baton makes comes after what was there: now all is told that was. */
  private listBefore(name: InterfaceName): void {
    if (this.listed || !this.routerOf(name)) return;
    this.listed = true;
    this.handle({ type: 'network-listed' });
  }

  private notePlace({ event, index }: Extract<Translated, { type: 'link' }>): void {
    const { interface: name, macAddress } = event;
    const virtualRouterId = this.routerOf(name);
    if (virtualRouterId === null || macAddress === null) return;
    this.places.set(name, { index, macAddress, virtualRouterId });
  }

  private routerOf(name: InterfaceName): number | null {
    const instance = this.config.instances.find((one) => one.virtualMac?.virtual.name === name);
    return instance?.virtualRouterId ?? null;
  }

  /** holo hears of its own addresses; the core is told of those of others only. */
  private isEcho(event: CoreEvent): boolean {
    if (event.type === 'address-appeared') return this.held.has(addressKey(event));
    if (event.type === 'address-vanished') return this.released.delete(addressKey(event));
    return false;
  }

  private handle(event: CoreEvent): void {
    const before = this.core.snapshot(this.now);
    const effects = this.core.handle({ at: this.now, event });
    for (const effect of effects) this.perform(effect);
    this.tellErrors(before, this.core.snapshot(this.now));
    for (const effect of effects) {
      if ('id' in effect && !effect.type.startsWith('report-')) {
        this.handle({ type: 'effect-settled', id: effect.id, error: null });
      }
    }
  }

  private perform(effect: Effect): void {
    const { ibus, protocol } = this.outputs;
    const { type } = effect;
    if (type === 'create-interface') ibus.push(macvlanAdded(effect));
    else if (type === 'delete-interface') ibus.push({ MacvlanDel: { ifname: effect.name } });
    else if (type === 'hold-addresses') for (const one of effect.addresses) this.hold(one);
    else if (type === 'release-addresses') for (const one of effect.addresses) this.release(one);
    else if (type === 'send-advert') protocol.push(advertSent(effect));
    else if (type === 'announce-addresses') this.announce(effect);
    else if (type === 'write-journal') this.tellNewMaster(effect);
    else assert(silent.has(type), `none of holo's cases needs ${type}`);
  }

  private announce({ addresses, repeat }: AnnounceAddresses): void {
    for (let round = 0; round < repeat; round += 1) {
      for (const one of addresses) {
        this.outputs.protocol.push(announced(one.address, this.placeOf(one)));
      }
    }
  }

  private tellNewMaster({ entry }: WriteJournal): void {
    if (entry.kind !== 'transition' || entry.to !== 'Master') return;
    const { instances } = this.core.snapshot(this.now);
    const masters = instances.filter(({ name }) => name === entry.instance);
    this.outputs.notification.push(...masters.map(newMaster));
  }

  /** Holding again what is held already renews it, and is no request of holo's. */
  private hold(one: VirtualAddress): void {
    const key = addressKey(one);
    if (this.held.has(key)) return;
    this.held.add(key);
    this.released.delete(key);
    this.outputs.ibus.push(addressMessage('InterfaceIpAddRequest', one));
  }

  private release(one: VirtualAddress): void {
    const key = addressKey(one);
    if (!this.held.delete(key)) return;
    this.released.add(key);
    this.outputs.ibus.push(addressMessage('InterfaceIpDelRequest', one));
  }

  private placeOf({ interface: name }: VirtualAddress): Place {
    const place = this.places.get(name);
    assert(place !== undefined, `${name} was never there`);
    return place;
  }

  private tellErrors(before: Snapshot, now: Snapshot): void {
    const dropsOf = (snapshot: Snapshot) => [
      snapshot.drops,
      ...snapshot.instances.map(({ counters }) => counters.drops),
    ];
    for (const reason of Object.keys(dropReasonTable) as DropReason[]) {
      const count = (snapshot: Snapshot) =>
        dropsOf(snapshot).reduce((sum, drops) => sum + (drops[reason] ?? 0), 0);
      for (let seen = count(before); seen < count(now); seen += 1) {
        this.outputs.notification.push(errorMessage(reason, holoInterface));
      }
    }
  }
}

/** What has no counterpart in anything that holo records. */
const silent: ReadonlySet<Effect['type']> = new Set<Effect['type']>([
  'join-interface',
  'leave-interface',
  'set-firewall',
  'write-log',
]);

function addressKey(one: Pick<VirtualAddress, 'interface' | 'address' | 'prefixLength'>): string {
  return `${one.interface} ${one.address}/${String(one.prefixLength)}`;
}
