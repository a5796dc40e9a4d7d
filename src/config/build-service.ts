/** `service` to a process that Baton keeps alive. */
import { seconds, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { Probe, ServiceConfig } from '../model/service-config.ts';
import { buildCommand, identityOf, parseCommand, type Identity } from './build-command.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import { Settings } from './settings.ts';
import type { TrackWeight } from './tracked-weight.ts';
import type { Word } from './words.ts';

export interface BuiltService {
  readonly config: ServiceConfig;
  /** What its failure does to the instances that follow it. */
  readonly weight: TrackWeight;
  /** The names in `vrrp_instances`; null: all instances. */
  readonly instances: readonly Word[] | null;
  readonly span: Span;
}

/** Null where it cannot be started. */
export function buildService(
  statement: CheckedStatement,
  collector: DiagnosticCollector,
): BuiltService | null {
  return new ServiceBuilder(statement, collector).build();
}

class ServiceBuilder {
  private readonly name: string;
  private readonly span: Span;
  private readonly settings: Settings;
  private readonly collector: DiagnosticCollector;
  private readonly identity: Identity;
  private readonly isNginx: boolean;

  constructor(statement: CheckedStatement, collector: DiagnosticCollector) {
    const settings = Settings.of(statement);
    this.name = String(statement.values[0]);
    this.span = statement.span;
    this.settings = settings;
    this.collector = collector;
    const user = settings.last('user')?.values ?? [];
    this.identity = identityOf(user.map(String));
    this.isNginx = (settings.text('type') ?? this.name) === 'nginx';
  }

  build(): BuiltService | null {
    const { settings } = this;
    const start = this.command('start') ?? (this.isNginx ? this.bareNginx() : null);
    const pidFile = settings.text('pid_file') ?? (this.isNginx ? '/run/nginx.pid' : null);
    if (start === null) this.reportMissing('start');
    if (pidFile === null) this.reportMissing('pid_file');
    const probe = this.probe();
    if (start === null || pidFile === null) return null;
    const config: ServiceConfig = {
      name: this.name,
      start,
      stop: this.command('stop') ?? this.nginxCommand(start, '-s', 'quit'),
      reload: this.command('reload'),
      test: this.command('test') ?? this.nginxCommand(start, '-t', '-q'),
      pidFile,
      startTimeout: this.duration('start_timeout', 5),
      stopTimeout: this.duration('stop_timeout', 5),
      probe,
      probeInterval: this.duration('probe_interval', 1),
      probeTimeout: this.duration('probe_timeout', 1),
      probeRise: settings.number('probe_rise') ?? 1,
      probeFall: settings.number('probe_fall') ?? 3,
      restartLimit: settings.number('restart_limit') ?? 3,
      restartWindow: this.duration('restart_window', 30),
      retryInterval: this.duration('retry_interval', 1),
      stopWithBaton: settings.switch('stop_with_baton') ?? false,
    };
    const instances = settings.last('vrrp_instances')?.arguments ?? null;
    return { config, weight: this.weight(), instances, span: this.span };
  }

  private duration(name: string, otherwise: number): Duration {
    return this.settings.duration(name) ?? seconds(otherwise);
  }

  private command(name: string): Command | null {
    const statement = this.settings.last(name);
    return statement === null ? null : buildCommand(statement, this.identity);
  }

  private bareNginx(): Command {
    return { program: 'nginx', arguments: [], ...this.identity };
  }

  /**
   * nginx with other arguments. It is the one that `start` names, with the same
   * `-c` and `-p`; where `start` is a script around it, the one in PATH.
   */
  private nginxCommand(start: Command, ...more: readonly string[]): Command | null {
    if (!this.isNginx) return null;
    const isItself = /(?:^|\/)nginx$/.test(start.program);
    const { program, arguments: given } = isItself ? start : this.bareNginx();
    return { program, arguments: [...given, ...more], ...this.identity };
  }

  private weight(): TrackWeight {
    const statement = this.settings.last('on_failure');
    const [how, weight, reverse] = statement?.values ?? [];
    if (statement !== null && how === 'weight' && typeof weight !== 'number') {
      this.report('missing-argument', statement.span, '"on_failure weight" lacks its number');
    }
    if (how !== 'weight' || typeof weight !== 'number') return { weight: 0, reverse: false };
    return { weight, reverse: reverse === 'reverse' };
  }

  /** A probe that cannot be understood is none: the process itself is watched all the same. */
  private probe(): Probe | null {
    const statement = this.settings.last('probe');
    const [kind, target] = statement?.values ?? [];
    if (statement === null || kind === 'none') return null;
    if (typeof target !== 'string') {
      this.report('missing-argument', statement.span, `"probe ${String(kind)}" lacks its target`);
      return null;
    }
    if (kind === 'tcp') return this.tcpProbe(statement, target);
    if (kind === 'http') return this.httpProbe(statement, target);
    return { type: 'command', command: parseCommand(target, this.identity) };
  }

  private tcpProbe(statement: CheckedStatement, host: string): Probe | null {
    const port = statement.values[2];
    if (typeof port === 'number') return { type: 'tcp', host, port };
    this.report('missing-argument', statement.span, '"probe tcp" lacks its port');
    return null;
  }

  private httpProbe(statement: CheckedStatement, url: string): Probe | null {
    if (URL.canParse(url) && /^http:\/\/[^/]/.test(url)) return { type: 'http', url };
    const span = statement.arguments[1]?.span ?? statement.span;
    this.report('invalid-value', span, `"${url}" is no address that begins with http://`);
    return null;
  }

  private reportMissing(keyword: string): void {
    if (this.settings.mentions(keyword)) return;
    this.report('missing-keyword', this.span, `the line "${keyword}" is missing`);
  }

  private report(code: DiagnosticCode, span: Span, message: string): void {
    this.collector.report({ code, span, message: `service ${this.name}: ${message}` });
  }
}
