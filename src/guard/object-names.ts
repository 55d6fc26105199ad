// The one reader of names. What an API server would never have stored came from none, or from a case that somebody
// wrote: such an answer is not believed, so it is a gap, and no name in it is printed or stands in a command. The rules
// are Kubernetes' own (core/names.ts). What it lets anybody write, the name of an owner or a host in a custom resource
// say, is held where commands are made (core/argv.ts).
import { isLabelKey, isLabelName, isLabelValue, isOneLine } from '../core/names.ts';
import { isPathName, isPortName, isPrefixOf } from '../core/names.ts';
import type { Json, JsonObject } from '../core/object.ts';
import type {
  Listed,
  Question,
  RulesAnswer,
  ServerAnswer,
  WhoamiAnswer,
} from '../core/question.ts';
import { isName } from '../core/refs.ts';
import { isMap } from './objects.ts';

type Rule = (text: string) => boolean;

/** Why an answer cannot be believed, in one line; `undefined` when every name in it is one. */
export function oddNames(question: Question, value: unknown): string | undefined {
  switch (question.ask) {
    case 'get':
      return said(oddObject(value as Json, question.ref.resource.kind), 'the object has');
    case 'list': {
      const { kind } = question.resource;
      const odd = (value as Listed).items.map((item) => oddObject(item as unknown as Json, kind));
      return said(
        odd.find((one) => one !== undefined),
        'an object in the list has',
      );
    }
    case 'server':
      return isVersion((value as ServerAnswer).gitVersion)
        ? undefined
        : 'what the server gave for its version is none';
    case 'whoami': {
      const { user, groups } = value as WhoamiAnswer;
      return [user, ...groups].every(isOneLine)
        ? undefined
        : 'the name of a user or a group holds invisible characters';
    }
    case 'rules':
      return (value as RulesAnswer).rules.flatMap(wordsOf).every(isOneLine)
        ? undefined
        : 'a rule holds invisible characters';
    case 'logs':
    case 'http':
    case 'prometheus':
    case 'exec':
    case 'tool':
    case 'tls':
    case 'peer':
    case 'can-i':
      return undefined;
  }
}

function said(what: string | undefined, whose: string): string | undefined {
  return what && `${whose} ${what} that Kubernetes does not allow`;
}

function wordsOf(rule: RulesAnswer['rules'][number]): readonly string[] {
  return [...rule.verbs, ...rule.groups, ...rule.resources, ...rule.names];
}

/** `v1.36.3`, `v1.31.2+k3s1`, `v1.30.4-gke.1348000` (k8s.io/apimachinery pkg/version, semver.org). */
function isVersion(text: unknown): boolean {
  return typeof text === 'string' && /^v?\d{1,4}\.\d{1,4}[\w.+~-]{0,100}$/.test(text);
}

/**
 * Kinds whose names need only fit into a path: RBAC's (pkg/apis/rbac/validation ValidateRBACName), `v1.` of an APIService
 * (kube-aggregator ValidateAPIServiceName), the address that names an IPAddress, and what is stored as it is reported.
 */
const PATH_NAMED = new Set([
  ...['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  ...['APIService', 'IPAddress', 'Event', 'User', 'Group', 'Identity'],
]);
/** (ValidateNamespaceName) */
const LABEL_NAMED = new Set(['Namespace', 'Service']);

function nameRule(kind: string): Rule {
  if (PATH_NAMED.has(kind)) return isPathName;
  return LABEL_NAMED.has(kind) ? isLabelName : isName;
}

/** What is odd in an object, as a noun: "a name". Items of a list come without their kind. */
function oddObject(object: Json, listed: string): string | undefined {
  if (!isMap(object)) return 'no fields: it is nothing';
  const kind = typeof object['kind'] === 'string' ? object['kind'] : listed;
  const { metadata } = object;
  if (!isMap(metadata)) return 'a name';
  return oddMeta(metadata, nameRule(kind)) ?? oddSpec(object, kind);
}

function oddMeta(metadata: JsonObject, isRule: Rule): string | undefined {
  const { name, namespace, generateName, labels, annotations } = metadata;
  if (typeof name !== 'string' || !isRule(name)) return 'a name';
  if (odd(namespace, isLabelName)) return 'a namespace';
  if (odd(generateName, (text) => isPrefixOf(isRule, text))) return 'a name';
  return oddLabels(labels) ?? oddAnnotations(annotations);
}

/** The server leaves out what is empty. */
function odd(value: Json | undefined, isRule: Rule): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'string' || !isRule(value);
}

