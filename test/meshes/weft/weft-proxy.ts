// A proxy of Weft that is not ready.
import {
  cause,
  check,
  input,
  inspect,
  program,
  runbookOf,
  tells,
  type InputValues,
} from '../../../src/authoring.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { loom } from './loom.ts';

const weftctl = program('weftctl');

const inputs = { pod: input.pod('the pod whose proxy is not ready') };
const one = check<InputValues<typeof inputs>>();

const findings = {
  'loom-down': cause('Weft has no control plane that is ready in {root}.', {
    means: 'Proxies that start now get no configuration.',
  }),
  'proxy-not-ready': cause('The weft-proxy of {pod} is not ready.', {
    means: 'Nothing reaches the pod.',
  }),
};
const tell = tells(findings);

function proxyIsDown({ containers }: Pod): boolean {
  return containers.some(({ name, ready }) => name === 'weft-proxy' && !ready);
}

const plane = one({
  id: 'loom',
  asks: 'Is the control plane ready?',
  why: 'Without it no proxy gets ready.',
  rulesOut: 'a control plane that is down',
  uses: [loom],
  gather: (look, { weft = 'weft-system' }) => look(loom, { root: weft }),
  judge: (got, _, { weft = 'weft-system' }) => {
    if (got.kind !== 'known' || got.value.ready > 0) return;
    return [tell('loom-down', { root: weft }, { from: [got] })];
  },
});

const proxy = one({
  id: 'proxy',
  asks: 'Is the proxy ready?',
  why: 'Nothing reaches a pod whose proxy is not.',
  rulesOut: 'a proxy that is not ready',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
  judge: (got, _, { pod: ref }) => {
    if (got.kind !== 'known' || !proxyIsDown(got.value)) return;
    const fixes = [inspect('See which release it is', weftctl`version -n ${ref.namespace}`)];
    return [tell('proxy-not-ready', { pod: ref }, { from: [got], fixes })];
  },
});

export default runbookOf(
  {
    id: 'weft-proxy',
    aliases: ['weft'],
    mesh: 'weft',
    title: 'Proxy of Weft is not ready',
    symptom: 'A pod does not get ready, and weft-proxy is the container that keeps it.',
    input: inputs,
    findings,
  },
  [plane, proxy],
);
