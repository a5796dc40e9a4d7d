import { describe, expect, it } from 'vitest';
import {
  changedStrictness,
  directoryOf,
  includeStrictness,
  lenientIncludes,
  resolvePath,
  strictIncludes,
} from './include.ts';

const { readable, match } = strictIncludes;

describe('an include', () => {
  it('asks for what its keyword says, above what is in force', () => {
    expect(includeStrictness('include', lenientIncludes)).toEqual(lenientIncludes);
    expect(includeStrictness('include', strictIncludes)).toEqual(strictIncludes);
    expect(includeStrictness('includem', lenientIncludes)).toEqual({
      ...lenientIncludes,
      readable,
      match,
    });
    expect(includeStrictness('includea', lenientIncludes)).toEqual(strictIncludes);
    expect(includeStrictness('included', lenientIncludes)).toBeNull();
  });

  it('is checked as include_check says', () => {
    expect(changedStrictness([], lenientIncludes)).toEqual(strictIncludes);
    expect(changedStrictness(['match'], strictIncludes)).toEqual({ ...lenientIncludes, match });
    expect(changedStrictness(['+read'], lenientIncludes)).toEqual({ ...lenientIncludes, readable });
    expect(changedStrictness(['-match', '-read'], strictIncludes)).toMatchObject({
      match: false,
      readable: false,
      braceMatch: true,
    });
  });

  it('is relative to the file that it stands in', () => {
    expect(resolvePath('/etc/keepalived', 'a.conf')).toBe('/etc/keepalived/a.conf');
    expect(resolvePath('/etc/keepalived', '/a.conf')).toBe('/a.conf');
    expect(resolvePath('/', 'a.conf')).toBe('/a.conf');
    expect(directoryOf('/etc/a.conf')).toBe('/etc');
    expect(directoryOf('/a.conf')).toBe('/');
    expect(directoryOf('a.conf')).toBe('/');
  });
});
