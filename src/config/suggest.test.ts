import { describe, expect, it } from 'vitest';
import { nearestWord } from './suggest.ts';

const words = ['state', 'interface', 'priority', 'virtual_router_id', 'dev'];

describe('the nearest word', () => {
  it.each([
    ['sate', 'state'],
    ['sttae', 'state'],
    ['STATE', 'state'],
    ['priorty', 'priority'],
    ['virtual_router-id', 'virtual_router_id'],
    ['dve', 'dev'],
    ['xyz', null],
    ['', null],
    ['interfaces_of_all_kinds', null],
    ['x'.repeat(10_000), null],
  ])('to %s is %s', (word, expected) => {
    expect(nearestWord(word, words)).toBe(expected);
  });
});
