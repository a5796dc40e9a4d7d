/** `side_channel`: Baton's own. keepalived passes over its lines, one by one. */
import { integer, ip, text } from './argument-type.ts';
import { acted, keywordBlock, optional, required } from './keyword.ts';

const port = integer(1, 65_535);

/** keepalived looks up each word in its table of root keywords: none of these is in there. */
export const sideChannel = keywordBlock('side_channel', [
  acted(
    'address',
    [required('ADDRESS', ip)],
    "this host's own address, where it is heard and speaks from; mandatory",
  ),
  acted('port', [required('PORT', port)], 'its UDP port', { default: '8112' }),
  acted(
    'peer',
    [required('ADDRESS', ip), optional('PORT', port)],
    'another Baton; a line for each, at least one',
    { default: 'the port of this host' },
  ),
  acted(
    'key',
    [required('KEY', text)],
    'what all datagrams are signed with, 32 to 64 octets, the same on all hosts: the text ' +
      'itself, `hex:DIGITS` or `file:PATH`; mandatory',
  ),
]);
