/** The checks of a real server. */
import {
  choice,
  command,
  decimal,
  integer,
  interfaceName,
  ip,
  text,
  type ArgumentType,
} from './argument-type.ts';
import {
  keywordBlock,
  later,
  optional,
  repeated,
  required,
  type Keyword,
  type Parameter,
} from './keyword.ts';
import { switchParameters, userParameters } from './parameters.ts';

const seconds: readonly Parameter[] = [required('SECONDS', decimal())];
const port: ArgumentType = integer(1, 65_535);

const connection: readonly Keyword[] = [
  later('connect_ip', [required('ADDRESS', ip)], 'where to', { default: "the server's" }),
  later('connect_port', [required('PORT', port)], 'where to', { default: "the server's" }),
  later('bindto', [required('ADDRESS', ip)], 'source address'),
  later('bind_port', [required('PORT', port)], 'source port'),
  later('bind_if', [required('INTERFACE', interfaceName)], 'source interface'),
  later('connect_timeout', seconds, 'patience', { default: '5 s' }),
  later('fwmark', [required('MARK', integer())], 'mark of its packets'),
];

const rhythm: readonly Keyword[] = [
  later('retry', [required('COUNT', integer())], 'attempts before it is down', {
    default: '1; MISC_CHECK 0, DNS_CHECK 3',
  }),
  later('delay_before_retry', seconds, 'between two attempts', {
    default: '1 s; HTTP_GET 3 s, DNS_CHECK delay_loop',
  }),
  later('warmup', seconds, 'random delay of the first check', { default: 'delay_loop at most' }),
  later('delay_loop', seconds, 'between two checks', { default: '60 s' }),
  later('alpha', switchParameters, 'is down at first', { default: 'off' }),
  later('log_all_failures', switchParameters, 'logs each failed attempt', { default: 'off' }),
];

const network = [...connection, ...rhythm];

const url = keywordBlock('url', [
  later('path', [required('PATH', text)], 'what to get'),
  later('digest', [required('MD5', text)], 'of the body'),
  later('status_code', [repeated('N|N-M', text)], 'what is a success', { default: '200-299' }),
  later('virtualhost', [required('NAME', text)], 'for the Host header'),
  later('regex', [required('PATTERN', text)], 'what the body has to match'),
  later('regex_no_match', [], 'has to match nowhere'),
  later('regex_options', [repeated('OPTION', text)], 'options of PCRE2'),
  later('regex_min_offset', [required('BYTES', integer())], 'where the match may begin'),
  later('regex_max_offset', [required('BYTES', integer())], 'where the match may begin at last'),
  later('regex_stack', [required('START', integer()), required('MAX', integer())], 'of the JIT'),
  later('tls_compliant', switchParameters, 'insists on close_notify', { default: 'off' }),
]);

const httpGet = keywordBlock('HTTP_GET, SSL_GET', [
  later('url', [], 'is checked in turn with the others', { block: url }),
  later('virtualhost', [required('NAME', text)], 'for the Host header'),
  later('http_protocol', [required('VERSION', choice('1.0', '1.0C', '1.0c', '1.1'))], 'of HTTP', {
    default: '1.0',
  }),
  later('fast_recovery', switchParameters, 'no delay between urls at the start', {
    default: 'off',
  }),
  later('enable_sni', switchParameters, 'sends the server name', { default: 'off' }),
  later('sni_name', [required('NAME', text)], 'the server name'),
  later('tls_compliant', switchParameters, 'insists on close_notify', { default: 'off' }),
  later('nb_get_retry', [required('COUNT', integer())], 'old: see retry'),
  ...network,
]);

const recordTypes = ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA', 'RRSIG', 'DNSKEY'];

const smtpCheck = keywordBlock('SMTP_CHECK', [
  later('helo_name', [required('NAME', text)], 'name given in HELO'),
  later('host', [], 'old: one of several targets', {
    block: keywordBlock('SMTP_CHECK host', connection),
  }),
  ...network,
]);

const dnsCheck = keywordBlock('DNS_CHECK', [
  later('type', [required('TYPE', choice(...recordTypes))], 'what is asked for', {
    default: 'SOA',
  }),
  later('name', [required('NAME', text)], 'what is asked about', { default: 'the root' }),
  ...network,
]);

const miscCheck = keywordBlock('MISC_CHECK', [
  later('misc_path', [required('COMMAND', command)], 'what to run'),
  later('misc_timeout', seconds, 'how long at most', { default: 'delay_loop' }),
  later('misc_dynamic', [], 'its exit status is a weight'),
  later('user', userParameters, 'who runs it', { default: 'script_user' }),
  ...rhythm,
]);

const udpCheck = keywordBlock('UDP_CHECK', [
  later('payload', [repeated('HEX', text)], 'what is sent', { default: 'nothing' }),
  later('require_reply', [repeated('HEX', text)], 'what has to come back'),
  later('min_reply_length', [required('BYTES', integer())], 'of the reply', { default: '0' }),
  later('max_reply_length', [required('BYTES', integer())], 'of the reply', { default: '255' }),
  ...network,
]);

const fileCheck = keywordBlock('FILE_CHECK', [
  later('track_file', [required('NAME', text)], 'the file whose value counts'),
  later(
    'weight',
    [required('N', integer(-65_535, 65_535)), optional('reverse', choice('reverse', 'noreverse'))],
    'factor of the value',
  ),
]);

const bfdCheck = keywordBlock('BFD_CHECK', [
  later('name', [required('NAME', text)], 'the session that has to be up'),
  later('alpha', switchParameters, 'is down at first', { default: 'off' }),
]);

export const checkers: readonly Keyword[] = [
  later('HTTP_GET', [], 'gets pages', { block: httpGet }),
  later('SSL_GET', [], 'gets pages over TLS', { block: httpGet }),
  later('TCP_CHECK', [], 'connects', { block: keywordBlock('TCP_CHECK', network) }),
  later('SMTP_CHECK', [], 'greets a mail server', { block: smtpCheck }),
  later('DNS_CHECK', [], 'asks a name server', { block: dnsCheck }),
  later('MISC_CHECK', [], 'runs a program', { block: miscCheck }),
  later('UDP_CHECK', [], 'sends a datagram', { block: udpCheck }),
  later('PING_CHECK', [], 'sends an ICMP echo', { block: keywordBlock('PING_CHECK', network) }),
  later('FILE_CHECK', [], 'looks at a tracked file', { block: fileCheck }),
  later('BFD_CHECK', [], 'looks at a BFD session', { block: bfdCheck }),
];
