import { describe, expect, it } from 'vitest';
import type { ScriptOutcome } from '../model/core-event.ts';
import { describeFailure, succeeded, tellingLine } from './process-words.ts';

describe('the line that says what is wrong', () => {
  it.each([
    ['', ''],
    ['\n \n', ''],
    ['one\n  two  \n\n', 'two'],
    [
      'nginx: [emerg] unknown directive "foo" in /etc/nginx/nginx.conf:3\n' +
        'nginx: configuration file /etc/nginx/nginx.conf test failed\n',
      'nginx: [emerg] unknown directive "foo" in /etc/nginx/nginx.conf:3',
    ],
    ['AH00526: Syntax error on line 3\nAction failed\n', 'AH00526: Syntax error on line 3'],
    ['terror is no such word\nlast\n', 'last'],
  ])('of %j is %j', (output, line) => {
    expect(tellingLine(output)).toBe(line);
  });
});

describe('the words for a failure', () => {
  it.each<[ScriptOutcome, string, string]>([
    [{ type: 'exited', status: 1 }, '', 'exit status 1'],
    [{ type: 'exited', status: 1 }, 'why\n', 'exit status 1: why'],
    [{ type: 'signalled', signal: 'SIGSEGV' }, '', 'ended by SIGSEGV'],
    [{ type: 'timed-out' }, 'waiting\n', 'timed out: waiting'],
    [{ type: 'not-executable', reason: '/x is empty' }, '', "can't be executed: /x is empty"],
  ])('%j with output %j are %j', (outcome, output, words) => {
    expect(describeFailure({ outcome, output })).toBe(words);
    expect(succeeded({ outcome, output })).toBe(false);
  });

  it('are not asked for where a process exits with 0', () => {
    expect(succeeded({ outcome: { type: 'exited', status: 0 }, output: '' })).toBe(true);
  });
});
