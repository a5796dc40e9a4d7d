import { describe, expect, it } from 'vitest';
import { runPlaces } from './run-places.ts';

const nothing = { pidPath: null, socketPath: null };
const unnamed = { instanceName: null, networkNamespace: null, pidDirectory: false };

describe('the places of a running daemon', () => {
  it('are the usual ones', () => {
    expect(runPlaces(nothing, unnamed)).toEqual({
      pidPath: '/run/baton.pid',
      socketPath: '/run/baton.sock',
      statePath: '/run/baton.state',
    });
  });

  it('have the pid file in its directory with use_pid_dir', () => {
    expect(runPlaces(nothing, { ...unnamed, pidDirectory: true })).toEqual({
      pidPath: '/run/baton/baton.pid',
      socketPath: '/run/baton.sock',
      statePath: '/run/baton/baton.state',
    });
  });

  it('bear the names of the namespace and of the instance', () => {
    const named = { ...unnamed, instanceName: 'blue/1', networkNamespace: 'red' };
    expect(runPlaces(nothing, named)).toEqual({
      pidPath: '/run/baton/baton_red_blue_1.pid',
      socketPath: '/run/baton/baton_red_blue_1.sock',
      statePath: '/run/baton/baton_red_blue_1.state',
    });
  });

  it('are those of the command line before all', () => {
    const given = { pidPath: '/p', socketPath: '/s' };
    expect(runPlaces(given, { ...unnamed, instanceName: 'blue' })).toEqual({
      ...given,
      statePath: '/p.state',
    });
  });
});
