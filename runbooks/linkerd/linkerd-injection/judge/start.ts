// A proxy that was injected and does not come up.
import { cite, kubectl, type Answer, type Found } from '../../../../src/authoring.ts';
import { reasonOf } from '../../../../src/facts/kube/last-words.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import type { Subject } from '../../../../src/model/kube/subject.ts';
import type { Setting } from '../../../../src/model/linkerd/inject/reasons.ts';
import { startOf, type Start } from '../../../../src/model/linkerd/inject/start.ts';
import { subjectOf, type Input, type Running } from '../../../shared/kube/subject.ts';
import { fixes, readLog } from '../fixes.ts';
import { tell } from '../says.ts';

const { lookAt, patch } = fixes;

/** The first pod whose proxy does not come up. */
export function troubled(
  pods: readonly Pod[],
): { readonly pod: Pod; readonly start: Start } | undefined {
  const order = ['stuck', 'init-fails', 'validator-fails', 'proxy-not-ready'] as const;
  const starts = pods
    .filter((pod) => !pod.deleting && pod.phase !== 'Succeeded' && pod.phase !== 'Failed')
    .map((pod) => ({ pod, start: startOf(pod) }));
  for (const is of order) {
    const found = starts.find(({ start }) => start.is === is);
    if (found) return found;
  }
  return undefined;
}

export function neverStarts(
  words: Answer<readonly string[]> | undefined,
  running: Running | undefined,
  { target }: Input,
): readonly Found[] {
  const of = subjectOf(running, target);
  const found = of && troubled(of.pods);
  const got = target.is === 'pod' ? running?.pod : running?.all;
  if (!found || got?.kind !== 'known') return [];
  const { pod, start } = found;
  const subject = of.text;
  const line = words?.kind === 'known' ? reasonOf(words.value) : undefined;
  const said = line === undefined ? undefined : `Its log says: ${line}`;
  const from = cite(got, words);
  switch (start.is) {
    case 'fine':
      return [];
    case 'init-fails': {
      const read = lookAt(of, 'Read the log of linkerd-init', readLog(of, 'linkerd-init'));
      return [tell('init-fails', { subject, state: start.state, said }, { from, fixes: [read] })];
    }
    case 'validator-fails': {
      const about = { subject, state: start.state, said, node: pod.node ?? 'its node' };
      return [tell('validator-fails', about, { from, fixes: seeCni(of) })];
    }
    case 'stuck': {
      const annotations = { 'config.linkerd.io/proxy-enable-native-sidecar': 'false' };
      const plain: Setting = { on: 'template', labels: {}, annotations };
      const does = `Inject ${of.maker.name} with an ordinary container, not a native sidecar`;
      return [tell('native-sidecar-unknown', { subject }, { from, fixes: patch(of, plain, does) })];
    }
    case 'proxy-not-ready': {
      const read = lookAt(of, 'Read the log of the proxy', readLog(of, 'linkerd-proxy'));
      return [tell('proxy-not-ready', { subject, state: start.state }, { from, fixes: [read] })];
    }
  }
}

function seeCni(of: Subject) {
  return [
    lookAt(
      of,
      'Check whether linkerd-cni runs on every node',
      kubectl`get pods -A -o wide -l linkerd.io/cni-resource=true`,
    ),
    lookAt(
      of,
      'Check whether Cilium allows other CNI plugins',
      kubectl`get configmap cilium-config -n kube-system -o jsonpath={.data.cni-exclusive}`,
    ),
  ];
}
