/** The pulse thread: composes core, runtime and kernel, and runs until the core is finished. */
import { workerData } from 'node:worker_threads';
import { mergeChannels } from './core/channel-membership.ts';
import { Core } from './core/core.ts';
import { joinedChannelOf } from './core/router.ts';
import { guardTable } from './linux/lease-table.ts';
import { listLeftovers } from './linux/leftovers.ts';
import { LinuxNetwork } from './linux/linux-network.ts';
import { MonotonicClock } from './linux/monotonic-clock.ts';
import { rehearse } from './linux/rehearsal.ts';
import { Scheduling } from './linux/scheduling.ts';
import { SysctlLedger } from './linux/sysctl-ledger.ts';
import type { Config } from './model/config.ts';
import type { Succession } from './model/succession.ts';
import type { Clock } from './ports/clock.ts';
import type { Errands } from './ports/errands.ts';
import { keptBy, sweptText } from './runtime/leftovers.ts';
import { Pulse } from './runtime/pulse.ts';
import { runPulse } from './runtime/pulse-loop.ts';
import { Recorder } from './runtime/recorder.ts';
import { compilingLives, warmUp } from './runtime/warm-up.ts';
import { PortErrands } from './system/port-errands.ts';
import { RecordingChannel, RecordingGauge } from './system/recording-channel.ts';
import type { PulseMessage, PulseStart, PulseWorkerData } from './system/pulse-thread.ts';

const { port, recording } = workerData as PulseWorkerData;

function tell(message: PulseMessage): void {
  port.postMessage(message);
}

/** Tells of what the kernel refuses, and of what was changed by itself. */
function warn(errands: Errands, texts: readonly string[]): void {
  if (texts.length === 0) return;
  errands.send(texts.map((text) => ({ type: 'write-log', level: 'warning', text })));
}

/** The errands as they are, and the scheduling as each new configuration has it. */
function followingScheduling(errands: Errands, scheduling: Scheduling): Errands {
  return {
    send: (effects) => {
      errands.send(effects);
    },
    receive: () => {
      const event = errands.receive();
      if (event?.type === 'config-replaced') {
        warn(errands, scheduling.apply(event.config.global.scheduling));
      }
      return event;
    },
  };
}

/** What writes down all that the core is told; null where that was not asked for. */
function recorderOf(config: Config, clock: Clock): Recorder | null {
  if (recording === null) return null;
  const { version, limitOctets, gauge } = recording;
  const channel = new RecordingChannel(port, new RecordingGauge(gauge));
  const [at, wallClockMs] = [clock.now(), clock.wallClockMs()];
  return new Recorder(channel, { version, limitOctets, config, at, wallClockMs });
}

function run({ config, statePath, alone, succeeds }: PulseStart): void {
  const clock = new MonotonicClock();
  const portErrands = new PortErrands(port);
  const scheduling = new Scheduling();
  const errands = followingScheduling(portErrands, scheduling);
  const { command, monitor, processes } = config.global.netlinkBuffers;
  const network = new LinuxNetwork({
    clock,
    statePath,
    timerFired: (lateness) => {
      const remark = scheduling.timerWasLate(lateness);
      if (remark !== null) warn(portErrands, [remark]);
    },
    wakeUpStays: true,
    ...(command === null ? {} : { commandBufferOctets: command }),
    ...(monitor === null ? {} : { monitorBufferOctets: monitor }),
    ...(processes === null ? {} : { processBufferOctets: processes }),
  });
  const recorder = recorderOf(config, clock);
  const pulse = new Pulse({ clock, network, errands, recorder }, new Core(config), config);

  let mayHaveLeftovers = true;

  /** All is open: takes part until the core is finished. */
  function takePart(succession: Succession | null): void {
    pulse.begin(succession);
    tell({ type: 'started', wakeDescriptor: network.wakeDescriptor });
    // Who takes another's place has begun by now, and what follows may take longer than an advert.
    pulse.turn();
    // What is wanted is in its place by now. To look takes longer than a short interval.
    if (mayHaveLeftovers) {
      const swept = network.sweepLeftovers(keptBy(config), alone);
      portErrands.send(swept.map((thing) => ({ type: 'write-log', ...sweptText(thing) })));
    }
    if (succession === null) getReady();
    const rehearseOnce = (): void => {
      warmUp(1);
      // Those that are open now, whatever a reload has changed.
      for (const channel of network.channels) rehearse(network, channel, 1);
    };
    runPulse(pulse, { clock, network, rehearse: rehearseOnce });
    end();
  }

  function getReady(): void {
    warmUp(compilingLives);
    // Not before: warming up takes longer than a real-time thread may run without a pause.
    warn(portErrands, scheduling.apply(config.global.scheduling));
  }

  /** Does all that takes time before another Baton is asked to give way. */
  function prepare(): void {
    for (const channel of mergeChannels(config.instances.map(joinedChannelOf))) {
      network.join(channel);
    }
    const kept = { ...keptBy(config), tables: [guardTable.name] };
    const left = listLeftovers({ kept, alone, ledger: new SysctlLedger(null) });
    mayHaveLeftovers = left.length > 0;
    getReady();
    port.once('message', takePart);
    pulse.passOver();
    tell({ type: 'prepared' });
  }

  function end(): void {
    recorder?.end('stopped');
    // What is in the kernel is the next one's by now; what is open here goes with the process.
    if (!pulse.gaveWay) network.stop();
    port.close();
  }

  const error = pulse.open();
  if (error !== null) {
    tell({ type: 'start-failed', error });
    end();
  } else if (succeeds) prepare();
  else takePart(null);
}

port.once('message', run);
