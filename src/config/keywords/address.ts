/** A line that names an address to hold (`virtual_ipaddress` and its kin). */
import { integer, interfaceName, text, textUpTo } from './argument-type.ts';
import { acted, entryBlock, optional, required, type Keyword } from './keyword.ts';

/** The scopes that the kernel has names for. */
export const scopeNumbers: ReadonlyMap<string, number> = new Map([
  ['global', 0],
  ['site', 200],
  ['link', 253],
  ['host', 254],
  ['nowhere', 255],
]);

const addressWords: readonly Keyword[] = [
  acted('dev', [required('INTERFACE', interfaceName)], 'where it is put', {
    default: "the instance's interface",
  }),
  acted('scope', [required('SCOPE', text)], 'global, site, link, host, nowhere or 0 to 255', {
    default: 'global',
  }),
  acted('brd', [required('ADDRESS', text)], 'broadcast address; `+` sets, `-` clears host bits', {
    aliases: ['broadcast'],
  }),
  acted('label', [required('LABEL', textUpTo(15))], 'name of the address'),
  acted('peer', [required('ADDRESS[/PREFIX]', text)], 'the other end of a point-to-point link'),
  acted('home', [], 'kernel flag: a home address (mobile IPv6)'),
  acted('mngtmpaddr', [], 'kernel flag: manages temporary addresses'),
  acted('noprefixroute', [], 'kernel flag: no route for the prefix'),
  acted('autojoin', [], 'kernel flag: joins a multicast group'),
  acted('-nodad', [], 'with duplicate address detection (IPv6)'),
  acted('preferred_lft', [required('SECONDS', text)], 'preferred lifetime, or `forever`', {
    default: '0 for an IPv6 /128, else as long as it is valid',
  }),
  acted('no_track', [], 'is not put back when something else removes it'),
  acted('track_group', [required('GROUP', text)], 'for static addresses: goes down with it'),
  acted('use_vmac', [optional('NAME', text), optional('MAC', text)], 'on a macvlan of its own'),
];

const entry = 'ADDRESS[/PREFIX] [WORD ...]';

export const virtualAddresses = entryBlock('virtual_ipaddress', entry, addressWords);

export const staticAddresses = entryBlock('static_ipaddress', entry, addressWords);

export const excludedAddresses = entryBlock('virtual_ipaddress_excluded', entry, addressWords);

/** The range of the number that a scope may be, too. */
export const scopeNumber = integer(0, 255);
