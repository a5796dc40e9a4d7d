/** Configurations: any text gives a Config and diagnostics, soon, with places, without secrets. */
import { formatDiagnostic, type Span } from '../../src/config/diagnostic.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import { loadText } from '../config/memory-files.ts';
import { verdictCorpus } from '../interop/verdict-corpus.ts';
import type { FuzzTarget } from './campaign.ts';
import { configurationCases } from './corpus.ts';
import { promise } from './promise.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const octetsOf = (text: string): Uint8Array => encoder.encode(text);

/** Secrets that nothing else in the corpus is called, and a line that holds each. */
const password = 'Zq7Secret';
const key = 'Yk4SecretOfThirtyTwoOctetsAndMore';
const secrets = [
  { secret: password, line: new RegExp(`^[ \\t]*auth_pass[ \\t]+${password}$`, 'm') },
  { secret: key, line: new RegExp(`^[ \\t]*k\\w{1,3}[ \\t]+(?:\\w+[ \\t]+)?${key}$`, 'm') },
];

const withSecret = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  authentication {
    auth_type PASS
    auth_pass ${password}
  }
  auth_hmac {
    key 1 ${key}
  }
  virtual_ipaddress { 192.0.2.5/24 dev eth0 label eth0:1 }
}
`;

const language = `$NAME=VI_1
$LINES= \\
  priority 100 \\
  advert_int 1
~SEQ(n, 1, 3) vrrp_script s$n { script "/bin/true" }
@host-a state MASTER
include other/*.conf
vrrp_instance $NAME { $LINES
virtual_ipaddress { 192.0.2.{1,2,3} ~LST(i, 4, 5) 192.0.2.$i } }
`;

/** The words and signs that the corpus is made of: mutation by what means something. */
function wordsOf(texts: readonly string[]): readonly Uint8Array[] {
  const words = new Set(texts.flatMap((text) => text.match(/[\w.:/]+|[^\w\s]/g) ?? []));
  const more = [
    '\n',
    '{\n',
    '\n}\n',
    ' ',
    '\\\n',
    '"',
    "'",
    '~SEQ(x, 1, 99999)',
    '${',
    '$',
    '\u0000',
  ];
  return [...words, ...more].filter((word) => word !== password && word !== key).map(octetsOf);
}

const texts = [
  ...configurationCases(),
  ...verdictCorpus.map(({ text }) => text),
  withSecret,
  language,
];

export const configTarget: FuzzTarget = {
  name: 'config',
  corpus: texts.map(octetsOf),
  words: wordsOf(texts),
  limitOctets: 8_192,
  limitMs: 1_000,
  run(octets) {
    const loaded = loadText(octets);
    for (const { span } of loaded.diagnostics) if (span !== null) checkSpan(span, loaded);
    checkSecrets(decoder.decode(octets), loaded);
    const codes = new Set(loaded.diagnostics.map(({ code }) => code));
    const { instances } = loaded.config;
    return `${[...codes].sort().join(' ')} ${String(instances.length)}`;
  },
};

function checkSpan(span: Span, { files }: LoadedConfig): void {
  const line = files.get(span.file)?.[span.line - 1];
  const end = span.column - 1 + span.length;
  const within = line !== undefined && span.column >= 1 && span.length >= 0 && end <= line.length;
  // One place behind the last character: what is missing there.
  const behind = line !== undefined && span.column === line.length + 1 && span.length <= 1;
  promise(within || behind, 'a place lies in the text', () => JSON.stringify(span));
}

/** Only where the secret still stands where one does, and nowhere else. */
function checkSecrets(text: string, { diagnostics, files }: LoadedConfig): void {
  for (const { secret, line } of secrets) {
    if (text.split(secret).length !== 2 || !line.test(text)) continue;
    for (const diagnostic of diagnostics) {
      const told = formatDiagnostic(diagnostic, files);
      promise(!told.includes(secret), 'no diagnostic tells a secret', () => told);
    }
  }
}
