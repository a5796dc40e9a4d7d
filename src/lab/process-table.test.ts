import { describe, expect, it } from 'vitest';
import { parseProcessStatus } from './process-table.ts';

describe('parseProcessStatus', () => {
  it('reads number, name, state and parent', () => {
    expect(parseProcessStatus('14 (nginx) S 1 14 14 0 -1 4194560')).toEqual({
      processId: 14,
      parentId: 1,
      name: 'nginx',
      state: 'S',
    });
  });

  it('reads a name that holds brackets, blanks and line feeds', () => {
    const entry = parseProcessStatus('7 (a) Z 9 (b\n) Z 3 7 7 0');
    expect(entry).toEqual({ processId: 7, parentId: 3, name: 'a) Z 9 (b\n', state: 'Z' });
  });

  it('is null for a process that ended while it was read', () => {
    expect(parseProcessStatus('')).toBeNull();
  });
});
