// Names that end in `key`: `STRIPE_KEY`, `x-edge-key`, `routingKey` are called by what the key opens, while a key of a
// map, of a list or of a certificate is called by what it stands for.

const KEY = /[-_](?:key|Key|KEY)$|[a-z0-9]Key$/;
const WRITTEN_TOGETHER = /(?:write|app|admin|master|ingest|deploy)key$/i;
/** What stands before `key` where it is no credential. */
const NO_SECRET = [
  'public|pub|verify(?:ing)?|verification|server|client|tls|ssl|ca|cert|certificate|pem|x509|root|host|authority|subject',
  'hash|partition|primary|sort|foreign|cache|metadata|descriptor|generic|stats?|label|annotation|topology|metrics?|tag',
  'attribute|claim|header|object|map|lookup|query|param(?:eter)?|config|config-?map|filter|row|column|unique|composite',
  'index|search|group|order|field|property|prop|env|variable|entry|first|last|next|prev|max|min|name|resource|route',
  'domain|path|any|no|not|each|this|that|the|hot|num|null|empty|missing|unknown|invalid|duplicate|selector|dynamic',
  'input|output|context|trace|state|idempotency|limit|rate|rate-?limit|bucket|shard|lock|translation|message|sub|parent',
  'child|nested|default|ref|factory|extension|websocket|cluster|node|pod|namespace|service-?port|endpoint|priority|weight',
  'locality|zone|region|version|type|kind|event|correlation|dedup|watch|file|data|string|json|yaml|s3|storage-?object',
  'registry|tenant-?id|element|item|value|secret-?ref|secret-?key|config-?ref|on|by|with|has|get|set|is',
].join('|');
const OF_A_MAP = new RegExp(`(?:^|[^a-z0-9])(?:${NO_SECRET})[-_. ]?key$`, 'i');
const CAMEL = /([a-z0-9])([A-Z])/g;

/** `STRIPE_KEY`, `x-edge-key`, `routingKey`; not `hash_key`. */
export function isKeyName(name: string): boolean {
  return (
    (KEY.test(name) || WRITTEN_TOGETHER.test(name)) && !OF_A_MAP.test(name.replace(CAMEL, '$1-$2'))
  );
}

/** Nothing else is called by such a name, so that its value is hidden if it is a word. */
const ALOUD = /^x-|^[A-Z0-9_]+$/;
const WORDS = /^[a-z]+(?:[-_.][a-z]+)*$/;
const LABEL = /^(?:[a-z][a-z0-9-]*\.)+[a-z][a-z0-9-]*(?:\/[\w./-]+)?$|^\/[\w./-]+$|^x-[a-z-]+$/;

/** The value under such a name that says which key of a map is meant: `kubernetes.io/hostname`, `envoy.lb`. */
export function isKeyOfMap(name: string, value: string): boolean {
  return LABEL.test(value) || (!ALOUD.test(name) && WORDS.test(value));
}
