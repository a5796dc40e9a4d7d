/**
 * Signals that have a number and no name: `process.on` knows none of the real-time ones
 * (signal(7)), whose default is to end the process. libuv takes any number, and Node.js
 * exports its functions to addons; they are called here on the loop of the main thread.
 */
import koffi from 'koffi';
import { assert } from '../base/assert.ts';
import { allocate, type NativeMemory } from './native-memory.ts';

/** glibc's numbers on Linux: it keeps 32 and 33 for itself. */
export const realTimeSignals = { json: 36, clearStatistics: 63, threads: 64 } as const;

const signalHandleType = 16; // UV_SIGNAL of uv_handle_type

const libuv = koffi.load(null);
const defaultLoop = libuv.func('uintptr_t uv_default_loop()') as () => number;
const handleSize = libuv.func('size_t uv_handle_size(int type)') as (type: number) => number;
const initialize = libuv.func('int uv_signal_init(uintptr_t loop, uintptr_t handle)') as (
  loop: number,
  handle: number,
) => number;
const start = libuv.func('int uv_signal_start(uintptr_t handle, void *callback, int signal)') as (
  handle: number,
  callback: unknown,
  signal: number,
) => number;
const unreference = libuv.func('void uv_unref(uintptr_t handle)') as (handle: number) => void;

const callbackType = koffi.pointer(
  koffi.proto('void SignalCallback(uintptr_t handle, int signal)'),
);

/** libuv keeps pointers into them for as long as the process lives. */
const handles: NativeMemory[] = [];

/** Calls back at each such signal, on the main thread, which it does not keep alive. */
export function onNumberedSignal(signal: number, callback: () => void): void {
  const handle = allocate(handleSize(signalHandleType));
  handles.push(handle);
  const failed =
    initialize(defaultLoop(), handle.address) ||
    start(handle.address, koffi.register(callback, callbackType), signal);
  assert(failed === 0, `signal ${String(signal)} can't be heard: libuv says ${String(failed)}`);
  unreference(handle.address);
}
