/**
 * Known bugs, each as an exact text of the source and what it becomes: keepalived's own,
 * mistakes that are easily made, and some that Baton has had. The simulator has to find
 * each of them within so many seeds.
 */
export interface PlantedBug {
  /** What is wrong, for people. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** Found when seeds 1 to this one are played, at the latest. */
  readonly seeds: number;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'no Skew_Time: all backups take over at the same moment',
    file: 'src/core/election.ts',
    text: 'return (silence + skewTime(basis)) as Duration;',
    replacement: 'return silence;',
    seeds: 10,
  },
  {
    name: 'Skew_Time the wrong way round: the worst backup is the first',
    file: 'src/core/election.ts',
    text: 'return times(whole, (256 - priority) / 256);',
    replacement: 'return times(whole, priority / 256);',
    seeds: 10,
  },
  {
    name: 'Skew_Time of version 2 in version 3',
    file: 'src/core/election.ts',
    text: 'const whole = version === 2 ? seconds(1) : advertisementInterval;',
    replacement: 'const whole = seconds(1);',
    seeds: 30,
  },
  {
    name: 'an advert too few is waited for',
    file: 'src/core/election.ts',
    text: 'times(basis.advertisementInterval, basis.downTimerAdverts);',
    replacement: 'times(basis.advertisementInterval, basis.downTimerAdverts - 1);',
    seeds: 10,
  },
  {
    name: 'an advert too many is waited for',
    file: 'src/core/election.ts',
    text: 'times(basis.advertisementInterval, basis.downTimerAdverts);',
    replacement: 'times(basis.advertisementInterval, basis.downTimerAdverts + 1);',
    seeds: 30,
  },
  {
    name: 'no tie-break: of two masters of equal priority neither yields',
    file: 'src/core/election.ts',
    text: 'return compareAddresses(other.address, local.address) > 0;',
    replacement: 'return false;',
    seeds: 100,
  },
  {
    name: 'equal priorities: both yield',
    file: 'src/core/election.ts',
    text: 'return compareAddresses(other.address, local.address) > 0;',
    replacement: 'return compareAddresses(other.address, local.address) !== 0;',
    seeds: 300,
  },
  {
    name: 'a master ignores adverts of higher priority',
    file: 'src/core/master.ts',
    text: 'if (local === null || outranks(sender, local)) yieldTo(',
    replacement: 'if (local === null) yieldTo(',
    seeds: 10,
  },
  {
    name: 'a master that yields goes on to advertise: it never becomes Backup',
    file: 'src/core/master.ts',
    text: 'becomeBackup(router, surroundings, { cause, subjects }, sender);',
    replacement: '',
    seeds: 10,
  },
  {
    name: 'priority 0 is ignored: a backup waits out its whole timer',
    file: 'src/core/backup.ts',
    text: '    state.masterDownAt = after(at, skewTimeOf(router));\n',
    replacement: '',
    seeds: 10,
  },
  {
    name: 'no priority 0 when Baton stops or is told to pass',
    file: 'src/core/master.ts',
    text: '  sendAdvert(router, surroundings, resigningPriority);\n  return true;',
    replacement: '  return true;',
    seeds: 10,
  },
  {
    name: 'no release on stop: the addresses are left behind',
    file: 'src/core/master.ts',
    text: 'sent 0 priority`);\n  }\n  letGo(router, surroundings);',
    replacement: 'sent 0 priority`);\n  }',
    seeds: 10,
  },
  {
    name: 'no release on a fault: the addresses stay while the service is down',
    file: 'src/core/master.ts',
    text: 'letGo(router, surroundings);\n  becomeFault(',
    replacement: 'becomeFault(',
    seeds: 300,
  },
  {
    name: 'no release on yielding',
    file: 'src/core/master.ts',
    text: '  letGo(router, surroundings);\n  const cause = {',
    replacement: '  const cause = {',
    seeds: 10,
  },
  {
    name: 'no gratuitous ARP on taking over',
    file: 'src/core/master.ts',
    text: "announce(router, surroundings, announcement.repeat);\n  tell(router, surroundings, 'MASTER');",
    replacement: "tell(router, surroundings, 'MASTER');",
    seeds: 10,
  },
  {
    name: 'take-over by a spurious wake-up',
    file: 'src/core/backup.ts',
    text: 'if (state.masterDownAt > surroundings.at) return;',
    replacement: 'if (state.masterDownAt > surroundings.at + 500_000) return;',
    seeds: 30,
  },
  {
    name: 'an advert does not reset the timer of a backup',
    file: 'src/core/backup.ts',
    text: '    state.masterDownAt = after(at, masterDownIntervalOf(router));\n    return;',
    replacement: '    return;',
    seeds: 10,
  },
  {
    name: 'nopreempt is ignored',
    file: 'src/core/backup.ts',
    text: 'const preempt = config.preempt || config.priority === ownerPriority;',
    replacement: 'const preempt = true;',
    seeds: 100,
  },
  {
    name: 'nobody preempts',
    file: 'src/core/backup.ts',
    text: 'if (!preempt || state.passed) return true;',
    replacement: 'return true;',
    seeds: 10,
  },
  {
    name: 'the kernel is not told whom a dead master has to yield to',
    file: 'src/core/master-lease.ts',
    text: '? null : effectivePriority;',
    replacement: '? null : null;',
    seeds: 300,
  },
  {
    name: 'a master advertises half as often as it says',
    file: 'src/core/master.ts',
    text: 'const next = after(state.advertAt, advertisementInterval);',
    replacement:
      'const next = after(after(state.advertAt, advertisementInterval), advertisementInterval);',
    seeds: 10,
  },
  {
    name: 'the lease is forgotten: addresses stay for good',
    file: 'src/core/master-lease.ts',
    text: '    addresses: managedAddresses(router, network),\n    lifetime,\n',
    replacement: '    addresses: managedAddresses(router, network),\n    lifetime: null,\n',
    seeds: 30,
  },
  {
    name: 'the lease is not renewed: addresses go while the master lives',
    file: 'src/core/master-lease.ts',
    text: "  outbox.push({\n    type: 'hold-addresses',",
    replacement:
      "  if (state.restoresLeft === 20 && state.hold.done) return;\n  outbox.push({\n    type: 'hold-addresses',",
    seeds: 10,
  },
  {
    name: 'the fence comes after what has arrived: other news are handled first',
    file: 'src/core/core.ts',
    text: '    this.fence(at);\n',
    replacement: '',
    seeds: 300,
  },
  {
    name: 'a deadline is acted on before what has arrived is read',
    file: 'src/runtime/pulse.ts',
    text: '  turn(): void {\n',
    replacement: "  turn(): void {\n    if (this.isDue()) this.handle({ type: 'time-passed' });\n",
    seeds: 100,
  },
  {
    name: 'notify scripts run at the same time, in no order',
    file: 'src/runtime/serial-queue.ts',
    text: 'await task();',
    replacement: 'void task();\n      await Promise.resolve();',
    seeds: 30,
  },
  {
    name: 'a fault that is mended is not noticed',
    file: 'src/core/virtual-router.ts',
    text: 'if (faults.length > 0 || !ready) return;',
    replacement: 'if (faults.length >= 0 || !ready) return;',
    seeds: 100,
  },
  {
    name: 'a master that is killed and started again goes on with nothing',
    file: 'src/core/inheritance.ts',
    text: "if (authentication.type === 'header') return null;",
    replacement: "if (authentication.type !== 'hmac') return null;",
    seeds: 100,
  },
  {
    name: 'a hand-over lets go before the other host has taken over',
    file: 'src/core/hand-over.ts',
    text: '    this.ask(handOver, outbox);\n    return true;',
    replacement:
      "    this.ask(handOver, outbox);\n    this.conclude(handOver, 'taken', { text: '', at, outbox });\n    return true;",
    seeds: 300,
  },
  {
    name: 'who is upgraded lets go of what it holds',
    file: 'src/core/core.ts',
    text: '    const standing = this.routers.giveWay(this.surroundings(at));',
    replacement:
      '    this.routers.stop(this.surroundings(at));\n' +
      '    const standing = this.routers.giveWay(this.surroundings(at));',
    seeds: 100,
  },
  {
    name: 'a Backup that is upgraded waits anew, and long',
    file: 'src/core/succession.ts',
    text: 'return { ...standing, prepared: null };',
    replacement:
      'return { ...standing, masterDownAt: (surroundings.at + 20_000_000) as Instant, prepared: null };',
    seeds: 300,
  },
];
