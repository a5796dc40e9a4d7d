/** Classic BPF for SO_ATTACH_FILTER: the kernel drops what nobody wants before it wakes anybody. */
import type { KernelError } from '../ports/network.ts';
import { lastError, setsockopt } from './libc.ts';
import { allocate, writeAddress } from './native-memory.ts';

/** struct sock_filter: code, how far to jump if true and if false, a value. */
interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly value: number;
}

const loadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
const jumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const jumpAlways = 0x05; // BPF_JMP | BPF_JA
const giveBack = 0x06; // BPF_RET | BPF_K

const instructionLength = 8;
const wholePacket = 0xffff_ffff;
/** A conditional jump goes at most 255 instructions on. */
const wordsInAChunk = 250;
/** BPF_MAXINSNS is 4096. */
const wordsAtMost = 3_900;

const socketLevel = 1; // SOL_SOCKET
const attachFilter = 26; // SO_ATTACH_FILTER

/**
 * Lets those packets through that have one of these words (32 bits in network order) at `offset`;
 * with more words than a filter holds, all packets. None are wanted: none pass.
 */
export function acceptWordsAt(
  descriptor: number,
  offset: number,
  words: readonly number[],
): KernelError | null {
  return attach(descriptor, programOf(offset, [...new Set(words)]));
}

function programOf(offset: number, words: readonly number[]): readonly Instruction[] {
  if (words.length === 0) return [result(0)];
  if (words.length > wordsAtMost) return [result(wholePacket)];
  const program: Instruction[] = [{ code: loadWord, ifTrue: 0, ifFalse: 0, value: offset }];
  for (let start = 0; start < words.length; start += wordsInAChunk) {
    const chunk = words.slice(start, start + wordsInAChunk);
    chunk.forEach((value, place) => {
      // Over the rest of the chunk, and over the jump past its result.
      program.push({ code: jumpIfEqual, ifTrue: chunk.length - place, ifFalse: 0, value });
    });
    program.push({ code: jumpAlways, ifTrue: 0, ifFalse: 0, value: 1 }, result(wholePacket));
  }
  return [...program, result(0)];
}

function result(octets: number): Instruction {
  return { code: giveBack, ifTrue: 0, ifFalse: 0, value: octets };
}

function attach(descriptor: number, program: readonly Instruction[]): KernelError | null {
  const instructions = allocate(program.length * instructionLength);
  for (const [index, { code, ifTrue, ifFalse, value }] of program.entries()) {
    const start = index * instructionLength;
    instructions.view.setUint16(start, code, true);
    instructions.view.setUint8(start + 2, ifTrue);
    instructions.view.setUint8(start + 3, ifFalse);
    instructions.view.setUint32(start + 4, value, true);
  }
  // struct sock_fprog: the number of instructions, and where they are.
  const header = allocate(16);
  header.view.setUint16(0, program.length, true);
  writeAddress(header.view, 8, instructions.address);
  const failed = setsockopt(descriptor, socketLevel, attachFilter, header.address, 16) < 0;
  return failed ? lastError('attach filter') : null;
}
