// Decides whether a question may be passed on. It compares with the lists in allowed.ts and
// allowed-tools.ts, and reads a question the strict way: what could be understood in two ways is refused.
import { isName, type ObjectRef, type PodRef, type Resource } from '../core/refs.ts';
import type {
  ExecQuestion,
  HttpQuestion,
  ListQuestion,
  Question,
  TlsQuestion,
  ToolQuestion,
} from '../core/question.ts';
import type { CommandForm as Command, Get } from '../core/mesh.ts';
import { commandsOf } from './allowed-tools.ts';
import { HARMFUL, SERVERS } from './allowed.ts';

export type MovedPorts = Readonly<Record<number, number>>;

/** Why a question is not asked, in one line; `undefined` when it may be. */
export function refusal(q: Question, moved: MovedPorts = {}): string | undefined {
  switch (q.ask) {
    case 'get':
      return refuseRef(q.ref);
    case 'list':
      return refuseResource(q.resource) ?? refuseNamespace(q.namespace) ?? refuseSelectors(q);
    case 'logs':
      return refusePod(q.pod) ?? refuseContainer(q.container);
    case 'http':
      return refusePod(q.pod) ?? refuseHttp(q, moved);
    case 'exec':
      return refusePod(q.pod) ?? refuseContainer(q.container) ?? refuseExec(q, moved);
    case 'tool':
      return refuseTool(q);
    case 'tls':
      return refusePod(q.pod) ?? refuseTls(q);
    case 'prometheus':
      return refusePath(PROMETHEUS, q.path);
    case 'rules':
      return refuseNamespace(q.namespace);
    case 'can-i':
      return refuseNamespace(q.access.namespace);
    case 'server':
    case 'whoami':
    case 'peer':
      return undefined;
  }
}

/** Subresources that only show; `exec`, `portforward`, `proxy`, `token`, `attach` connect or mint. */
const SUBRESOURCES = ['status', 'scale'];

function refuseResource({ group, version, plural, kind }: Resource): string | undefined {
  const [name = '', subresource, ...more] = plural.toLowerCase().split('/');
  if (group === '' && (name === 'secrets' || kind.toLowerCase() === 'secret')) {
    return 'Secrets are never read';
  }
  if (more.length > 0 || (subresource !== undefined && !SUBRESOURCES.includes(subresource))) {
    return `${name}/${subresource ?? ''} is not a thing to read`;
  }
  const odd = [name, version].some((part) => !isName(part)) || (group !== '' && !isName(group));
  return odd ? 'this is not the name of a kind' : undefined;
}

function refuseRef({ resource, namespace, name }: ObjectRef): string | undefined {
  // Kubernetes' rule for a name in a path (apimachinery pkg/api/validation/path): RBAC allows `system:x`.
  const odd = name === '' || name === '.' || name === '..' || /[/%?#\\\s\p{Cc}]/u.test(name);
  return (
    refuseResource(resource) ??
    refuseNamespace(namespace) ??
    (odd ? 'this is not a name' : undefined)
  );
}

function refuseNamespace(namespace: string | undefined): string | undefined {
  return namespace === undefined || isName(namespace) ? undefined : 'this is not a namespace';
}

/** Selectors have none of the characters that could end a query parameter and begin another. */
function refuseSelectors({ labels = '', fields = '' }: ListQuestion): string | undefined {
  return /^[\w./:=!,() -]*$/.test(labels + fields) ? undefined : 'this is not a selector';
}

function refusePod({ namespace, name }: PodRef): string | undefined {
  return isName(namespace) && isName(name) ? undefined : 'this is not the name of a pod';
}

function refuseContainer(container: string): string | undefined {
  return isName(container) ? undefined : 'this is not the name of a container';
}

function refuseHttp({ port, path }: HttpQuestion, moved: MovedPorts): string | undefined {
  return refusePath(Object.hasOwn(moved, port) ? (moved[port] ?? port) : port, path);
}

/** Stands for the server that the user named, whatever port it has. */
const PROMETHEUS = 9090;

/** Ports that present certificates: Linkerd's admin port a proxy's own identity, 8443 and 8089 what its webhooks and tap serve. */
const IDENTITY_PORTS = [4191, 8443, 8089];

function refuseTls({ port, serverName }: TlsQuestion): string | undefined {
  if (!IDENTITY_PORTS.includes(port)) return `port ${port} is not one that may be asked`;
  return isName(serverName) ? undefined : 'this is not the name of an identity';
}

function refusePath(port: number, target: string): string | undefined {
  const gets = SERVERS.find((server) => server.ports.includes(port))?.gets;
  if (gets === undefined) return `port ${port} is not one that may be asked`;
  const why = HARMFUL.find(({ path }) => path.test(decoded(target)))?.why;
  const [path, query] = split(target);
  const get = gets.find((known) => known.path === path);
  const fault = get === undefined ? 'it is not on the list of reads' : queryFault(get, query);
  return fault && `GET ${path.slice(0, 80)} at port ${port} is not asked: ${why ?? fault}`;
}

function split(target: string): readonly [string, string | undefined] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)];
}

