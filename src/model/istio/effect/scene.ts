// The evaluator's input (a scene: one pod and the objects that may steer its traffic) and its output: plain data.
import type { KubeObject } from '../../../core/object.ts';
import type { Labels } from '../../kube/labels.ts';
import type { Intercepted } from '../interception.ts';
import type { Changed } from '../../kube/origin.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayPorts } from './gateway-ports.ts';

/** Namespaces whose objects were listed completely. */
export type KnownIn = 'all' | readonly string[];

export type Scene = {
  readonly pod: { readonly namespace: string; readonly name: string; readonly labels: Labels };
  readonly rootNamespace: string;
  readonly clusterDomain: string;
  readonly services: readonly KubeObject[];
  /** Nothing is ever reported missing from any other namespace. */
  readonly servicesKnownIn: KnownIn;
  readonly virtualServices: readonly KubeObject[];
  readonly destinationRules: readonly KubeObject[];
  readonly serviceEntries: readonly KubeObject[];
  readonly sidecars: readonly KubeObject[];
  readonly gateways: readonly KubeObject[];
  /** The same for Istio's own kinds; as `servicesKnownIn` when absent. */
  readonly configKnownIn?: KnownIn | undefined;
  /** Only of a gateway pod. */
  readonly router?: {
    /** Whose Gateways it serves: those of every namespace, or only of its own. */
    readonly scope: 'mesh' | 'namespace';
    readonly withoutPods: readonly NoPods[];
  };
  /** Meshconfig's `default*ExportTo`; everybody when absent. */
  readonly defaultExportTo?: DefaultExportTo | undefined;
  /** Namespaces whose ServiceEntries meshconfig hides from sidecars. */
  readonly hiddenEntries?: HiddenEntries | undefined;
  /** What meshconfig's `discoverySelectors` leave out; absent: nothing. */
  readonly undiscovered?: Undiscovered | undefined;
  /** The mesh config was not read: what is exported by default is a guess. */
  readonly meshConfigUnread?: boolean | undefined;
  readonly workloads?: readonly Workload[] | undefined;
  /** Namespaces whose workloads were listed completely. */
  readonly workloadsKnownIn?: KnownIn | undefined;
  /** The pod as it runs: what its connections bypass. */
  readonly self?: Intercepted | undefined;
  /** Hosts this pod is known to call (from Envoy's counters, say): what is about them concerns it. */
  readonly calls?: readonly string[] | undefined;
  /** The revision of the istiod that serves this pod: its own name, not a tag. */
  readonly revision?: string | undefined;
  /** The mesh has other clusters: a Service that is not here may still exist. */
  readonly otherClusters?: boolean | undefined;
};

/** A Gateway whose selector fits no pod of the namespaces that could be looked at. */
export type NoPods = { readonly gateway: string; readonly lookedIn: KnownIn };
export type DefaultExportTo = {
  readonly service?: readonly string[] | undefined;
  readonly virtualService?: readonly string[] | undefined;
  readonly destinationRule?: readonly string[] | undefined;
};

export type HiddenEntries = {
  /** The ConfigMap that says so. */
  readonly by: KubeObject;
  /** By namespace: visible in that namespace only, or nowhere. */
  readonly in: Readonly<Record<string, 'namespace' | 'none'>>;
};

export type Undiscovered = {
  /** The ConfigMap with the selectors. */
  readonly by: KubeObject;
  /** Labels that would select a namespace, if a selector can be satisfied by labels. */
  readonly wanted: Labels | undefined;
  /** The namespaces that no selector selects. */
  readonly namespaces: readonly KubeObject[];
};

/** A pod, or a WorkloadEntry: what a Service and a subset select by labels. */
export type Workload = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ready: boolean;
  readonly proxy: 'sidecar' | 'gateway' | 'none';
};

export type ResourceName = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

export const rules = [
  'host-missing',
  'host-not-exported',
  'namespace-unread',
  'port-missing',
  'subset-missing',
  'subset-not-exported',
  'subset-empty',
  'delegate-missing',
  'older-wins',
  'outside-sidecar-scope',
  'not-exported',
  'gateway-missing',
  'gateway-selects-nothing',
  'gateway-out-of-scope',
  'gateway-lacks-host',
  'gateway-host-taken',
  'gateway-only',
  'wrong-protocol',
  'bypasses-sidecar',
  'listener-conflict',
  'unreachable-route',
  'unknown-host',
  'short-host',
  'rule-not-looked-at',
  'other-revision',
  'filter-no-effect',
] as const;
export type Rule = (typeof rules)[number];

export type Problem = {
  readonly rule: Rule;
  /** False if it depends on what the author probably meant. */
  readonly sure: boolean;
  /** The object that has no effect, or a bad one. */
  readonly resource: ResourceName;
  /** Subject first, present tense, one sentence. */
  readonly says: string;
  /** What happens to this pod's traffic. */
  readonly consequence: string;
  /** The last write that was not to the status. */
  readonly changed?: Changed;
  /** What would revert a manual change: "Argo CD app shop". */
  readonly owner?: string;
  readonly fixes: readonly Change[];
};

/** A change for a person to make: a patch with its undo, or else the field to edit. */
export type Change = {
  /** Imperative, one line. */
  readonly does: string;
  readonly target: ResourceName;
  readonly patch?: Patch;
  readonly undo?: Patch;
  /** `spec.http[0].route[0].destination.host` */
  readonly field?: string;
  readonly touches: string;
};
export type Patch = { readonly type: 'merge' | 'json'; readonly body: string };

export type Evaluation = {
  /** The Gateways that a gateway pod serves. */
  readonly gateways: readonly Gateway[];
  /** Absent for a sidecar, and where the Services of the pod's namespace could not be listed. */
  readonly ports?: GatewayPorts | undefined;
  /** VirtualServices that this gateway must have HTTP routes of, as `namespace/name`; none for a sidecar. */
  readonly routed: readonly string[];
  readonly problems: readonly Problem[];
  /** How many resources concern this pod. */
  readonly concerns: number;
  readonly concerned: readonly ResourceName[];
  /** Hosts and names that could not be looked up, because their namespace was not listed. */
  readonly unchecked: readonly string[];
  /** Namespaces that must be listed before more can be said. */
  readonly wants: Wants;
};
export type Wants = { readonly workloads: readonly string[]; readonly services: readonly string[] };
