// Lines in which a credential stands, as logs, shells, files and requests have them: each way of writing, with
// secrets of each kind of character that it takes. Secrets are put together from halves, so that no scanner takes
// this repository for a leak.

export type Probe = { readonly line: string; readonly secret: string };

const j = (a: string, b: string): string => a + b;
const PLAIN = j('Zq8Vw2', 'Lk9Rt5');
const WORDS = j('swordfish', 'rally');
const SIGNS = j('tr0ub4', '%dor+3!');
const QUOTE = j("ab'Xq7", 'Lw2pd');
const DIGITS = j('48291', '37750');

/** `$` is where the secret stands. */
const NAMED: readonly string[] = [
  ...['password', 'DB_PASS', 'db_pw', 'db-pwd', 'passphrase', 'client_secret', 'apiKey'].flatMap(
    (name) => [`connecting with ${name}=$`, `  ${name}: $`, `got {"${name}":"$"}`],
  ),
  ...['auth_token', 'x-api-key', 'session_id', 'connection_string', 'otp', 'private_key'].flatMap(
    (name) => [`set ${name}="$" ok`, `export ${name}='$'`, `<${name}>$</${name}>`],
  ),
  'run --requirepass $ --port 6379',
  'run --client-secret $ --port 80',
  "sh -c 'export DB_PASS=$; exec /app'",
  'requirepass $',
  'name: DB_PASSWORD\nvalue: $',
  '{"name":"DB_PASS","value":"$"}',
  '{"value":"$","name":"DB_PASS"}',
  '{"password":{"value":"$"}}',
  'err {\\"token\\":\\"$\\"} end',
];
const ADDRESSES: readonly string[] = [
  'dial postgres://app:$@db.shop:5432/x failed',
  'amqp://app:$@mq.shop:5672/vhost',
  'redis://:$@cache.shop:6379/0',
  'mongodb://app:$@a.shop:27017,b.shop:27017/x',
  'GET https://app:$@api.shop/v1 401',
  'open app:$@tcp(db.shop:3306)/orders',
];
const REQUESTS: readonly string[] = [
  'GET /cart?id=$&b=true HTTP/1.1',
  'GET /cart;jsessionid=$ HTTP/1.1',
  'GET /callback?code=$ HTTP/1.1',
  'POST SAMLResponse=$&RelayState=x1y2z3',
  'authorization: SSWS $',
  'authorization: Bearer $',
  'authorization: $',
  "curl -H 'Authorization: Custom $' http://api.shop",
  'curl -u app:$ http://api.shop',
  'http --auth app:$ api.shop',
  'mysql -uroot -p$ orders',
  'redis-cli -a $ ping',
  'set-cookie: id=$; Path=/',
  'cookie: theme=dark; id=$; lang=en',
  'cookie: id="$"; lang=en',
  "'x-api-key', '$'",
  "'cookie', 'a=b; id=$'",
];
const tail = j('a1B2c3D4e5F6', 'g7H8i9J0k1L2m3N4');
const KEYS: readonly string[] = [
  ...['sk-ant-api03-', 'sk-proj-', 'whsec_', 'dop_v1_', 'hf_', 'pypi-', 'npm_', 'glpat-', 'gsk_'],
  ...[
    'sk_live_',
    'rk_test_',
    'ghp_',
    'gho_',
    'github_pat_',
    'xoxb-',
    'hvs.',
    'dckr_pat_',
    'shpat_',
  ],
].map((beginning) => beginning + tail);
const SHAPED: readonly string[] = [
  ...KEYS,
  j('SG.', `${tail}.${tail}`),
  j('hooks.slack', `.com/services/T0${tail}/B0${tail}`),
  j('discord.com/api', `/webhooks/123456789012/${tail}`),
  j('AK', 'IAABCDEFGH23456789'),
];
const AROUND: readonly string[] = ['upstream said $ is invalid', 'using $', 'x="$" y=1'];

function cross(lines: readonly string[], secrets: readonly string[]): readonly Probe[] {
  return lines.flatMap((line) =>
    secrets.map((secret) => ({ secret, line: line.replaceAll('$', () => secret) })),
  );
}

export const probes: readonly Probe[] = [
  ...cross(NAMED, [PLAIN, WORDS, SIGNS, DIGITS]),
  ...cross(
    NAMED.filter((line) => !line.includes("'")),
    [QUOTE],
  ),
  ...cross(ADDRESSES, [PLAIN, WORDS, SIGNS, DIGITS]),
  ...cross(REQUESTS, [PLAIN, j('Zq8Vw2-Lk9.', 'Rt5_Mn3'), j('f3a9c1', '7be204d6')]),
  ...cross(AROUND, SHAPED),
];