function queryFault(get: Get, query: string | undefined): string | undefined {
  const given = query === undefined || query === '' ? [] : query.split('&');
  const seen = new Set<string>();
  for (const part of given) {
    const mark = part.indexOf('=');
    const key = mark < 0 ? part : part.slice(0, mark);
    const pattern = get.params && Object.hasOwn(get.params, key) ? get.params[key] : undefined;
    if (pattern === undefined || seen.has(key)) return `it may not carry this parameter`;
    // A second `?`, a `;` or a `#` mean different things to different servers.
    const raw = mark < 0 ? '' : part.slice(mark + 1);
    if (/[?;#\\]|[^\x21-\x7e]/.test(raw)) return `the value of ${key} is not plainly encoded`;
    const value = decodeOnce(raw);
    if (value === undefined || !pattern.test(value)) return `${key} may not have this value`;
    seen.add(key);
  }
  const bare = get.oneOf !== undefined && !get.oneOf.some((key) => seen.has(key));
  return bare ? `it needs one of ${get.oneOf.join(', ')}` : undefined;
}

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** For the reason only: as a server might understand it in the end. */
function decoded(text: string): string {
  return decodeOnce(text) ?? text;
}

const AGENTS: Readonly<Record<string, number>> = { 'pilot-agent': 15000, 'pilot-discovery': 15014 };

/** `pilot-agent request GET PATH [--debug-port PORT]`, `pilot-discovery request GET PATH`. */
function refuseExec({ argv }: ExecQuestion, moved: MovedPorts): string | undefined {
  const [program = '', request, verb, path = '', ...rest] = argv;
  const agentPort = Object.hasOwn(AGENTS, program) ? AGENTS[program] : undefined;
  if (agentPort === undefined || request !== 'request' || verb !== 'GET') {
    return 'of commands in a container, only `pilot-agent request GET` and `pilot-discovery request GET` are run';
  }
  const port = rest.length === 0 ? agentPort : debugPort(program, rest);
  if (port === undefined) return `${program} request takes no such arguments here`;
  // Both programs take paths without the first slash: `stats?filter=...`.
  const target = path.startsWith('/') ? path : `/${path}`;
  return refusePath(Object.hasOwn(moved, port) ? (moved[port] ?? port) : port, target);
}

function debugPort(program: string, rest: readonly string[]): number | undefined {
  const text = rest.join('=');
  const port = /^--debug-port=(\d{4,5})$/.exec(text)?.[1];
  return program === 'pilot-agent' && rest.length <= 2 && port !== undefined
    ? Number(port)
    : undefined;
}

function refuseTool({ tool, args }: ToolQuestion): string | undefined {
  const commands = commandsOf(tool);
  const faults = commands
    .filter((command) => startsWith(command, args))
    .map((command) => argsFault(command, args.slice(command.words.length)));
  if (faults.includes(undefined)) return undefined;
  const shown = args.slice(0, 2).join(' ').slice(0, 80);
  return `${tool} ${shown} is not run: ${faults[0] ?? 'it is not on the list of reads'}`;
}

function startsWith({ words }: Command, args: readonly string[]): boolean {
  return words.every((word, i) => word.split('|').includes(args[i] ?? ''));
}

function argsFault(command: Command, args: readonly string[]): string | undefined {
  const positional: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) {
      positional.push(arg);
      continue;
    }
    const [flag, inline] = splitFlag(arg);
    const pattern =
      command.flags && Object.hasOwn(command.flags, flag) ? command.flags[flag] : undefined;
    if (pattern === undefined) return `the flag ${flag.slice(0, 40)} is not on the list`;
    if (pattern === null) {
      if (inline !== undefined) return `${flag} takes no value`;
    } else if (!pattern.test(inline ?? args[++i] ?? '')) return `${flag} may not have this value`;
  }
  return positionalFault(command, positional);
}

function splitFlag(arg: string): readonly [string, string | undefined] {
  const mark = arg.indexOf('=');
  return mark < 0 ? [arg, undefined] : [arg.slice(0, mark), arg.slice(mark + 1)];
}

function positionalFault(command: Command, given: readonly string[]): string | undefined {
  const takes = command.takes ?? [];
  if (given.length > takes.length) return 'it is not given that many arguments';
  if (given.length < (command.atLeast ?? takes.length)) return 'an argument is missing';
  const odd = given.some((text, i) => !takes[i]?.test(text));
  if (odd) return 'an argument is not the name of a thing';
  return command.debugPath ? refusePath(15014, `/debug/${given[0] ?? ''}`) : undefined;
}
