// The check that all runbooks of Linkerd have: whether its control plane serves what was asked about. What follows from that,
// and what helps, is told by runbook linkerd-control-plane.
import {
  check,
  cite,
  contributor,
  listed,
  podText,
  skip,
  symptom,
  tells,
  valueOf,
  type Known,
  type Judgement,
  type Plane,
} from '../../../src/authoring.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import {
  linkerdControlPlane,
  type LinkerdControlPlane,
} from '../../../src/facts/linkerd/control-plane.ts';
import { notServing } from '../../../src/model/kube/serving.ts';
import { downParts, impairedPods, whyDown } from '../../../src/model/linkerd/control-plane.ts';
import { controlPlaneOf, linkerdProxyOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { podOf, type Asked } from '../kube/asked.ts';

const findings = {
  'control-plane-down': symptom("Linkerd's control plane is not healthy: {what}.", {
    means: 'Runbook linkerd-control-plane says what follows from that, and what helps.',
    see: ['linkerd-control-plane'],
    follow: { runbook: 'linkerd-control-plane' },
  }),
  'control-plane-impaired': contributor(
    "A pod of Linkerd's control plane is not ready: {pod}, {reason}.",
    { means: 'Until it is, the other pods of its part serve alone.' },
  ),
};
const tell = tells(findings);

/** Findings of other runbooks that name what is wrong with a part themselves. */
const tellThemselves: Readonly<Record<string, readonly string[]>> = {
  identity: ['identity-down'],
  'proxy-injector': ['failing-open', 'webhook-unreachable', 'while-down', 'webhook-broken'],
};

const planeCheck = () =>
  check<Asked>()({
    id: 'control-plane',
    asks: "Is Linkerd's control plane able to serve?",
    why: 'Whatever the proxies have they have from it; a fix of theirs has no effect while it is down.',
    rulesOut: "a part of Linkerd's control plane that is down",
    uses: [pod, linkerdControlPlane],
    gather: async (look, input) => {
      const ref = podOf(input);
      const about = ref && (await look(pod, { pod: ref }));
      const own = valueOf(about);
      // A request is served by the control plane that injected its destination.
      const named = input.linkerd ?? (input.dst && own && controlPlaneOf(own));
      return { about: own, plane: await look(linkerdControlPlane, { named }) };
    },
    judge: ({ about, plane }, _, input, told) => {
      const ref = podOf(input);
      // Of the same target, so that it is told once where both runbooks are asked.
      const goesOn = ref ? podText(ref) : `ns/${valueOf(plane)?.namespace ?? 'linkerd'}`;
      if (plane.kind === 'known') return judged(plane, goesOn, told);
      if (plane.kind === 'unknown') return undefined;
      return hasProxy(about)
        ? [tell('control-plane-down', { what: 'there is none' }, { from: cite(plane), goesOn })]
        : skip('there is no Linkerd control plane');
    },
  });

function hasProxy(about: Pod | undefined): boolean {
  return about !== undefined && linkerdProxyOf(about) !== undefined;
}

function judged(
  plane: Known<LinkerdControlPlane>,
  goesOn: string,
  told: readonly string[],
): Judgement {
  const { namespace } = plane.value;
  const from = cite(plane);
  const all = downParts(plane.value);
  const down = all.filter(
    ({ component }) => !tellThemselves[component]?.some((id) => told.includes(id)),
  );
  const what = down.map(
    (part) => `Deployment ${namespace}/${part.deployment} has no ready pod, ${whyDown(part, [])}`,
  );
  const found = [
    ...(what.length > 0
      ? [tell('control-plane-down', { what: listed(what) }, { from, goesOn })]
      : []),
    ...impairedPods(plane.value).map((one) =>
      tell('control-plane-impaired', { pod: one.ref, reason: notServing(one, []) }, { from }),
    ),
  ];
  // What another finding tells is not ruled out here.
  const isTold = found.length === 0 && all.length > 0;
  return isTold ? skip('another finding says which part of it is down') : found;
}

const plane: Plane = { findings, check: planeCheck };
export default plane;