function oddLabels(labels: Json | undefined): string | undefined {
  if (labels === undefined || labels === null) return undefined;
  if (!isMap(labels)) return 'labels';
  const whole = Object.entries(labels).every(
    ([key, value]) => isLabelKey(key) && typeof value === 'string' && isLabelValue(value),
  );
  return whole ? undefined : 'a label';
}

/** Their keys are names whose case does not matter (ValidateAnnotations); their values are anything in a string. */
function oddAnnotations(annotations: Json | undefined): string | undefined {
  if (annotations === undefined || annotations === null) return undefined;
  if (!isMap(annotations)) return 'annotations';
  const whole = Object.entries(annotations).every(
    ([key, value]) => isLabelKey(key.toLowerCase()) && typeof value === 'string',
  );
  return whole ? undefined : 'an annotation';
}

/** Where a kind holds the pods that it is, or makes. */
const POD_AT: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

function oddSpec(object: JsonObject, kind: string): string | undefined {
  if (kind === 'Service') return oddService(object);
  const path = Object.hasOwn(POD_AT, kind) ? POD_AT[kind] : undefined;
  if (path === undefined) return undefined;
  const pod = path.reduce<Json | undefined>((at, key) => (isMap(at) ? at[key] : undefined), object);
  if (!isMap(pod)) return undefined;
  const { metadata, spec } = pod;
  return (
    (isMap(metadata) ? oddLabels(metadata['labels']) : undefined) ??
    (isMap(spec) ? oddPod(spec) : undefined)
  );
}

/** (ValidatePodSpec) */
function oddPod(spec: JsonObject): string | undefined {
  if (odd(spec['nodeName'], isName)) return 'the name of a node';
  const accounts = [spec['serviceAccountName'], spec['serviceAccount']];
  if (accounts.some((one) => odd(one, isName))) return 'the name of a service account';
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    listIn(spec, key),
  );
  if (!containers.every((one) => isNamed(one, isLabelName))) return 'the name of a container';
  if (!listIn(spec, 'volumes').every((one) => isNamed(one, isLabelName)))
    return 'the name of a volume';
  return oddPorts(containers.flatMap((one) => (isMap(one) ? listIn(one, 'ports') : [])));
}

function oddService({ spec }: JsonObject): string | undefined {
  if (!isMap(spec)) return undefined;
  const ports = listIn(spec, 'ports');
  // Of a Service's port the name is a label (ValidateService), of a container's it is shorter.
  const named = ports.every((port) => isMap(port) && !odd(port['name'], isLabelName));
  const aimed = ports.every((port) => isMap(port) && isTarget(port['targetPort']));
  if (!named || !aimed) return 'the name of a port';
  return oddLabels(spec['selector']);
}

function isTarget(port: Json | undefined): boolean {
  return typeof port === 'number' || !odd(port, (text) => isPortName(text) || /^\d+$/.test(text));
}

function oddPorts(ports: readonly Json[]): string | undefined {
  const whole = ports.every((port) => isMap(port) && !odd(port['name'], isPortName));
  return whole ? undefined : 'the name of a port';
}

function isNamed(item: Json, isRule: Rule): boolean {
  return isMap(item) && typeof item['name'] === 'string' && isRule(item['name']);
}

function listIn(parent: JsonObject, key: string): readonly Json[] {
  const value = parent[key];
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
