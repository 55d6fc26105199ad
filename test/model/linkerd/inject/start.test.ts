// Proxies that never start, and what a pod is to Linkerd.
import { describe, expect, it } from 'vitest';
import { readPod } from '../../../../src/facts/kube/pod.ts';
import { ofPod } from '../../../../src/model/kube/subject.ts';
import { startOf } from '../../../../src/model/linkerd/inject/start.ts';
import { nowOf, templateOf } from '../../../../src/model/linkerd/inject/subject.ts';

type Made = {
  readonly init?: readonly object[];
  readonly main?: readonly object[];
  readonly status?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly namespace?: string;
};
const app = { name: 'app', image: 'app:1' };
const pod = ({ init = [], main = [app], status = {}, namespace = 'shop', ...metadata }: Made) =>
  readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace, ...metadata },
    spec: { initContainers: init, containers: main } as never,
    status: status as never,
  });
const native = { name: 'linkerd-proxy', image: 'p:1', restartPolicy: 'Always' };
const initial = (name: string, state: object, lastState: object = {}) => ({
  initContainerStatuses: [{ name, ready: false, restartCount: 3, state, lastState }],
});
const ended = { terminated: { exitCode: 1, reason: 'Error' } };

describe('startOf', () => {
  const init = [{ name: 'linkerd-init', image: 'i:1' }, native];
  const validator = [{ name: 'linkerd-network-validator', image: 'v:1' }, native];

  it.each([
    ['fine before it has a status', { init }, 'fine'],
    [
      'linkerd-init that ended well',
      { init, status: initial('linkerd-init', { terminated: { exitCode: 0 } }) },
      'fine',
    ],
    [
      'linkerd-init that ended badly',
      { init, status: initial('linkerd-init', ended) },
      'init-fails',
    ],
    [
      'linkerd-init between two tries',
      { init, status: initial('linkerd-init', { waiting: { reason: 'CrashLoopBackOff' } }, ended) },
      'init-fails',
    ],
    [
      'linkerd-init whose image is not pulled',
      { init, status: initial('linkerd-init', { waiting: { reason: 'ImagePullBackOff' } }) },
      // It has not failed: it never ran. Runbook pod says why.
      'fine',
    ],
    [
      'linkerd-init that is to start',
      { init, status: initial('linkerd-init', { waiting: { reason: 'PodInitializing' } }) },
      'fine',
    ],
    [
      'the validator of the CNI plugin',
      { init: validator, status: initial('linkerd-network-validator', ended) },
      'validator-fails',
    ],
    ['a proxy that is waited for', { init: [{ ...native, restartPolicy: undefined }] }, 'stuck'],
    [
      'a proxy that is not ready',
      { init, status: initial('linkerd-proxy', { running: {} }) },
      'proxy-not-ready',
    ],
  ] as const)('%s', (_, made, is) => {
    expect(startOf(pod(made)).is).toBe(is);
  });
});

describe('nowOf', () => {
  const part = { 'linkerd.io/control-plane-component': 'proxy-injector' };

  it.each([
    ['a native sidecar', { init: [native] }, 'injected'],
    [
      'a sidecar among the containers',
      { main: [app, { name: 'linkerd-proxy', image: 'p:1' }] },
      'injected',
    ],
    ['nothing', {}, 'bare'],
    [
      'a label that anybody can copy',
      { labels: { 'linkerd.io/control-plane-ns': 'linkerd' } },
      'bare',
    ],
    [
      'a part of Linkerd',
      { labels: { ...part, 'linkerd.io/control-plane-ns': 'shop' } },
      'mesh-part',
    ],
    [
      'the label of a part, elsewhere',
      { labels: { ...part, 'linkerd.io/control-plane-ns': 'linkerd' } },
      'bare',
    ],
    ['a pod that has ended', { status: { phase: 'Succeeded' } }, 'ended'],
    ['a mirror of a static pod', { annotations: { 'kubernetes.io/config.mirror': 'x' } }, 'static'],
  ] as const)('%s', (_, made, is) => {
    expect(nowOf([pod(made)]).is).toBe(is);
  });
});

describe('templateOf', () => {
  const names = (made: Made) =>
    templateOf(ofPod(pod(made), undefined)).containers.map(({ name }) => name);

  it('does not take for a template what injection gave the pod', () => {
    const annotations = { 'linkerd.io/created-by': 'linkerd/proxy-injector edge-26.8.3' };
    expect(names({ init: [native], annotations })).toEqual(['app']);
    expect(names({ init: [native] })).toEqual(['linkerd-proxy', 'app']);
  });

  it("counts Istio's sidecar, which another webhook gave its pods", () => {
    const subject = ofPod(pod({ main: [app, { name: 'istio-proxy', image: 'x' }] }), undefined);
    const bare = { ...subject.template, containers: [] };
    const made = templateOf({ ...subject, template: bare });
    expect(made.containers.map(({ name }) => name)).toEqual(['istio-proxy']);
  });
});
