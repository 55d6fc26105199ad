// What the mesh config decides about every scene: default exports, which namespaces istiod reads, and how far
// ServiceEntries are seen.
import type { Missed } from '../../../core/fact.ts';
import type { JsonObject, KubeObject } from '../../../core/object.ts';
import type { Ports } from '../../../core/ports.ts';
import type { GetQuestion, ListQuestion } from '../../../core/question.ts';
import { missedPart } from '../../kube/ask.ts';
import { configMaps, namespaces } from '../../kube/kinds.ts';
import { selects, type LabelSelector } from '../../../model/kube/labels.ts';
import { flag, list, record, text, texts } from '../../../model/kube/read.ts';
import type {
  DefaultExportTo,
  HiddenEntries,
  Scene,
  Undiscovered,
} from '../../../model/istio/effect/scene.ts';
import { meshConfigName, readMeshConfig } from '../mesh-config.ts';

type FromMesh = Pick<
  Scene,
  'defaultExportTo' | 'undiscovered' | 'hiddenEntries' | 'meshConfigUnread'
>;
export type MeshPart = { readonly scene: FromMesh; readonly missed: readonly Missed[] };

export async function readMeshPart(
  ports: Ports,
  { root, revision }: { readonly root: string; readonly revision: string | undefined },
  signal: AbortSignal,
): Promise<MeshPart> {
  const name = meshConfigName(revision);
  const question: GetQuestion = {
    ask: 'get',
    ref: { resource: configMaps, name, namespace: root },
  };
  const asked = `the mesh config in ConfigMap ${root}/${name}`;
  const reply = await ports.ask(question, signal);
  if (!reply.ok) return unread(missedPart(asked, reply, question));
  const mesh = readMeshConfig(text(record(reply.value['data']), 'mesh'), root);
  if (!mesh) return unread({ asked, why: 'unreadable', detail: 'it has no readable mesh config' });
  const scene = { defaultExportTo: defaults(mesh.raw) };
  const selectors = mesh.discoverySelectors;
  const visibility = record(mesh.raw, 'serviceEntryVisibility');
  const hides = flag(visibility, 'applyToSidecars') === true;
  if (selectors.length === 0 && !hides) return { scene, missed: [] };
  const all: ListQuestion = { ask: 'list', resource: namespaces };
  const found = await ports.ask(all, signal);
  if (!found.ok) {
    const labels = 'the labels of all namespaces, by which the mesh config selects them';
    return {
      scene: { ...scene, meshConfigUnread: true },
      missed: [missedPart(labels, found, all)],
    };
  }
  const { items } = found.value;
  return {
    scene: {
      ...scene,
      ...(selectors.length > 0 && { undiscovered: leftOut(reply.value, selectors, items) }),
      ...(hides && { hiddenEntries: hidden(reply.value, visibility, items) }),
    },
    missed: [],
  };
}

function unread(missed: Missed): MeshPart {
  return { scene: { meshConfigUnread: true }, missed: [missed] };
}

// istio/istio pilot/pkg/model/push_context.go initDefaultExportMaps: an absent list is everybody, and so is an empty
// one, which protobuf does not tell apart.
function defaults(mesh: JsonObject): DefaultExportTo {
  const given = (key: string) => {
    const found = texts(mesh, key);
    return found.length > 0 ? found : undefined;
  };
  return {
    service: given('defaultServiceExportTo'),
    virtualService: given('defaultVirtualServiceExportTo'),
    destinationRule: given('defaultDestinationRuleExportTo'),
  };
}

// pkg/kube/namespace/filter.go: one selector that selects is enough.
function leftOut(
  by: KubeObject,
  selectors: readonly LabelSelector[],
  all: readonly KubeObject[],
): Undiscovered {
  const simple = selectors.find((one) => (one.matchExpressions ?? []).length === 0);
  return {
    by,
    wanted: simple?.matchLabels,
    namespaces: all.filter(
      ({ metadata }) => !selectors.some((one) => selects(one, metadata.labels ?? {})),
    ),
  };
}

// pilot/pkg/model/serviceentry_visibility.go VisibilityFor: the first policy whose rules all match, else the default;
// a rule without a selector matches nothing.
function hidden(by: KubeObject, visibility: unknown, all: readonly KubeObject[]): HiddenEntries {
  const policies = list(visibility, 'policies').map((policy) => ({
    is: text(policy, 'visibility'),
    rules: list(policy, 'matchingRules').map((rule) => record(rule, 'namespaceSelector')),
  }));
  const entries = all.flatMap(({ metadata }): (readonly [string, 'namespace' | 'none'])[] => {
    const fits = (selector: JsonObject) =>
      Object.keys(selector).length > 0 && selects(selector, metadata.labels ?? {});
    const policy = policies.find(({ rules }) => rules.every(fits));
    const is = policy ? policy.is : text(visibility, 'defaultVisibility');
    if (is === 'NAMESPACE') return [[metadata.name, 'namespace']];
    return is === 'NONE' ? [[metadata.name, 'none']] : [];
  });
  return { by, in: Object.fromEntries(entries) };
}
