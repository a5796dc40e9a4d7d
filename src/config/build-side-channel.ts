/** `side_channel` to where other Batons are, and what is signed with. */
import { familyOf, isMulticast, parseIp, type IpAddress } from '../model/address.ts';
import type { InstanceConfig, SideChannelConfig } from '../model/config.ts';
import type { SideEndpoint } from '../model/side-channel.ts';
import { readKey } from './build-key.ts';
import type { CheckedStatement } from './check.ts';
import type { ConfigSource } from './config-source.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import { Settings } from './settings.ts';

const defaultPort = 8112;

interface Tools {
  readonly source: ConfigSource;
  readonly collector: DiagnosticCollector;
  readonly instances: readonly InstanceConfig[];
}

/** Null where there is none, or it lacks what it needs: then nothing is told but by VRRP. */
export function buildSideChannel(root: Settings, tools: Tools): SideChannelConfig | null {
  const [statement, second] = root.all('side_channel');
  if (statement === undefined) return null;
  if (second !== undefined) {
    const message = 'there is a side_channel already';
    tools.collector.report({ code: 'duplicate-name', span: second.span, message });
  }
  return new SideChannelBuilder(statement, tools).build();
}

class SideChannelBuilder {
  private readonly statement: CheckedStatement;
  private readonly settings: Settings;
  private readonly tools: Tools;

  constructor(statement: CheckedStatement, tools: Tools) {
    this.statement = statement;
    this.settings = Settings.of(statement);
    this.tools = tools;
  }

  build(): SideChannelConfig | null {
    const { settings } = this;
    const own = settings.last('address');
    const port = settings.number('port') ?? defaultPort;
    const address = own === null ? null : this.address(own);
    const peers = settings.all('peer').flatMap((line) => this.peer(line, port) ?? []);
    const usable = peers.filter(
      ({ endpoint, line }, index) =>
        this.isOther(endpoint, line, address) &&
        peers.findIndex((one) => one.endpoint.address === endpoint.address) === index,
    );
    const key = this.key();
    for (const name of ['address', 'peer', 'key']) {
      if (!settings.mentions(name)) this.reportMissing(name);
    }
    if (address === null || key === null || usable.length === 0) return null;
    return { own: { address, port }, peers: usable.map(({ endpoint }) => endpoint), key };
  }

  private peer(
    line: CheckedStatement,
    port: number,
  ): { readonly endpoint: SideEndpoint; readonly line: CheckedStatement } | null {
    const address = this.address(line);
    const [, given] = line.values;
    if (address === null) return null;
    return { endpoint: { address, port: typeof given === 'number' ? given : port }, line };
  }

  /** An address that stays where it is, and that a socket can be bound to as it is. */
  private address(line: CheckedStatement): IpAddress | null {
    const address = parseIp(String(line.values[0]));
    if (address === null) return null;
    const complain = (why: string): null => {
      return this.refuse(line, 'invalid-value', `${line.keyword.name} ${address}: ${why}`);
    };
    if (isMulticast(address)) return complain('it is a multicast group');
    if (/^fe[89ab]/i.test(address)) return complain('a link-local address tells no interface');
    if (['0.0.0.0', '::'].includes(address)) return complain('it is no address of a host');
    const virtual = this.tools.instances.some(({ virtualAddresses, excludedAddresses }) =>
      [...virtualAddresses, ...excludedAddresses].some((one) => one.address === address),
    );
    return virtual ? complain('it is a virtual address, and moves from host to host') : address;
  }

  private isOther(peer: SideEndpoint, line: CheckedStatement, own: IpAddress | null): boolean {
    const name = `peer ${peer.address}`;
    if (peer.address === own) {
      this.refuse(line, 'invalid-value', `${name}: it is the address of this host`);
      return false;
    }
    if (own === null || familyOf(own) === familyOf(peer.address)) return true;
    this.refuse(line, 'invalid-value', `${name}: it is not of the family of ${own}`);
    return false;
  }

  private key(): string | null {
    const line = this.settings.last('key');
    if (line === null) return null;
    const { source } = this.tools;
    const file = (line.arguments[0]?.span ?? line.span).file;
    const read = readKey(String(line.values[0]), { file, source });
    return read.ok ? read.value : this.refuse(line, 'invalid-value', `key: ${read.error}`);
  }

  private refuse(line: CheckedStatement, code: DiagnosticCode, message: string): null {
    const span = line.arguments[0]?.span ?? line.span;
    this.tools.collector.report({ code, span, message });
    return null;
  }

  private reportMissing(name: string): void {
    const message = `side_channel lacks its ${name}`;
    this.tools.collector.report({ code: 'missing-keyword', span: this.statement.span, message });
  }
}
