/** Configurations for tests: everything has a default, and a test names what it is about. */
import { milliseconds, seconds } from '../../src/base/units.ts';
import type { InterfaceName, IpAddress } from '../../src/model/address.ts';
import { ownerPriority } from '../../src/model/advert.ts';
import type { Command } from '../../src/model/command.ts';
import type {
  Config,
  InstanceConfig,
  MailConfig,
  NotifyConfig,
  ScriptConfig,
  VirtualAddress,
} from '../../src/model/config.ts';
import type { ServiceConfig } from '../../src/model/service-config.ts';
import {
  emptyConfig,
  instanceDefaults,
  noNotifications,
  virtualAddress as plainAddress,
} from '../../src/model/defaults.ts';

export const eth0 = 'eth0' as InterfaceName;

export function command(program: string, ...given: readonly string[]): Command {
  return { program, arguments: given, user: null, group: null };
}

/** "192.0.2.10", "192.0.2.10/24" or "192.0.2.10/24@eth1". */
export function virtualAddress(text: string, defaultInterface = eth0): VirtualAddress {
  const [place = '', name = defaultInterface] = text.split('@');
  const [address = '', length] = place.split('/');
  const prefixLength = length === undefined ? null : Number(length);
  return plainAddress(address as IpAddress, name as InterfaceName, prefixLength);
}

/** A notify script for every occasion. */
export const notifyAll: NotifyConfig = {
  ...noNotifications,
  any: command('/notify/any'),
  master: command('/notify/master'),
  backup: command('/notify/backup'),
  fault: command('/notify/fault'),
  stop: command('/notify/stop'),
};

export const mail: MailConfig = {
  recipients: ['operator@example.org'],
  from: 'baton@example.org',
  host: '192.0.2.25',
  port: 25,
  heloName: 'lab-a',
  connectTimeout: seconds(30),
  mailOnFault: true,
};

/** `state` is as keepalived has it where it is not given: MASTER for the address owner alone. */
export function instanceConfig(given: Partial<InstanceConfig> = {}): InstanceConfig {
  return {
    ...instanceDefaults,
    // A subject of its own: few scenarios are about it.
    addressConflict: 'off',
    name: 'VI_1',
    initialState: given.priority === ownerPriority ? 'MASTER' : 'BACKUP',
    interface: eth0,
    virtualRouterId: 51,
    virtualAddresses: [virtualAddress('192.0.2.10/24')],
    ...given,
  };
}

export function scriptConfig(given: Partial<ScriptConfig> = {}): ScriptConfig {
  return {
    name: 'check',
    command: command('/check'),
    interval: seconds(1),
    timeout: seconds(1),
    rise: 1,
    fall: 1,
    initiallyFailed: false,
    ...given,
  };
}

export function serviceConfig(given: Partial<ServiceConfig> = {}): ServiceConfig {
  return {
    name: 'nginx',
    start: command('/nginx'),
    stop: null,
    reload: null,
    test: null,
    pidFile: '/run/nginx.pid',
    startTimeout: seconds(5),
    stopTimeout: seconds(5),
    probe: null,
    probeInterval: seconds(1),
    probeTimeout: milliseconds(500),
    probeRise: 1,
    probeFall: 2,
    restartLimit: 2,
    restartWindow: seconds(60),
    retryInterval: seconds(5),
    stopWithBaton: false,
    ...given,
  };
}

export function config(given: Partial<Config> = {}): Config {
  return { ...emptyConfig('lab-a'), instances: [instanceConfig()], ...given };
}
