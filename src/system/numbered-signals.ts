/**
 * Signals that have a number and no name: `process.on` knows none of the real-time
 * ones (signal(7)), whose default is to end the process. Node.js's own wrapper of
 * libuv's uv_signal_t takes any number; it is reached by `process.binding`, the one
 * way to it from JavaScript.
 */

/** glibc's numbers on Linux: it keeps 32 and 33 for itself. */
export const realTimeSignals = { json: 36, clearStatistics: 63, threads: 64 } as const;

interface SignalWrap {
  onsignal: (signal: number) => void;
  start(signal: number): number;
  unref(): void;
}

type Binding = (name: 'signal_wrap') => { readonly Signal: new () => SignalWrap };

/** Calls back at each such signal; false where this Node.js has no way to hear of it. */
export function onNumberedSignal(signal: number, callback: () => void): boolean {
  const { binding } = process as unknown as { readonly binding?: Binding };
  const warned = process.noDeprecation;
  try {
    // It would print a warning of its deprecation between Baton's log lines.
    process.noDeprecation = true;
    const wrap = new (binding?.call(process, 'signal_wrap') ?? { Signal: NoSignal }).Signal();
    wrap.unref();
    wrap.onsignal = callback;
    return wrap.start(signal) === 0;
  } catch {
    return false;
  } finally {
    if (warned === undefined) delete process.noDeprecation;
    else process.noDeprecation = warned;
  }
}

class NoSignal implements SignalWrap {
  onsignal = (): void => undefined;

  start(): number {
    return -1;
  }

  unref(): void {
    // There is nothing to let go of.
  }
}
