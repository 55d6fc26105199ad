// How the work for an input grows with its length: what takes ten times the input may take fifteen times the work.

/** Ten times the input, at most so many times the work. */
const MOST = 15;
const RUNS = 1;
const MANY = 8;

export type Growth = {
  /** Milliseconds this process worked for the input, and for ten times that. A busy machine takes longer, and works no more. */
  readonly small: number;
  readonly large: number;
  readonly isLinear: boolean;
};

/** `floorMs`: less than this is noise, and fast enough. */
export async function growthOf(
  work: (size: number) => unknown,
  size: number,
  floorMs: number,
): Promise<Growth> {
  await work(size);
  let large = await worked(work, 10 * size);
  if (large < floorMs) return { small: 0, large, isLinear: true };
  let small = Infinity;
  const isLinear = () => large <= MOST * Math.max(small, floorMs / MOST);
  // The least of several: what else the process does (it collects garbage, it compiles) only adds.
  for (let run = 0; run < RUNS || (run < MANY && !isLinear()); run++) {
    small = Math.min(small, await worked(work, size));
    if (!isLinear()) large = Math.min(large, await worked(work, 10 * size));
  }
  return { small, large, isLinear: isLinear() };
}

async function worked(work: (size: number) => unknown, size: number): Promise<number> {
  const before = process.cpuUsage();
  await work(size);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What has made patterns slow: beginnings without an end, runs of one thing, and the syntax of what meshes print. */
export const attacks: readonly string[] = [
  ...[
    'a',
    'A',
    '0',
    '_',
    ' ',
    '\t',
    '.',
    '-',
    '/',
    ':',
    ',',
    ';',
    '=',
    '?',
    '#',
    '@',
    '%',
    '|',
    '*',
  ],
  ...['"', "'", '\\', '\\"', '\\\\"', '""', '","', '\n', '\r\n', '\\n', ' \n', '\u00a0'],
  ...[
    '{',
    '[',
    '(',
    '}',
    ']',
    ')',
    '{}',
    '[]',
    '{}\n',
    '{"a":',
    '[[',
    '{"a":"b"},',
    '[1],',
    '{ "a": 1 }\n',
  ],
  ...[
    'a.',
    'a-',
    'a_',
    'a/',
    'a:',
    'a=',
    'a,',
    'a ',
    'a@',
    'a\n',
    '0.',
    '0s',
    '1m',
    '10.0.0.1 ',
    'a.b.c ',
    'A_',
  ],
  ...[
    'token="',
    'token=',
    'token: ',
    'secret: ',
    'password=',
    '--token ',
    '--token',
    'x-api-key:',
    'key',
    '-p',
  ],
  ...[
    'authorization: ',
    'authorization: Bearer ',
    'Bearer ',
    'Basic ',
    'cookie: a;',
    'cookie: a=b; ',
    'Digest a="b",',
  ],
  ...[
    'eyJ',
    'a.eyJ',
    'eyJhbGciOi.',
    'eyJhbGciOi.eyJhbGciOi',
    '://',
    '://a',
    'http://a:b',
    'http://a@',
    '?a=',
    '&a=b',
    '?a',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----\n',
    '-----END PRIVATE KEY-----\n',
    '-----BEGIN ',
    '-----BEGIN A A A ',
    'A\n',
    '\nAAAA',
  ],
  ...[
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA\n',
    'QUFB',
    'W3JlZGFjdGVkXQ==',
    '[hidden #1]',
    '[hidden #',
    '[hidden',
  ],
  ...[
    'cluster.a.b: 1\n',
    'a::b::c\n',
    'a{b="c"} 1\n',
    'a{b="',
    'a{',
    '# TYPE a\n',
    'a 1\n',
    'a    b\n',
    '__',
    '${',
    '{{',
    '<',
  ],
  ...[
    'kind: Config\n',
    'users:',
    'a: |\n  ',
    '- a\n',
    '  a: b\n',
    '&a [',
    '*a ',
    '? ',
    '!!a ',
    'data: ',
  ],
  ...[
    'outbound|80||a;',
    'spiffe://a/ns/b/sa/c ',
    '2026-11-21T05:08:07Z ',
    '[2026-11-21',
    "''",
    "'a','b'",
    "'token', '",
  ],
  ...[
    'failed calling webhook "a": ',
    'admission webhook "',
    'violates PodSecurity "a": ',
    'virtualInbound',
    '...',
    'é',
    '\ud83d',
  ],
];
