// 900 namespaces and pods that Linkerd's own injector decided about: linkerd2 b24cd4059 (edge-26.8), pkg/inject
// NewResourceConfig(OriginWebhook) .ParseMetaAndYAML and Report.Injectable, and GetPodPatch where it injects. A row holds
// the annotation linkerd.io/inject of the namespace and of the pod (null: none), the pod's shape,
// automountServiceAccountToken, identity.serviceAccountTokenProjection, and in which container a token is mounted. Its
// last column is the answer: the identifiers of the reasons to skip it; none means a patch with the proxy.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide, type Rule, type Shape } from '../../../../src/model/linkerd/inject/decide.ts';

type Row = readonly [
  namespace: string | null,
  pod: string | null,
  shape: string,
  automount: boolean | null,
  projection: boolean,
  mounted: 'none' | 'first' | 'second',
  reasons: readonly string[],
];
type Recorded = {
  readonly shapes: Readonly<Record<string, Pick<Shape, 'hostNetwork' | 'containers'>>>;
  readonly rows: readonly Row[];
};

const file = new URL('recorded.json', import.meta.url);
const { shapes, rows } = JSON.parse(readFileSync(file, 'utf8')) as Recorded;

function idOf(rule: Rule): string {
  switch (rule.is) {
    case 'host-network':
      return 'host_network_enabled';
    case 'has-sidecar':
      return 'sidecar_already_exists';
    case 'not-asked':
      return 'injection_enable_annotation_absent';
    case 'opted-out':
      return 'injection_disable_annotation_present';
    case 'bad-value':
      return `invalid_inject_annotation_at_${rule.on === 'namespace' ? 'ns' : 'workload'}`;
    case 'no-token':
      return 'disabled_automount_service_account_token_account';
  }
}

function decided([namespace, pod, shape, automount, projection, mounted]: Row): readonly string[] {
  const made = shapes[shape];
  if (!made) throw new Error(`no shape ${shape}`);
  const noted = (value: string | null) => (value === null ? {} : { 'linkerd.io/inject': value });
  const decision = decide({ tokenProjection: projection }, noted(namespace), {
    ...made,
    annotations: noted(pod),
    // The API server mounts the token into every container, unless somebody said no.
    automount: automount !== false && mounted === 'first',
  });
  return decision.is === 'inject' ? [] : decision.rules.map(idOf);
}

describe("the injector's own decisions", () => {
  it('are many, and of every kind', () => {
    expect(rows.length).toBeGreaterThanOrEqual(900);
    expect(rows.filter(([, , , , , , reasons]) => reasons.length === 0).length).toBeGreaterThan(80);
    expect(new Set(rows.flatMap(([, , , , , , reasons]) => reasons)).size).toBe(7);
  });

  it('are ours, reason for reason', () => {
    const wrong = rows.filter((row) => String(decided(row)) !== String(row[6]));
    expect(wrong.map((row) => ({ row, ours: decided(row) }))).toEqual([]);
  });
});
