// The admission webhooks of the fake control plane: the proxy injector, the tap injector, and validators that agree.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { count } from './counters.ts';
import { decide, sentence, type InjectedPod, type Values } from './injector.ts';
import {
  inherited,
  injectionPatch,
  opaqueDefaults,
  type Op,
  type Setting,
} from './inject-patch.ts';
import { api, event, type Meta, type Owner } from './kube.ts';

export type Review = {
  readonly request: {
    readonly uid: string;
    readonly kind: { readonly kind: string };
    readonly namespace: string;
    readonly object: unknown;
  };
};

const APPS = '/apis/apps/v1/namespaces';
const OPAQUE = 'config.linkerd.io/opaque-ports';
type Owned = { readonly apiVersion: string; readonly kind: string; readonly metadata: Meta };
const owners = new Map<string, Owned>();

const log = (text: string): void => {
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  process.stdout.write(`time="${at}" level=info msg=${JSON.stringify(text)}\n`);
};

/** The ReplicaSet's Deployment, or the owner itself (linkerd2 controller/k8s GetOwnerKindAndName). */
async function rootOwner(namespace: string, owner: Owner | undefined): Promise<Owned | undefined> {
  if (!owner) return undefined;
  const cached = owners.get(owner.uid);
  if (cached) return cached;
  let found: Owned = { ...owner, metadata: { ...owner, namespace } };
  if (owner.kind === 'ReplicaSet') {
    const path = `${APPS}/${namespace}/replicasets/${owner.name}`;
    const set = await api<{ metadata: Meta }>('GET', path).catch(() => undefined);
    const [above] = set?.metadata.ownerReferences ?? [];
    if (above) found = { ...above, metadata: { ...above, namespace } };
  }
  owners.set(owner.uid, found);
  return found;
}

async function settingOf(namespace: string, owner: Owned | undefined): Promise<Setting> {
  const [config, anchors, ns] = await Promise.all([
    readFile('/var/run/linkerd/config/values', 'utf8'),
    readFile('/var/run/linkerd/identity/trust-roots/ca-bundle.crt', 'utf8'),
    api<{ metadata: Meta }>('GET', `/api/v1/namespaces/${namespace}`),
  ]);
  return {
    namespace,
    namespaceAnnotations: ns.metadata.annotations ?? {},
    owner: owner && { kind: owner.kind, name: owner.metadata.name },
    anchors,
    values: parse(config) as Values,
  };
}

function counted(setting: Setting, at: string, skipReason?: string): void {
  const labels = { owner_kind: setting.owner?.kind.toLowerCase() ?? '' };
  const all = { ...labels, namespace: setting.namespace, annotation_at: at };
  if (skipReason === undefined) return count('proxy_inject_admission_requests_total', all);
  const skip = String(skipReason !== '');
  count('proxy_inject_admission_responses_total', { ...all, skip, skip_reason: skipReason });
}

const tell = (owner: Owned | undefined, reason: string, message: string): void => {
  if (owner) void event(owner, 'linkerd-proxy-injector', 'Normal', reason, message).catch(log);
};

async function injectPod(namespace: string, pod: InjectedPod): Promise<readonly Op[]> {
  const owner = await rootOwner(namespace, pod.metadata.ownerReferences?.[0]);
  const setting = await settingOf(namespace, owner);
  const { reasons, annotationAt } = decide(pod, setting.namespaceAnnotations, setting.values);
  const name = `pod/${pod.metadata.name ?? pod.metadata.generateName ?? ''}`;
  log(`received ${name}`);
  counted(setting, annotationAt);
  counted(setting, annotationAt, reasons.join(','));
  if (reasons.length > 0) {
    const text = `Linkerd sidecar proxy injection skipped: ${sentence(reasons)}`;
    tell(owner, 'InjectionSkipped', text);
    log(`skipped ${name}: ${sentence(reasons)}`);
    return opaqueOnly(pod, setting);
  }
  tell(owner, 'Injected', 'Linkerd sidecar proxy injected');
  log(`injection patch generated for: ${name}`);
  return injectionPatch(pod, setting);
}

/** A pod that is not injected still gets its opaque ports written down (CreateOpaquePortsPatch). */
function opaqueOnly(pod: InjectedPod, setting: Setting): readonly Op[] {
  const { annotations } = pod.metadata;
  if (annotations?.[OPAQUE] !== undefined) return [];
  const value = inherited(pod, setting)[OPAQUE] ?? opaqueDefaults(pod, setting);
  if (value === '') return [];
  const path = '/metadata/annotations';
  const there: Op[] = annotations ? [] : [{ op: 'add', path, value: {} }];
  return [...there, { op: 'add', path: `${path}/${OPAQUE.replace('/', '~1')}`, value }];
}

const TAP = 'viz.linkerd.io/tap-enabled';

/** linkerd2 viz/tap/injector/webhook.go: an environment variable for a proxy that is there. */
function tapPatch(pod: InjectedPod): readonly Op[] {
  const { annotations } = pod.metadata;
  if (annotations?.[TAP] === 'true' || annotations?.['viz.linkerd.io/disable-tap']) return [];
  const at = (all: readonly { name: string }[] = []): number =>
    all.findIndex(({ name }) => name === 'linkerd-proxy');
  const [main, init] = [at(pod.spec.containers), at(pod.spec.initContainers)];
  if (main < 0 && init < 0) return [];
  const path = main >= 0 ? `containers/${main}` : `initContainers/${init}`;
  const value = {
    name: 'LINKERD2_PROXY_TAP_SVC_NAME',
    value: 'tap.linkerd-viz.serviceaccount.identity.linkerd.cluster.local',
  };
  return [
    { op: 'add', path: `/metadata/annotations/${TAP.replace('/', '~1')}`, value: 'true' },
    { op: 'add', path: `/spec/${path}/env/-`, value },
  ];
}

/** The answer of the webhook that a container of this name serves. */
export async function review(container: string, { request }: Review): Promise<object> {
  const { uid, kind, namespace } = request;
  const object = request.object as InjectedPod;
  let patch: readonly Op[] = [];
  if (kind.kind === 'Pod' && container === 'proxy-injector') {
    patch = await injectPod(namespace, object);
  }
  if (kind.kind === 'Pod' && container === 'tap-injector') patch = tapPatch(object);
  const json = Buffer.from(JSON.stringify(patch)).toString('base64');
  const patched = patch.length > 0 ? { patchType: 'JSONPatch', patch: json } : {};
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, ...patched },
  };
}
