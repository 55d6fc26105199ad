// The objects a fake API server holds, and how it answers GETs about them.

export type FakeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
};
export type Answer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly text: string };

/** What a request path asks for. */
type Asked = {
  readonly group: string;
  readonly version: string;
  readonly namespace?: string | undefined;
  readonly plural: string;
  readonly name?: string | undefined;
};

/** Answers a GET of the objects' API, or `undefined` for a path that is none. */
export function answerFrom(
  objects: readonly FakeObject[],
  resources: readonly string[],
  url: URL,
): Answer | undefined {
  const group = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname);
  if (group?.[1]) return discovery(objects, group[1], group[2]);
  const asked = parse(url.pathname);
  if (!asked) return undefined;
  const apiVersion = asked.group === '' ? asked.version : `${asked.group}/${asked.version}`;
  const served =
    resources.includes(`${apiVersion}/${asked.plural}`) ||
    objects.some((o) => o.apiVersion === apiVersion && plural(o.kind) === asked.plural);
  if (!served) return { status: 404, text: '404 page not found\n' };
  const found = objects.filter(
    (o) =>
      o.apiVersion === apiVersion &&
      plural(o.kind) === asked.plural &&
      (asked.namespace === undefined || o.metadata.namespace === asked.namespace),
  );
  if (asked.name === undefined) return list(found, apiVersion, asked, url.searchParams);
  const one = found.find((o) => o.metadata.name === asked.name);
  return one ? { status: 200, json: one } : notFound(asked);
}

function parse(path: string): Asked | undefined {
  const parts =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?$/.exec(
      path,
    );
  if (!parts?.[2] || !parts[4]) return undefined;
  const [, group = '', version, namespace, kind, name] = parts.map(
    (p) => p && decodeURIComponent(p),
  );
  return { group, version: version ?? '', namespace, plural: kind ?? '', name };
}

function list(
  found: readonly FakeObject[],
  apiVersion: string,
  asked: Asked,
  query: URLSearchParams,
): Answer {
  const matching = found.filter(
    (o) =>
      selected(query.get('labelSelector'), (key) => labelOf(o, key)) &&
      selected(query.get('fieldSelector'), (key) => fieldOf(o, key)),
  );
  const from = Number(query.get('continue') ?? 0);
  const to = from + Number(query.get('limit') ?? Infinity);
  const metadata = {
    resourceVersion: '1',
    ...(to < matching.length
      ? { continue: String(to), remainingItemCount: matching.length - to }
      : {}),
  };
  const items = matching.slice(from, to).map(withoutType);
  const kind = `${found[0]?.kind ?? kindOf(asked.plural)}List`;
  return {
    status: 200,
    json: { apiVersion, kind, metadata, items: items.length > 0 ? items : null },
  };
}

/** Of resources that the tests serve without an object. */
function kindOf(asked: string): string {
  const kinds = ['Pod', 'Namespace', 'Event', 'Service', 'Deployment', 'ReplicaSet', 'Gateway'];
  return kinds.find((kind) => plural(kind) === asked) ?? asked;
}

/** The items of a list carry neither `apiVersion` nor `kind`. */
function withoutType(object: FakeObject): object {
  return Object.fromEntries(
    Object.entries(object).filter(([field]) => field !== 'apiVersion' && field !== 'kind'),
  );
}

/** `a=b,c!=d,e`: as much of the selector language as the tests need. */
function selected(selector: string | null, valueOf: (key: string) => string | undefined): boolean {
  if (!selector) return true;
  return selector.split(',').every((term) => {
    const [, key = '', operator, value] = /^([^!=]+)(!=|==?)?(.*)$/.exec(term) ?? [];
    if (!operator) return valueOf(key) !== undefined;
    return (valueOf(key) === value) === (operator !== '!=');
  });
}

function labelOf(o: FakeObject, key: string): string | undefined {
  return (o.metadata.labels as Record<string, string> | undefined)?.[key];
}

function fieldOf(o: FakeObject, path: string): string | undefined {
  let value: unknown = o;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === 'string' ? value : undefined;
}

function discovery(objects: readonly FakeObject[], group: string, version?: string): Answer {
  const kinds = objects.filter((o) => o.apiVersion.startsWith(`${group}/`));
  const versions = [...new Set(kinds.map((o) => o.apiVersion))].toSorted();
  if (versions.length === 0) return { status: 404, text: '404 page not found\n' };
  if (version === undefined) {
    const named = versions.map((v) => ({ groupVersion: v, version: v.slice(group.length + 1) }));
    return {
      status: 200,
      json: { kind: 'APIGroup', apiVersion: 'v1', name: group, versions: named },
    };
  }
  const served = kinds.filter((o) => o.apiVersion === `${group}/${version}`);
  const names = [...new Set(served.map((o) => plural(o.kind)))].map((name) => ({ name }));
  return { status: 200, json: { kind: 'APIResourceList', resources: names } };
}

function notFound(asked: Asked): Answer {
  const message = `${asked.plural} "${asked.name}" not found`;
  return { status: 404, json: status(404, 'NotFound', message) };
}

/** The API server's own error object. */
export function status(code: number, reason: string, message: string): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  };
}

/** As the kinds of the core API and of the meshes are spelt. */
export function plural(kind: string): string {
  const word = kind.toLowerCase();
  if (word === 'endpoints') return word;
  if (word.endsWith('s')) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
