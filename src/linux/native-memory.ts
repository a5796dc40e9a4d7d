import koffi from 'koffi';

/**
 * Octets that the kernel reads and writes by address. A typed array over an
 * ArrayBuffer of its own lies outside the garbage-collected heap, so its address
 * holds for as long as this object is reachable.
 */
export interface NativeMemory {
  readonly octets: Uint8Array;
  readonly view: DataView;
  /** As a number: user space ends at 2^47, far below the 2^53 that a number holds exactly. */
  readonly address: number;
}

export function allocate(length: number): NativeMemory {
  const buffer = new ArrayBuffer(length);
  const octets = new Uint8Array(buffer);
  return { octets, view: new DataView(buffer), address: Number(koffi.address(octets)) };
}

/** Writes a pointer member of a structure. */
export function writeAddress(view: DataView, offset: number, address: number): void {
  view.setBigUint64(offset, BigInt(address), true);
}
