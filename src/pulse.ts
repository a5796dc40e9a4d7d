/** The pulse thread: composes core, runtime and kernel, and runs until the core is finished. */
import { workerData } from 'node:worker_threads';
import { Core } from './core/core.ts';
import { LinuxNetwork } from './linux/linux-network.ts';
import { MonotonicClock } from './linux/monotonic-clock.ts';
import { rehearse } from './linux/rehearsal.ts';
import type { Config } from './model/config.ts';
import { Pulse } from './runtime/pulse.ts';
import { runPulse } from './runtime/pulse-loop.ts';
import { compilingLives, warmUp } from './runtime/warm-up.ts';
import { PortErrands } from './system/port-errands.ts';
import type { PulseMessage, PulseWorkerData } from './system/pulse-thread.ts';

const { port } = workerData as PulseWorkerData;

function tell(message: PulseMessage): void {
  port.postMessage(message);
}

function run(config: Config): void {
  const clock = new MonotonicClock();
  const { command, monitor, processes } = config.global.netlinkBuffers;
  const network = new LinuxNetwork({
    clock,
    ...(command === null ? {} : { commandBufferOctets: command }),
    ...(monitor === null ? {} : { monitorBufferOctets: monitor }),
    ...(processes === null ? {} : { processBufferOctets: processes }),
  });
  const ports = { clock, network, errands: new PortErrands(port) };
  const pulse = new Pulse(ports, new Core(config), config);
  const error = pulse.start();
  if (error === null) {
    tell({ type: 'started', wakeDescriptor: network.wakeDescriptor });
    warmUp(compilingLives);
    const rehearseOnce = (): void => {
      warmUp(1);
      // Those that are open now, whatever a reload has changed.
      for (const channel of network.channels) rehearse(network, channel, 1);
    };
    runPulse(pulse, { clock, network, rehearse: rehearseOnce });
  } else {
    tell({ type: 'start-failed', error });
  }
  network.stop();
  port.close();
}

port.once('message', run);
