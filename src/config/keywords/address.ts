/** A line that names an address to hold (`virtual_ipaddress` and its kin). */
import { integer, interfaceName, text, textUpTo } from './argument-type.ts';
import { acted, entryBlock, later, optional, required, type Keyword } from './keyword.ts';

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
  later('peer', [required('ADDRESS[/PREFIX]', text)], 'the other end of a point-to-point link'),
  later('home', [], 'kernel flag: a home address (mobile IPv6)'),
  later('mngtmpaddr', [], 'kernel flag: manages temporary addresses'),
  later('noprefixroute', [], 'kernel flag: no route for the prefix'),
  later('autojoin', [], 'kernel flag: joins a multicast group'),
  later('-nodad', [], 'with duplicate address detection (IPv6)'),
  later('preferred_lft', [required('SECONDS', text)], 'preferred lifetime, or `forever`', {
    default: '0 for IPv6',
  }),
  later('no_track', [], 'is not put back when something else removes it'),
  later('track_group', [required('GROUP', text)], 'for static addresses: goes down with it'),
  later('use_vmac', [optional('NAME', text), optional('MAC', text)], 'on a macvlan of its own'),
];

const entry = 'ADDRESS[/PREFIX] [WORD ...]';

export const virtualAddresses = entryBlock('virtual_ipaddress', entry, addressWords);

export const staticAddresses = entryBlock('static_ipaddress', entry);

export const excludedAddresses = entryBlock('virtual_ipaddress_excluded', entry);

/** The range of the number that a scope may be, too. */
export const scopeNumber = integer(0, 255);
