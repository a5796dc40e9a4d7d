/** What may stand outside of every block. */
import { staticAddresses } from './address.ts';
import { decimal, text, textUpTo } from './argument-type.ts';
import { bfdInstance } from './bfd.ts';
import { globalDefinitions } from './global.ts';
import { garpGroup, ssl, syncGroup, trackGroup } from './group.ts';
import { instance } from './instance.ts';
import {
  acted,
  entryBlock,
  keywordBlock,
  later,
  meaningless,
  optional,
  repeated,
  required,
  spellingsOf,
  type BlockDefinition,
} from './keyword.ts';
import { staticRoutes, staticRules } from './route.ts';
import { service } from './service.ts';
import { sideChannel } from './side-channel.ts';
import { script, trackFile, trackProcess } from './tracking.ts';
import { virtualServer, virtualServerGroup } from './virtual-server.ts';

const name = [required('NAME', text)];
const pattern = [required('PATTERN', text)];

/** They count in every block, and are dealt with before there are blocks. */
const includes = [
  acted('include', pattern, 'reads the files that match; in any block'),
  acted('includer', pattern, 'the same; a file that cannot be read is an error'),
  acted('includem', pattern, 'and so is a path that is not there'),
  acted('includew', pattern, 'and a pattern that matches nothing'),
  acted('includeb', pattern, 'as includem, and for each alternative in `{a,b}`'),
  acted('includea', pattern, 'all of that'),
];

export const root = keywordBlock('the outermost level', [
  ...includes,
  acted('global_defs', [], 'what holds for the whole daemon', { block: globalDefinitions }),
  acted('instance', name, 'name of this daemon among others on the host'),
  acted('net_namespace', name, 'network namespace to run in; the flag `-s` wins'),
  meaningless('Baton does not configure IPVS')(
    'net_namespace_ipvs',
    [optional('NAME', text)],
    'network namespace of IPVS',
  ),
  meaningless('the rules that Baton needs are always of nftables')(
    'namespace_with_ipsets',
    [],
    'ipsets in a namespace, on old kernels',
  ),
  acted('use_pid_dir', [], 'pid files in a directory of their own'),
  meaningless('Baton has no child processes of its own')(
    'child_wait_time',
    [required('SECONDS', decimal())],
    'patience with child processes',
    {
      default: '5 s',
    },
  ),
  meaningless('the kernel tells Baton of every change of a link')(
    'linkbeat_use_polling',
    [],
    'asks for the state of links again and again',
  ),
  meaningless('the kernel tells Baton of every change of a link')(
    'linkbeat_interfaces',
    [],
    'the same, for these',
    {
      block: entryBlock('linkbeat_interfaces', 'INTERFACE [MII|ETHTOOL|IOCTL]'),
    },
  ),
  acted('interface_up_down_delays', [], 'a link has to be down, or up, for so long', {
    block: entryBlock('interface_up_down_delays', 'INTERFACE DOWN [UP]'),
  }),
  acted('track_group', name, 'instances that follow static addresses', { block: trackGroup }),
  acted('static_ipaddress', [], 'addresses that are there while it runs', {
    block: staticAddresses,
  }),
  acted('static_routes', [], 'routes that are there while it runs', { block: staticRoutes }),
  acted('static_rules', [], 'rules that are there while it runs', { block: staticRules }),
  acted('garp_group', [], 'paces gratuitous ARPs', { block: garpGroup }),
  acted('vrrp_sync_group', name, 'instances that move together', { block: syncGroup }),
  acted('vrrp_instance', name, 'one virtual router', { block: instance }),
  acted('vrrp_script', name, 'a check that instances follow', { block: script }),
  acted('vrrp_track_process', name, 'a process that instances follow', { block: trackProcess }),
  acted('track_file', name, 'a file that instances follow', {
    block: trackFile,
    deprecated: ['vrrp_track_file'],
  }),
  later('SSL', [], 'client certificate of SSL_GET', { block: ssl }),
  later('virtual_server_group', name, 'several addresses of one virtual server', {
    block: virtualServerGroup,
  }),
  later(
    'virtual_server',
    [repeated('ADDRESS [PORT] | fwmark N | group NAME', text)],
    'a service of IPVS',
    {
      block: virtualServer,
    },
  ),
  later('bfd_instance', [required('NAME', textUpTo(31))], 'a BFD session', {
    block: bfdInstance,
  }),
  acted('service', name, "a process that Baton keeps alive (Baton's own block)", {
    block: service,
  }),
  acted('side_channel', [], "what Batons tell each other beside VRRP (Baton's own block)", {
    block: sideChannel,
  }),
]);

/** Every block of keywords or entries, from the root inwards, each once. */
export function allBlocks(): readonly BlockDefinition[] {
  const blocks = new Set<BlockDefinition>([root]);
  for (const block of blocks) {
    for (const keyword of block.keywords) if (keyword.block !== null) blocks.add(keyword.block);
  }
  return [...blocks];
}

const titlesBySpelling = new Map<string, string[]>();
for (const { kind, title, keywords } of allBlocks()) {
  if (kind === 'entries') continue;
  for (const spelling of keywords.flatMap(spellingsOf)) {
    const titles = titlesBySpelling.get(spelling) ?? [];
    titlesBySpelling.set(spelling, [...titles, title]);
  }
}

/** The titles of the blocks that know a keyword. */
export function titlesOfBlocksWith(spelling: string): readonly string[] {
  return titlesBySpelling.get(spelling) ?? [];
}
