// Rules for fields of Kubernetes objects, wherever such an object stands: in a get, in istiod's
// /debug/configz, in the annotations that Envoy's node metadata repeats.
import type { Json, JsonObject } from '../core/object.ts';
import {
  isNoPassword,
  isPasswordLetter,
  isSecretFlag,
  isUserAndPassword,
  isUserFlag,
} from './arguments.ts';
import { hideInYaml } from './config-text.ts';
import { meshes } from '../meshes/meshes.ts';
import { isOpenVariable } from './env.ts';
import { isHarmless, isSecretAnnotation, isSecretFile, isSecretName } from './names.ts';
import { isMask, sized } from './tokens.ts';
import { weigh } from './weight.ts';

/** What a rule may use: how to hide, the rules for text, and the walk over what it does not know itself. */
export type Hands = {
  readonly hide: (value: string) => string;
  readonly text: (value: string) => string;
  readonly walk: (value: Json) => Json;
};
/** `undefined` when the value has not the shape the rule is for. */
type FieldRule = (value: Json, hands: Hands, parent: JsonObject) => Json | undefined;

const FIELDS: Readonly<Record<string, FieldRule>> = {
  managedFields: (value) => (isList(value) ? mapList(value, manager) : undefined),
  annotations,
  ANNOTATIONS: annotations,
  env: variables,
  proxyMetadata: variables,
  args: argv,
  command: argv,
};

const OF_KIND: Readonly<Record<string, Readonly<Record<string, FieldRule>>>> = {
  Secret: {
    data: (value) => mapStrings(value, (_, text) => sized(text, true)),
    stringData: (value) => mapStrings(value, (_, text) => sized(text)),
  },
  ConfigMap: {
    data: configData,
    binaryData: (value) => mapStrings(value, (_, text) => sized(text, true)),
  },
};

/** The safe value of a field that has a rule of its own; `undefined` when it has none. */
export function guardField(
  key: string,
  value: Json,
  parent: JsonObject | undefined,
  hands: Hands,
): Json | undefined {
  if (parent === undefined) return undefined;
  const kind = parent['kind'];
  const ofKind = typeof kind === 'string' ? own(OF_KIND, kind) : undefined;
  const rule = (ofKind && own(ofKind, key)) ?? own(FIELDS, key) ?? likeField(key);
  if (rule === undefined) return undefined;
  return weigh(value, LARGEST) > LARGEST ? '[hidden]' : rule(value, hands, parent);
}

/** As charts and operators call their own: `extraEnv`, `additionalEnv`, `envVars`, `extraArgs`. */
const VARIABLES =
  /^(?:extra|additional|custom|common|global|pod|container)[-_]?env(?:s|[-_]?vars?)?$|^env[-_]?vars$|^envs$/i;
const ARGUMENTS =
  /^(?:extra|additional|custom|common|container|server|agent)[-_]?(?:args?|arguments|flags)$|^arguments$/i;

function likeField(key: string): FieldRule | undefined {
  if (VARIABLES.test(key)) return variables;
  return ARGUMENTS.test(key) ? argv : undefined;
}

/** The weight of the largest field that a Kubernetes object can have: etcd takes no object above 1.5 MiB. */
const LARGEST = 50_000;

const KEPT_OF_MANAGER = new Set(['manager', 'operation', 'time', 'subresource']);
/** When injection was asked for is to be seen nowhere else; this is a name of a field, without its value. */
const KEPT_ANNOTATIONS = meshes.flatMap(({ injectAnnotation: name }) =>
  name === undefined ? [] : [`f:${name}`],
);

function manager(entry: Json): Json {
  if (!isMap(entry)) return entry;
  const kept = Object.entries(entry).filter(([key]) => KEPT_OF_MANAGER.has(key));
  if (kept.length === Object.keys(entry).length) return entry;
  const asked = injectionsSet(entry);
  const set =
    asked.length > 0
      ? [
          [
            'fieldsV1',
            {
              'f:metadata': { 'f:annotations': Object.fromEntries(asked.map((key) => [key, {}])) },
            },
          ] as const,
        ]
      : [];
  return Object.fromEntries([...kept, ...set]);
}

function injectionsSet({ fieldsV1 }: JsonObject): readonly string[] {
  const metadata = isMap(fieldsV1) ? fieldsV1['f:metadata'] : undefined;
  const annotations = isMap(metadata) ? metadata['f:annotations'] : undefined;
  return isMap(annotations)
    ? KEPT_ANNOTATIONS.filter((name) => Object.hasOwn(annotations, name))
    : [];
}

// Carries the whole object again, Secret data included.
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function annotations(value: Json, { hide, text, walk }: Hands): Json | undefined {
  if (!isMap(value)) return undefined;
  const rest = Object.hasOwn(value, LAST_APPLIED) ? without(value, LAST_APPLIED) : value;
  const change = (key: string, inner: string) => {
    if (!isSecretAnnotation(key))
      return text(inner.includes('\n') ? hideInYaml(inner, walk) : inner);
    return isHarmless(key, inner) ? inner : hide(inner);
  };
  return mapStrings(rest, change, walk);
}

function without(value: JsonObject, dropped: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== dropped));
}

/** `env` as a list in a container, as a map in Helm values; `proxyMetadata` is the same map in ProxyConfig. */
function variables(value: Json, hands: Hands): Json | undefined {
  if (isMap(value)) {
    return mapStrings(
      value,
      (name, text) => variable(name, text, hands),
      (inner) => (typeof inner === 'object' ? hands.walk(inner) : '[hidden]'),
    );
  }
  if (!isList(value)) return undefined;
  return mapList(value, (item) => {
    if (!isMap(item) || typeof item['value'] !== 'string') return hands.walk(item);
    const { value: text, ...rest } = item;
    const name = typeof item['name'] === 'string' ? item['name'] : '';
    const safe = variable(name, text, hands);
    const others = hands.walk(rest);
    return safe === text && others === rest ? item : { ...(others as JsonObject), value: safe };
  });
}

