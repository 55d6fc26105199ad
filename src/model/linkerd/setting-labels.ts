// Settings that somebody wrote as labels: Linkerd reads them only from annotations, and `linkerd check --proxy` warns of
// them (linkerd2 pkg/healthcheck/healthcheck.go checkMisconfiguredPodsLabels; prefixes of pkg/k8s/labels.go).
import type { Labels } from '../kube/labels.ts';
import { injectAnnotation } from './mesh-pod.ts';

const prefixes = ['config.linkerd.io/', 'config.alpha.linkerd.io/', 'config.beta.linkerd.io/'];

/** Their keys; one that is an annotation too has its effect from there. */
export function settingLabels(a: {
  readonly labels: Labels;
  readonly annotations: Labels;
}): readonly string[] {
  return Object.keys(a.labels).filter(
    (key) =>
      (key === injectAnnotation || prefixes.some((prefix) => key.startsWith(prefix))) &&
      a.annotations[key] === undefined,
  );
}
