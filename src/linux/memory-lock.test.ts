import { expect, it } from 'vitest';
import { mappedFiles } from './memory-lock.ts';

it('takes what is mapped from files, and no memory of the engine', () => {
  const maps = `00400000-0053d000 r--p 00000000 fd:00 131 /usr/bin/node
7f0d400c2000-7f0d400c3000 rwxp 00000000 00:00 0
7f0d6c000000-7f0d6c021000 rw-p 00000000 00:00 0
5581e2a4c000-5581e2b9e000 rw-p 00000000 00:00 0                          [heap]
7ffc1f5d2000-7ffc1f5f3000 rw-p 00000000 00:00 0                          [stack]
7f0d7b1fe000-7f0d7b200000 r-xp 0000a000 fd:00 977                        /usr/lib/with a blank.so
`;
  expect(mappedFiles(maps)).toEqual([
    { address: 0x400000, length: 0x13d000 },
    { address: 0x7f0d7b1fe000, length: 0x2000 },
  ]);
});