function variable(name: string, value: string, { hide, text }: Hands): string {
  if (value === '' || isMask(value)) return value;
  if (!isOpenVariable(name)) return '[hidden]';
  if (!isSecretName(name)) return text(value);
  return isHarmless(name, value) ? value : hide(value);
}

const FLAG = /^--?([\w.-]+)(=?)/;
/** How much of the arguments before one says which tool it is given to. */
const TOOL = 400;

/** `--token abc` as two arguments, `--token=abc` as one, and what a known tool takes: `-u`, `name:password`. */
export function argv(
  value: Json,
  { hide, text, walk }: Hands,
  parent: JsonObject,
): Json | undefined {
  if (!isList(value)) return undefined;
  let before = '';
  let line = value === parent['command'] ? '' : words(parent['command']);
  return mapList(value, (item) => {
    if (typeof item !== 'string') return walk(item);
    const safe = argument(item, before, line, { hide, text });
    before = item;
    line = `${line} ${item}`.slice(-TOOL);
    return safe;
  });
}

function argument(
  item: string,
  before: string,
  line: string,
  { hide, text }: Pick<Hands, 'hide' | 'text'>,
): string {
  const flag = isFlagBehind(before, item) ? FLAG.exec(item) : null;
  if (flag === null && isValueOf(before, item, line))
    return isHarmless(before, item) ? item : hide(item);
  if (flag === null) return text(item);
  const [head, name = '', equals] = flag;
  const inner = item.slice(head.length);
  if (equals === '=' && isSecretName(name))
    return isHarmless(name, inner) ? item : head + hide(inner);
  const letter = item.slice(0, 2);
  const attached = item.slice(2);
  if (attached !== '' && isPasswordLetter(letter, line))
    return isNoPassword(letter, attached) ? item : letter + hide(attached);
  return text(item);
}

/** Behind a flag that takes a secret, only what is written as flags are; a secret may begin with a dash. */
function isFlagBehind(before: string, item: string): boolean {
  const takesSecret = FLAG.test(before) && isSecretFlag(before);
  return !takesSecret || /^--|^-[A-Za-z][a-z-]*(?:=|$)/.test(item);
}

/** What stands behind a flag. */
function isValueOf(flag: string, value: string, line: string): boolean {
  if (isUserFlag(flag)) return isUserAndPassword(value);
  const isFlag = /^--?[A-Za-z][\w.-]*=?$/.test(flag);
  return (isFlag && isSecretFlag(flag)) || DIRECTIVE.test(flag) || isPasswordLetter(flag, line);
}
/** Settings of redis that are given as words. */
const DIRECTIVE = /^(?:requirepass|masterauth|primaryauth)$/;

function words(value: Json | undefined): string {
  return value !== undefined && isList(value)
    ? value
        .filter((item) => typeof item === 'string')
        .join(' ')
        .slice(-TOOL)
    : '';
}

/** ConfigMaps of meshes, whose keys are known: public roots, mesh configuration, injection templates. */
const MESH_CONFIG = meshes.flatMap(({ words }) => words?.configMaps ?? []);
const KUBECONFIG = /client-key-data|client-certificate-data|"kind": *"Config"/;

function isKubeconfig(text: string): boolean {
  return KUBECONFIG.test(text) || (/^kind: *Config\b/m.test(text) && /^users:/m.test(text));
}

function configData(value: Json, { text, walk }: Hands, parent: JsonObject): Json | undefined {
  const metadata = parent['metadata'];
  const name = isMap(metadata) ? metadata['name'] : undefined;
  const mesh = typeof name === 'string' && MESH_CONFIG.some((one) => one.test(name));
  return mapStrings(value, (key, inner) => {
    if (mesh && key === 'config' && INJECTORS.some((one) => one.test(name)))
      return text(withoutTemplates(inner));
    if (!mesh && isSecretFile(key) && !isHarmless(key, inner)) return sized(inner);
    return isKubeconfig(inner) ? sized(inner) : text(hideInYaml(inner, walk));
  });
}

const INJECTORS = meshes.flatMap(({ words }) => words?.templateConfigMaps ?? []);

/**
 * The injector's templates are programs of a thousand lines in which anything may stand, and nothing here reads
 * them: of each its name remains. (`  name: |` and lines that are indented more.)
 */
function withoutTemplates(config: string): string {
  let inside = false;
  const kept = config.split('\n').filter((line) => {
    if (/^\S/.test(line)) inside = line.startsWith('templates:');
    return !inside || /^(?:\S| {1,2}[\w-]+:)/.test(line);
  });
  return kept.join('\n');
}

/** Strings changed by `change`, anything else by `other`; `undefined` when it is not a map. */
function mapStrings(
  value: Json,
  change: (key: string, text: string) => string,
  other: (value: Json) => Json = () => '[hidden]',
): JsonObject | undefined {
  if (!isMap(value)) return undefined;
  let same = true;
  const entries = Object.entries(value).map(([key, inner]) => {
    const safe =
      typeof inner === 'string' ? change(key, inner) : inner === null ? inner : other(inner);
    same &&= safe === inner;
    return [key, safe] as const;
  });
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the callback above
  return same ? value : Object.fromEntries(entries);
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The list itself when no item changes. */
export function mapList(items: readonly Json[], change: (item: Json) => Json): readonly Json[] {
  const safe = items.map(change);
  return safe.every((item, index) => item === items[index]) ? items : safe;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
