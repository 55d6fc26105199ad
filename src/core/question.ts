// Everything meshdoc can ask, as data. A question has one canonical line of text: its key in the memo, its
// name in a saved case, and what a sweep denies. There is no question that writes.
import type { KubeObject } from './object.ts';
import { resourceName, type ObjectRef, type PodRef, type Resource } from './refs.ts';

export type Question =
  | GetQuestion
  | ListQuestion
  | LogsQuestion
  | HttpQuestion
  | ExecQuestion
  | ToolQuestion
  | TlsQuestion
  | PrometheusQuestion
  | ServerQuestion
  | SelfQuestion
  | PeerQuestion;

export type GetQuestion = { readonly ask: 'get'; readonly ref: ObjectRef };
export type ListQuestion = {
  readonly ask: 'list';
  readonly resource: Resource;
  /** Every namespace when absent. */
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
  /** Stop after this many items; the answer then says `more`. */
  readonly limit?: number | undefined;
};
/** A regular expression and its name. */
export type Filter = { readonly name: string; readonly pattern: string };
export type LogsQuestion = {
  readonly ask: 'logs';
  readonly pod: PodRef;
  readonly container: string;
  readonly previous?: boolean | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly tailLines: number;
  /** Keep only lines that match; applied before anything is kept. */
  readonly match?: Filter | undefined;
};
/** An HTTP GET to a port inside a pod, through the API server's port-forward (it arrives from loopback). */
export type HttpQuestion = {
  readonly ask: 'http';
  readonly pod: PodRef;
  readonly port: number;
  readonly path: string;
  /** What the query asks for, in a word: stands for it in the question's text. */
  readonly query?: string | undefined;
  /** The second, third... sample of something that changes; each is a question of its own. */
  readonly sample?: number | undefined;
  /** Read no more than this; what is cut ends in the middle of a line. */
  readonly maxBytes?: number | undefined;
};
/** A command inside a container, from the guard's closed list of reads. */
export type ExecQuestion = {
  readonly ask: 'exec';
  readonly pod: PodRef;
  readonly container: string;
  readonly argv: readonly string[];
  /** As for HTTP: a word for the query in the last argument. */
  readonly query?: string | undefined;
  readonly sample?: number | undefined;
};
/** A program on the PATH; context, kubeconfig and identity are added by the adapter. */
export type ToolQuestion = {
  readonly ask: 'tool';
  /** kubectl, or a program of a mesh's record. */
  readonly tool: string;
  readonly args: readonly string[];
  /** Does not talk to the cluster, so it gets no kubeconfig (`version --remote=false`). */
  readonly local?: boolean | undefined;
};
/**
 * The certificates that a port inside a pod presents, through the API server's port-forward. They are read, not verified:
 * whether they are good is what is asked.
 */
export type TlsQuestion = {
  readonly ask: 'tls';
  readonly pod: PodRef;
  readonly port: number;
  /** The name in SNI: a proxy answers to its own identity alone. */
  readonly serverName: string;
};
/** An HTTP GET to the Prometheus whose address the user gave. */
export type PrometheusQuestion = {
  readonly ask: 'prometheus';
  readonly path: string;
  /** As for HTTP: a word for the query. */
  readonly query?: string | undefined;
  readonly maxBytes?: number | undefined;
};
/** The API server's own version: also the cheapest proof that it answers and knows us. */
export type ServerQuestion = { readonly ask: 'server' };

/**
 * What the API server says of ourselves: whom it takes us for, what we may do in a namespace as far as it can list that,
 * and whether we may do one thing. Reviews are `create`s that store nothing and change nothing.
 */
export type SelfQuestion = WhoamiQuestion | RulesQuestion | CanIQuestion;
export type WhoamiQuestion = { readonly ask: 'whoami' };
export type RulesQuestion = { readonly ask: 'rules'; readonly namespace: string };
export type CanIQuestion = {
  readonly ask: 'can-i';
  readonly access: Access;
  /** One object; any when absent. */
  readonly name?: string | undefined;
};
/** The certificates that whatever answers at the server's address presents. Not verified, and nothing is sent there. */
export type PeerQuestion = { readonly ask: 'peer' };

export type AnswerTo<Q extends Question> = Q extends GetQuestion
  ? KubeObject
  : Q extends ListQuestion
    ? Listed
    : Q extends LogsQuestion
      ? readonly string[]
      : Q extends HttpQuestion
        ? HttpAnswer
        : Q extends ExecQuestion
          ? ProcessAnswer
          : Q extends ToolQuestion
            ? ProcessAnswer
            : Q extends TlsQuestion
              ? TlsAnswer
              : Q extends PrometheusQuestion
                ? HttpAnswer
                : Q extends WhoamiQuestion
                  ? WhoamiAnswer
                  : Q extends RulesQuestion
                    ? RulesAnswer
                    : Q extends CanIQuestion
                      ? CanIAnswer
                      : Q extends PeerQuestion
                        ? PeerAnswer
                        : ServerAnswer;

export type Listed = { readonly items: readonly KubeObject[]; readonly more: boolean };
/**
 * `silent`: the connection into the pod was made, and no byte came back before the deadline. That is
 * knowledge about the process behind the port (it is stopped or starved), not a failure to ask.
 * `closed`: nothing listens on the port.
 */
