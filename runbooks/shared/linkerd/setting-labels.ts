// What the runbooks of Linkerd say of a setting that is a label, and how it becomes an annotation.
import { contributor, listed, podText, type Command, type Fix } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { makerOf, ofPod } from '../../../src/model/kube/subject.ts';
import { patchTemplateFix } from '../../../src/model/kube/workload-fixes.ts';
import { settingLabels } from '../../../src/model/linkerd/setting-labels.ts';

export const findings = {
  'setting-as-label': contributor(
    '{pods} {have} the label {settings}, which has no effect: Linkerd reads this setting only from annotations.',
    {
      means:
        'Linkerd does not report it, only `linkerd check --proxy` warns of it. As an annotation it takes effect with the next pod.',
    },
  ),
};

export type SettingLabels = { readonly pods: readonly Pod[]; readonly settings: readonly string[] };

/** Pods with the same labels of that kind, together. */
export function settingLabelsOf(pods: readonly Pod[]): readonly SettingLabels[] {
  const groups = new Map<string, SettingLabels>();
  for (const pod of pods) {
    const settings = settingLabels(pod).map((key) => `${key}=${pod.labels[key] ?? ''}`);
    if (settings.length === 0) continue;
    const key = `${settings.join()} ${JSON.stringify(makerOf(pod))}`;
    groups.set(key, { pods: [...(groups.get(key)?.pods ?? []), pod], settings });
  }
  return [...groups.values()];
}

export function slotsOf({ pods, settings }: SettingLabels) {
  const names = pods.map(({ ref }) => podText(ref));
  return {
    pods: listed(names, 3),
    have: names.length === 1 ? 'has' : 'have',
    settings: listed(settings),
  };
}

/** The template's labels become annotations. */
export function asAnnotations({ pods }: SettingLabels, verify: Command): readonly Fix[] {
  const [first] = pods;
  if (!first) return [];
  const keys = settingLabels(first);
  const some = <V>(value: (key: string) => V) =>
    Object.fromEntries(keys.map((key) => [key, value(key)]));
  const now = some((key) => first.labels[key] ?? '');
  const change = {
    labels: some(() => null),
    annotations: now,
    now: { labels: now, annotations: {} },
  };
  const does = `Make ${listed(keys)} an annotation of the pods instead of a label`;
  return patchTemplateFix(ofPod(first, undefined), change, does, verify);
}
