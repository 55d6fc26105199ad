// The fixes of `linkerd-injection`: annotations on a namespace, on a pod template, restarts, and what answers the webhook.
import {
  inspect,
  kubectl,
  linkerd,
  meshdoc,
  piped,
  type Command,
  type Fix,
  words,
} from '../../../src/authoring.ts';
import {
  gitops,
  isPatchable,
  patchTemplateFix,
  renewFix,
  renewAllFix,
  wordsIn,
} from '../../../src/model/kube/maker-fixes.ts';

export type Again = Readonly<Record<'again', string>>;
export type Maker = Again & Readonly<Record<'kind' | 'name' | 'namespace' | 'paused', string>>;
/** Arguments of `kubectl annotate` and `kubectl label`, with spaces between; empty where none is needed. */
export type Setting = Readonly<
  Record<'annotate' | 'unannotate' | 'label' | 'unlabel' | 'gains', string>
>;
/** Merge patches; empty when there is nothing to patch. */
export type Patching = Readonly<Record<'patch' | 'unpatch', string>>;

export function verify({ again }: Again): Command {
  return meshdoc`diagnose linkerd-injection ${again}`;
}

export function lookAt(a: Again, does: string, run: Command): Fix {
  return inspect(does, run, verify(a));
}

export function restartFix(a: Maker): Fix {
  return renewFix(a, verify(a));
}

export function restartAllFix(
  a: Readonly<Record<'namespace' | 'targets', string>>,
): readonly Fix[] {
  return renewAllFix(a, verify({ again: `ns/${a.namespace}` }));
}

export function patchFix(a: Maker & Patching, does: string): readonly Fix[] {
  return patchTemplateFix(a, does, verify(a));
}

/** In place of an annotation on the namespace: one workload, by its own. */
export function aloneFix(a: Maker & Patching): readonly Fix[] {
  if (!isPatchable(a)) return [];
  return patchFix(a, `Or let ${a.name} alone into the mesh, by an annotation on its pods`);
}

/** The change of the namespace, then new pods. A pod that nothing makes again is never deleted. */
export function namespaceFix(a: Maker & Setting): readonly Fix[] {
  const changes = [
    ...change(a, 'annotate', a.annotate, a.unannotate),
    ...change(a, 'label', a.label, a.unlabel),
  ];
  if (a.kind !== 'Pod' || changes.length === 0) return [...changes, restartFix(a)];
  const byHand = `No controller makes ${a.name} again: save its manifest, delete it, and create it from that.`;
  return changes.map((fix) => ({ ...fix, note: `${byHand} ${gitops}` }));
}

function change(
  a: Maker & Setting,
  verb: 'annotate' | 'label',
  set: string,
  unset: string,
): readonly Fix[] {
  if (set === '') return [];
  const run = (args: string) =>
    kubectl`${verb} namespace ${a.namespace} ${wordsIn(args)} --overwrite`;
  const does =
    verb === 'annotate'
      ? `Ask for injection by an annotation on namespace ${a.namespace}`
      : `Take the label off namespace ${a.namespace}`;
  return [
    {
      does,
      run: run(set),
      risk: 'changes-config',
      touches: `pods of ${a.namespace} that are created from now on; ${a.gains}`,
      undo: { run: run(unset) },
      verify: kubectl`get namespace ${a.namespace} -o yaml`,
      note: gitops,
    },
  ];
}

export type Answering = Again &
  Readonly<Record<'root' | 'service' | 'deployment' | 'configuration' | 'trouble', string>>;

/** Nothing answers, or the API server may not come in: which it is, is told by `trouble`. */
export function answerFix(a: Answering): readonly Fix[] {
  if (a.trouble === 'scaled to 0') return [scaleFix(a), seePods(a)];
  if (a.trouble === 'blocked') return [allowFix(a)];
  if (a.service === '') {
    return [
      lookAt(
        a,
        'See where the webhook leads: a URL, outside the Services of this cluster',
        kubectl`get mutatingwebhookconfiguration ${a.configuration}
          -o jsonpath={.webhooks[*].clientConfig.url}`,
      ),
    ];
  }
  return [
    seePods(a),
    lookAt(
      a,
      'See what answers at the Service of the webhook',
      kubectl`get endpointslices -n ${a.root} -l kubernetes.io/service-name=${a.service}`,
    ),
  ];
}

function seePods(a: Answering): Fix {
  const component = 'linkerd.io/control-plane-component=proxy-injector';
  return lookAt(
    a,
    'See what keeps the injector from serving',
    kubectl`describe pods -n ${a.root} -l ${component}`,
  );
}

