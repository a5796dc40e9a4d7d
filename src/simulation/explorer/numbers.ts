import { assert } from '../../base/assert.ts';

/** A list of whole numbers that may become very long: four octets each. */
export class Numbers {
  private values = new Int32Array(1_024);
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(value: number): void {
    if (this.count === this.values.length) {
      const larger = new Int32Array(this.count * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count] = value;
    this.count += 1;
  }

  at(index: number): number {
    const value = index < this.count ? this.values[index] : undefined;
    assert(value !== undefined, 'there is no such number');
    return value;
  }
}
