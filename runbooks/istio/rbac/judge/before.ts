// What comes before any policy: istiod does not read the namespace, the request does not reach the proxy, or the keys for
// every token are missing.
import {
  cite,
  inspect,
  kubectl,
  listed,
  meshdoc,
  podText,
  type Fix,
  type Found,
} from '../../../../src/authoring.ts';
import { attach } from '../../../../src/model/istio/authz/attach.ts';
import { peerMode } from '../../../../src/model/istio/authz/peer-mode.ts';
import { kindText, policyText } from '../../../../src/model/istio/authz/refs.ts';
import { inboundBypass, type Bypass } from '../../../../src/model/istio/interception.ts';
import type { Unfetched } from '../../../../src/facts/istio/proxy-authz.ts';
import { arrivalsOf, sceneOf } from '../picture.ts';
import { tell } from '../says.ts';
import type { Known } from './known.ts';

/** Ports whose requests go straight to the application, where something is meant to be enforced there. */
export function bypassed(known: Known): readonly Found[] {
  const { picture, scene, policies, seen } = known;
  const { pod } = picture;
  if (scene.point.is !== 'sidecar' || seen.destination?.about.kind !== 'known') return [];
  const from = cite(seen.destination.about, policies);
  return arrivalsOf(picture).flatMap(({ port }) => {
    const bypass = inboundBypass(pod, port);
    const idle = bypass ? notEnforced(known, port) : [];
    if (!bypass || idle.length === 0) return [];
    const slots = { port, pod: pod.ref, by: bypass.by, policies: listed(idle.slice(0, 4)) };
    return [tell('port-bypasses-sidecar', slots, { from, fixes: intercept(known, port, bypass) })];
  });
}

function notEnforced({ scene }: Known, port: number): readonly string[] {
  const { mode, by } = peerMode(scene, port);
  const strict = mode === 'STRICT' && by.level !== 'default';
  return [
    ...attach(scene).flatMap((one) => (one.because.attaches ? [kindText(one.policy)] : [])),
    ...(strict ? [`PeerAuthentication ${policyText(by.policy)}`] : []),
  ];
}

const templates: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Only a template with the annotation can be changed here; a default of the mesh is in the injector's values. */
function intercept(
  { picture: { pod } }: Known,
  port: number,
  { annotation }: Bypass,
): readonly Fix[] {
  const { workload, annotations } = pod;
  const look = kubectl`get pod ${pod.ref.name} -n ${pod.ref.namespace} -o yaml`;
  const read = inspect('Read the annotations and the arguments of istio-init', look);
  if (!annotation?.endsWith('/excludeInboundPorts') || !workload) return [read];
  if (!templates.includes(workload.kind)) return [read];
  const now = annotations[annotation] ?? '';
  const rest = now
    .split(',')
    .filter((one) => one.trim() !== String(port))
    .join(',');
  const { kind, name, namespace } = workload;
  const set = (value: string | null) => {
    const template = { metadata: { annotations: { [annotation]: value } } };
    return kubectl`patch ${`${kind.toLowerCase()}/${name}`} -n ${namespace} --type=merge
      -p ${JSON.stringify({ spec: { template } })}`;
  };
  return [
    read,
    {
      does: `Let port ${port} of ${kind} ${namespace}/${name} pass its sidecar again`,
      run: set(rest === '' ? null : rest),
      risk: 'changes-security',
      touches: `every pod of ${kind} ${namespace}/${name}, which are replaced one after another; from then on every policy counts at this port`,
      undo: { run: set(now) },
      verify: meshdoc`diagnose rbac ${`${kind.toLowerCase()}/${name}.${namespace}`}`,
    },
  ];
}

/** Policies in a namespace that no discoverySelector selects. */
export function notDiscovered(known: Known): readonly Found[] {
  const { picture, scene, policies, seen } = known;
  const { pod, mesh } = picture;
  const discovery = seen.beside?.discovery;
  if (!picture.undiscovered || discovery?.kind !== 'known') return [];
  const whole = sceneOf({ ...picture, undiscovered: false }, scene.point);
  const idle = attach(whole)
    .filter((one) => one.because.attaches && one.policy.namespace === pod.ref.namespace)
    .map((one) => kindText(one.policy));
  if (idle.length === 0) return [];
  const { namespace } = pod.ref;
  const verify = meshdoc`diagnose rbac ${podText(pod.ref)}`;
  const selector = mesh?.discoverySelectors.find(
    (one) => Object.keys(one.matchLabels ?? {}).length > 0 && !one.matchExpressions?.length,
  );
  const pairs = Object.entries(selector?.matchLabels ?? {});
  const labelled = { ...discovery.value.labels };
  const back = pairs.map(([key]) => {
    const old = labelled[key];
    return old === undefined ? `${key}-` : `${key}=${old}`;
  });
  const label: Fix = {
    does: `Label namespace ${namespace} so that istiod reads it`,
    run: kubectl`label namespace ${namespace} --overwrite ${pairs.map(([k, v]) => `${k}=${v}`)}`,
    risk: 'changes-security',
    touches: `every pod in ${namespace}, and every proxy of the mesh: istiod reads all Services and all Istio resources in ${namespace}`,
    undo: { run: kubectl`label namespace ${namespace} --overwrite ${back}` },
    verify,
  };
  const config = kubectl`get configmap istio -n ${scene.root} -o jsonpath={.data.mesh}`;
  const slots = { namespace, policies: listed(idle.slice(0, 4)) };
  const rest = {
    from: cite(discovery, seen.mesh, policies),
    fixes: [
      inspect('Read the discoverySelectors of the mesh configuration', config, verify),
      ...(pairs.length > 0 ? [label] : []),
    ],
  };
  return [tell('namespace-not-discovered', slots, rest)];
}

/** Issuers of which the proxy has only the placeholder that istiod sends in place of keys. */
export function unfetchedKeys({ picture, scene, seen, policies }: Known): readonly Found[] {
  if (picture.proxy?.is !== 'heard' || seen.proxy?.kind !== 'known') return [];
  const all = picture.proxy.chains.flatMap((chain) => chain.unfetched);
  const different = all.filter((one, i) => all.findIndex((o) => o.issuer === one.issuer) === i);
  const from = cite(seen.proxy, policies, seen.refusals?.log);
  return different.map(({ issuer, uri }: Unfetched) => {
    const log = kubectl`logs -n ${scene.root} -l app=istiod --tail=-1 --since=1h --prefix`;
    const grep = { ...log, pipe: ['grep', '-iE', 'jwks|public key'] };
    const discovery = `${issuer}/.well-known/openid-configuration`;
    const slots = { pod: picture.pod.ref, issuer, uri: uri === '' ? discovery : uri };
    const verify = meshdoc`diagnose rbac ${podText(picture.pod.ref)}`;
    const fixes = [inspect('Read why istiod could not fetch the keys', grep, verify)];
    return tell('keys-not-fetched', slots, { from, fixes });
  });
}