function scaleFix(a: Answering): Fix {
  const scale = (n: number) =>
    kubectl`scale deployment/${a.deployment} -n ${a.root} --replicas=${n}`;
  return {
    does: 'Start the injector again',
    run: scale(1),
    risk: 'restarts-control-plane',
    touches: 'the injector; proxies that run do not need it',
    undo: { run: scale(0) },
    verify: kubectl`rollout status deployment/${a.deployment} -n ${a.root}`,
    note: 'If a HorizontalPodAutoscaler or GitOps set the 0, change it there. An install for high availability has 3.',
  };
}

/** One more policy beside the one that blocks: policies only ever add up. */
function allowFix(a: Answering): Fix {
  const name = 'meshdoc-allow-api-server';
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: a.root },
    spec: {
      podSelector: { matchLabels: { 'linkerd.io/control-plane-component': 'proxy-injector' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 8443, protocol: 'TCP' }] }],
    },
  };
  return {
    does: 'Let the API server reach port 8443 of the injector',
    run: { ...kubectl`apply -f -`, stdin: JSON.stringify(policy, undefined, 2) },
    risk: 'changes-security',
    touches: `port 8443 of the injector in ${a.root}, for everybody; it serves nothing but the webhook`,
    undo: { run: kubectl`delete networkpolicy ${name} -n ${a.root}` },
    verify: verify(a),
    note: 'Narrow it to the addresses of the API server where they are known. A Server and an AuthorizationPolicy of Linkerd are not needed: the port is not proxied.',
  };
}

export type Trusting = Answering & Readonly<Record<'bundle' | 'bundleNow' | 'bundleBy', string>>;

/** `bundle` is the base64 of what the API server should trust; empty when what is served is no good either. */
export function trustFix(a: Trusting): readonly Fix[] {
  const read = lookAt(
    a,
    'Read what the webhook trusts, in base64',
    kubectl`get mutatingwebhookconfiguration ${a.configuration}
      -o jsonpath={.webhooks[0].clientConfig.caBundle}`,
  );
  if (a.bundleBy === 'cert-manager') return [read, ...certManagerFix(a)];
  return [read, ...(a.bundle === '' ? [renewCertificate(a)] : [bundleFix(a)])];
}

/** The certificate that is served is itself public: it is what the field is to hold. */
function bundleFix(a: Trusting): Fix {
  const patch = (value: string) => {
    const op = { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value };
    return kubectl`patch mutatingwebhookconfiguration ${a.configuration} --type=json
      -p ${JSON.stringify([op])}`;
  };
  return {
    does: 'Let the webhook trust the certificate that the injector serves',
    run: patch(a.bundle),
    risk: 'changes-config',
    touches: `the caBundle of ${a.configuration}; new pods get a proxy again`,
    undo: a.bundleNow === '' ? { because: 'it was empty before' } : { run: patch(a.bundleNow) },
    verify: verify(a),
    note: 'If Helm or GitOps empties or replaces the field again and again, leave caBundle out of what it compares.',
  };
}

function certManagerFix(a: Trusting): readonly Fix[] {
  return [
    lookAt(
      a,
      'See whether cert-manager renewed the certificate and wrote the bundle',
      kubectl`get certificates.cert-manager.io -n ${a.root} -o wide`,
    ),
    {
      does: 'Restart the injector, so that it serves what its Secret holds now',
      run: kubectl`rollout restart deployment/${a.deployment} -n ${a.root}`,
      risk: 'restarts-control-plane',
      touches: `the injector in ${a.root}; proxies that run do not need it`,
      undo: { because: 'the new pods are made from the same template' },
      verify: verify(a),
      note: 'cert-manager writes the caBundle by the annotation on the webhook: its cainjector must run.',
    },
  ];
}

/** Both installers make a new pair each time they run, unless they are given one. */
function renewCertificate(a: Trusting): Fix {
  return {
    does: 'Renew the certificate of the webhook: an upgrade to the same version makes a new one',
    run: piped(linkerd`upgrade`, words`kubectl apply -f -`),
    risk: 'restarts-control-plane',
    touches: `the control plane in ${a.root}; proxies that run go on`,
    undo: { because: 'what it replaces has expired' },
    verify: verify(a),
    note: 'For an install by the CLI. By Helm it is helm upgrade of linkerd-control-plane with the same values; where externalSecret is set, renew that Secret and caBundle with it.',
  };
}
