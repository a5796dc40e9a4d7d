import { describe, expect, it } from 'vitest';
import { describeConnectError } from './control-failure.ts';

function failed(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`connect ${code}`), { code });
}

describe('describeConnectError', () => {
  it.each(['ENOENT', 'ENOTDIR', 'ECONNREFUSED'])(
    'says for %s that Baton is not running',
    (code) => {
      expect(describeConnectError('/run/baton.sock', failed(code))).toEqual({
        code: 'not-running',
        message:
          'Baton is not running: nothing listens at /run/baton.sock. Start it with `baton run`, ' +
          'or name the socket of the one that runs with --socket',
      });
    },
  );

  it.each(['EACCES', 'EPERM'])('says for %s that permission is missing', (code) => {
    expect(describeConnectError('/run/baton.sock', failed(code))).toEqual({
      code: 'no-permission',
      message:
        'no permission to open /run/baton.sock: only the user that Baton runs as may; try with sudo',
    });
  });

  it('passes on what else the kernel says', () => {
    expect(describeConnectError('/run/baton.sock', failed('EAGAIN'))).toEqual({
      code: 'connection-lost',
      message: 'control socket /run/baton.sock: connect EAGAIN',
    });
  });
});
