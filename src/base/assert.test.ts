import { describe, expect, it } from 'vitest';
import { assert, AssertionError, unreachable } from './assert.ts';

describe('an assertion', () => {
  it('lets pass what holds, and throws what does not', () => {
    expect(() => {
      assert(true, 'one is one');
    }).not.toThrow();
    expect(() => {
      assert(false, 'one is two');
    }).toThrow(new AssertionError('one is two'));
  });

  it('names the member of a union that was forgotten', () => {
    expect(() => unreachable('Dormant' as never)).toThrow('unreachable: "Dormant"');
  });
});
