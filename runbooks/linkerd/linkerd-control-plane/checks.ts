// What `linkerd-control-plane` asks, and what it means.
import {
  check,
  cite,
  valueOf,
  type Answer,
  type Found,
  type InputValues,
  type Known,
} from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import { reasonOf } from '../../../src/facts/kube/last-words.ts';
import {
  linkerdControlPlane,
  linkerdLastWords,
  linkerdWarnings,
  type Component,
  type LinkerdControlPlane,
} from '../../../src/facts/linkerd/control-plane.ts';
import { crashedIn, killedIn, notServing } from '../../../src/model/kube/serving.ts';
import { downParts, impairedPods, whyDown } from '../../../src/model/linkerd/control-plane.ts';
import { repair } from './fixes.ts';
import { tell } from './says.ts';

type Input = InputValues<{ readonly target: { readonly type: 'anywhere'; readonly says: string } }>;

type Got = {
  readonly plane: Answer<LinkerdControlPlane>;
  readonly warnings: Answer<readonly Event[]> | undefined;
  /** Of the containers that exited, by the Deployment. */
  readonly words: ReadonlyMap<string, Answer<readonly string[]>>;
};

export const plane = check<Input>()({
  id: 'control-plane',
  asks: 'Which parts of the control plane do not serve, and why?',
  why: 'A part serves only through a pod that is ready, and a pod is ready only when all its containers are.',
  rulesOut: 'a part of the control plane that is down',
  uses: [linkerdControlPlane, linkerdWarnings, linkerdLastWords],
  gather: async (look, { linkerd, target }): Promise<Got> => {
    // Of the namespace that it is asked about, where that is named.
    const named = linkerd ?? (target?.is === 'namespace' ? target.name : undefined);
    const plane = await look(linkerdControlPlane, { named });
    const value = valueOf(plane);
    const down = value ? downParts(value) : [];
    const isWell = !value || (down.length === 0 && impairedPods(value).length === 0);
    const crashed = down.flatMap(({ deployment, pods }) =>
      pods.slice(0, 1).flatMap((pod) => {
        const container = crashedIn(pod)?.name;
        return container === undefined ? [] : [{ deployment, pod: pod.ref, container }];
      }),
    );
    const [warnings, ...words] = await Promise.all([
      isWell ? undefined : look(linkerdWarnings, { root: value.namespace }),
      ...crashed.map(({ pod, container }) => look(linkerdLastWords, { pod, container })),
    ]);
    const said = crashed.flatMap(({ deployment }, i) => {
      const answer = words[i];
      return answer ? [[deployment, answer] as const] : [];
    });
    return { plane, warnings, words: new Map(said) };
  },
  judge: (got) => {
    const { plane } = got;
    if (plane.kind === 'unknown') return undefined;
    if (plane.kind === 'absent') {
      const why = plane.evidence.excerpt.join(' ');
      return [tell('not-found', { why }, { from: cite(plane) })];
    }
    const impaired = impairedPods(plane.value).map((pod) => {
      const reason = notServing(pod, valueOf(got.warnings) ?? []);
      return tell('part-not-ready', { pod: pod.ref, reason }, { from: cite(plane, got.warnings) });
    });
    return [...downParts(plane.value).map((part) => ofPart(part, plane, got)), ...impaired];
  },
});

const ids: Readonly<Record<string, 'destination-down' | 'identity-down' | 'injector-down'>> = {
  destination: 'destination-down',
  identity: 'identity-down',
  'proxy-injector': 'injector-down',
};

function ofPart(part: Component, plane: Known<LinkerdControlPlane>, got: Got): Found {
  const { deployment, component, pods } = part;
  const { namespace } = plane.value;
  const said = got.words.get(deployment);
  const reason = whyDown(part, valueOf(got.warnings) ?? []);
  const resource = `Deployment ${namespace}/${deployment}`;
  const rest = {
    from: cite(plane, got.warnings, said),
    fixes: repair(part, namespace),
  };
  const killed = pods.find((pod) => killedIn(pod));
  if (killed) {
    const goesOn = `${namespace}/${killed.ref.name}`;
    return tell('part-killed', { resource, reason }, { ...rest, goesOn });
  }
  const last = reasonOf(valueOf(said) ?? []);
  const words = missingText(reason) ?? (last && `Its log ends with: ${last}`);
  return tell(ids[component] ?? 'part-down', { resource, reason, words }, rest);
}

/** As the kubelet says it of what a container or a volume is made from (kubernetes pkg/kubelet/configmap, secret). */
function missingText(reason: string): string | undefined {
  const [, kind, name] = /\b(configmap|secret) "([^"]+)" not found/.exec(reason) ?? [];
  return name === undefined
    ? undefined
    : `What installed Linkerd makes ${kind} ${name} again: \`helm upgrade\`, or \`linkerd upgrade\` piped to kubectl apply.`;
}
