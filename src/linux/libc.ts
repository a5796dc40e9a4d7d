/**
 * The C library, as far as Baton calls it. Each function is one system call and
 * blocks no longer than that.
 *
 * Pointers are declared as `uintptr_t` and passed as numbers (see NativeMemory):
 * measured 60 to 100 ns a call cheaper than handing koffi a typed array. Where
 * the C prototype is variadic (prctl, syscall) the fixed form used here has the
 * same calling convention on every 64-bit Linux. Structure layouts are those of
 * 64-bit little-endian Linux, which is all that koffi has 64-bit binaries for.
 */
import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { assert } from '../base/assert.ts';
import type { KernelError } from '../ports/network.ts';

assert(endianness() === 'LE' && koffi.sizeof('void *') === 8, 'needs 64-bit little-endian Linux');

const libc = koffi.load(null);

type Numbers<Count extends number, List extends number[] = []> = List['length'] extends Count
  ? List
  : Numbers<Count, [...List, number]>;

/** A function of so many numbers that returns a number, -1 for failure. */
type SystemCall<Count extends number> = (...values: Numbers<Count>) => number;

export const close = libc.func('int close(int descriptor)') as SystemCall<1>;

export const eventfd = libc.func('int eventfd(unsigned int count, int flags)') as SystemCall<2>;

export const read = libc.func(
  'intptr_t read(int descriptor, uintptr_t octets, size_t length)',
) as SystemCall<3>;

export const socket = libc.func('int socket(int family, int type, int protocol)') as SystemCall<3>;

export const bind = libc.func(
  'int bind(int descriptor, uintptr_t address, uint32_t length)',
) as SystemCall<3>;

export const getsockname = libc.func(
  'int getsockname(int descriptor, uintptr_t address, uintptr_t length)',
) as SystemCall<3>;

export const setsockopt = libc.func(
  'int setsockopt(int descriptor, int level, int name, uintptr_t value, uint32_t length)',
) as SystemCall<5>;

export const send = libc.func(
  'intptr_t send(int descriptor, uintptr_t octets, size_t length, int flags)',
) as SystemCall<4>;

export const sendto = libc.func(
  'intptr_t sendto(int descriptor, void *octets, size_t length, int flags, ' +
    'void *address, uint32_t addressLength)',
) as (
  descriptor: number,
  octets: Uint8Array,
  length: number,
  flags: number,
  address: Uint8Array,
  addressLength: number,
) => number;

export const sendmmsg = libc.func(
  'int sendmmsg(int descriptor, uintptr_t messages, unsigned int count, int flags)',
) as SystemCall<4>;

export const recvmmsg = libc.func(
  'int recvmmsg(int descriptor, uintptr_t messages, unsigned int count, int flags, ' +
    'uintptr_t timeout)',
) as SystemCall<5>;

export const ppoll = libc.func(
  'int ppoll(uintptr_t descriptors, uint64_t count, uintptr_t timeout, uintptr_t signals)',
) as SystemCall<4>;

export const clock_getres = libc.func(
  'int clock_getres(int clock, uintptr_t resolution)',
) as SystemCall<2>;

export const prctl = libc.func('int prctl(int option, unsigned long value)') as SystemCall<2>;

export const setns = libc.func('int setns(int descriptor, int type)') as SystemCall<2>;

export const unshare = libc.func('int unshare(int flags)') as SystemCall<1>;

export const sched_setscheduler = libc.func(
  'int sched_setscheduler(int thread, int policy, uintptr_t parameters)',
) as SystemCall<3>;

export const sched_setaffinity = libc.func(
  'int sched_setaffinity(int thread, size_t length, uintptr_t processors)',
) as SystemCall<3>;

export const sched_getaffinity = libc.func(
  'int sched_getaffinity(int thread, size_t length, uintptr_t processors)',
) as SystemCall<3>;

export const getrlimit = libc.func(
  'int getrlimit(int resource, uintptr_t limits)',
) as SystemCall<2>;

export const setrlimit = libc.func(
  'int setrlimit(int resource, uintptr_t limits)',
) as SystemCall<2>;

export const mlock2 = libc.func(
  'int mlock2(uintptr_t address, size_t length, unsigned int flags)',
) as SystemCall<3>;

export const munlockall = libc.func('int munlockall(void)') as SystemCall<0>;

const syscall = libc.func('long syscall(long number, int, unsigned int)') as SystemCall<3>;

/** pidfd_open(2) has no wrapper before glibc 2.36; its number is the same on every machine. */
export function pidfdOpen(processId: number): number {
  return syscall(434, processId, 0);
}

/** The errno of the system call that has just failed. */
export function lastErrorNumber(): number {
  return koffi.errno();
}

/** The error of the system call that has just failed, under the name of what was tried. */
export function lastError(call: string): KernelError {
  return kernelError(lastErrorNumber(), call);
}

/** The error that a positive errno stands for: 19 is "ENODEV". */
export function kernelError(errorNumber: number, call: string): KernelError {
  return { code: getSystemErrorName(-errorNumber), call };
}