export type HttpAnswer =
  | { readonly is: 'answered'; readonly status: number; readonly body: string }
  | { readonly is: 'silent'; readonly waitedMs: number }
  | { readonly is: 'closed' };
/** `refused`: something answers, and ends the handshake. */
export type TlsAnswer =
  | {
      readonly is: 'answered';
      /** PEM, in the order they were presented: the leaf first. */
      readonly chain: readonly string[];
    }
  | { readonly is: 'silent'; readonly waitedMs: number }
  | { readonly is: 'closed' }
  | { readonly is: 'refused' };
export type ProcessAnswer = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};
export type ServerAnswer = {
  readonly gitVersion: string;
  /** The server's own time, milliseconds since the epoch, to the second; absent in a replay. */
  readonly date?: number | undefined;
};
export type WhoamiAnswer = { readonly user: string; readonly groups: readonly string[] };
export type RulesAnswer = {
  readonly rules: readonly {
    readonly verbs: readonly string[];
    readonly groups: readonly string[];
    readonly resources: readonly string[];
    /** Only these objects; any when empty. */
    readonly names: readonly string[];
  }[];
  /** False when the server knows that it cannot list all: what is not there may be allowed all the same. */
  readonly complete: boolean;
};
export type CanIAnswer = { readonly allowed: boolean };
/** PEM, the server's own first. */
export type PeerAnswer = { readonly chain: readonly string[] };

/** The one line that names a question, in kubectl's words where it has them. */
export function questionText(q: Question): string {
  switch (q.ask) {
    case 'get':
      return words(
        'get',
        `${resourceName(q.ref.resource)}/${q.ref.name}`,
        inNamespace(q.ref.namespace),
      );
    case 'list':
      return words(
        'list',
        resourceName(q.resource),
        q.resource.namespaced ? (q.namespace ? `-n ${q.namespace}` : '-A') : '',
        q.labels === undefined ? '' : `-l ${q.labels}`,
        q.fields === undefined ? '' : `--field-selector ${q.fields}`,
        q.limit === undefined ? '' : `--limit ${q.limit}`,
      );
    case 'logs':
      return words(
        `logs ${q.pod.name} -n ${q.pod.namespace} -c ${q.container} --tail ${q.tailLines}`,
        q.sinceSeconds === undefined ? '' : `--since ${q.sinceSeconds}s`,
        q.previous ? '--previous' : '',
        q.match === undefined ? '' : `--match ${q.match.name}`,
      );
    case 'http':
      return words(
        `http ${q.pod.namespace}/${q.pod.name}:${q.port} ${named(q.path, q.query)}`,
        sampleText(q.sample),
      );
    case 'exec':
      return words(
        `exec ${q.pod.name} -n ${q.pod.namespace} -c ${q.container} -- ${named(q.argv.join(' '), q.query)}`,
        sampleText(q.sample),
      );
    case 'tool':
      return words(q.tool, ...q.args);
    case 'tls':
      return `tls ${q.pod.namespace}/${q.pod.name}:${q.port} ${q.serverName}`;
    case 'prometheus':
      return `prometheus ${named(q.path, q.query)}`;
    case 'server':
      return 'server version';
    case 'whoami':
      return 'auth whoami';
    case 'rules':
      return `auth can-i --list -n ${q.namespace}`;
    case 'can-i':
      return words(
        `auth can-i ${q.access.verb}`,
        q.name === undefined ? q.access.resource : `${q.access.resource}/${q.name}`,
        q.access.namespace === undefined ? '-A' : `-n ${q.access.namespace}`,
      );
    case 'peer':
      return 'server certificates';
  }
}

/**
 * Saved cases are found by this text, so a filter goes by its name: it may be improved without orphaning them.
 */
function named(path: string, query: string | undefined): string {
  return query === undefined ? path : `${path.replace(/\?.*/s, '')} (${query})`;
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function inNamespace(namespace: string | undefined): string {
  return namespace ? `-n ${namespace}` : '';
}

function sampleText(sample: number | undefined): string {
  return sample === undefined || sample === 1 ? '' : `#${sample}`;
}

/** What RBAC must allow for a question: verb, resource, namespace. */
export type Access = {
  readonly verb: 'get' | 'list' | 'create';
  readonly resource: string;
  readonly namespace?: string | undefined;
};

/**
 * The permission a question needs, or `undefined` when none of the user's is involved.
 * Port-forward and exec are `create` for kubectl; a websocket upgrade is a GET, and from Kubernetes 1.35 the
 * server also checks `create` (feature AuthorizePodWebsocketUpgradeCreatePermission).
 */
export function accessFor(q: Question): Access | undefined {
  switch (q.ask) {
    case 'get':
      return { verb: 'get', resource: resourceName(q.ref.resource), namespace: q.ref.namespace };
    case 'list':
      return { verb: 'list', resource: resourceName(q.resource), namespace: q.namespace };
    case 'logs':
      return { verb: 'get', resource: 'pods/log', namespace: q.pod.namespace };
    case 'http':
    case 'tls':
      return { verb: 'create', resource: 'pods/portforward', namespace: q.pod.namespace };
    case 'exec':
      return { verb: 'create', resource: 'pods/exec', namespace: q.pod.namespace };
    case 'tool':
    case 'prometheus':
    case 'server':
    case 'whoami':
    case 'rules':
    case 'can-i':
    case 'peer':
      return undefined;
  }
}
