import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { untilLogged, untilStates } from './fault-kit.ts';
import type { Fault } from './faults.ts';
import type { FaultContext, Lab, LabPod } from './lab.ts';
import { podDir } from './paths.ts';
import { sleep, until } from './sh.ts';

/** The shop's own traffic: web asks cart every two seconds. */
export const CALL = 'deploy/web.shop svc/cart.shop:8080';

// istiod gathers changes for 100 ms before it pushes; before that all is still SYNCED.
const PUSH_MS = 1000;
// pilot-agent starts Envoy with --file-flush-interval-msec 1000 (pkg/envoy/proxy.go); and a little for the pipe.
const FLUSH_MS = 1200;

type RbacFault = {
  name: string;
  does: string;
  yaml: string;
  /** Caller and destination; the shop's own traffic when absent. */
  target?: (lab: Lab) => Promise<string>;
  /** Waits for the effect, once cart's proxy has the config. */
  effect?: (lab: Lab, since: Date) => Promise<void>;
  before?: (lab: Lab) => Promise<void>;
  after?: (lab: Lab) => Promise<void>;
};

/** A fault that is a few resources of Istio, and its effect on requests. */
export function rbacFault(fault: RbacFault): Fault {
  return {
    name: fault.name,
    does: fault.does,
    async break(lab): Promise<FaultContext> {
      await fault.before?.(lab);
      await forgetRequests(lab);
      const since = new Date();
      await lab.apply(fault.yaml);
      await sleep(PUSH_MS);
      await synced(await lab.pod('cart'));
      await fault.effect?.(lab, since);
      return { target: fault.target ? await fault.target(lab) : CALL };
    },
    async mend(lab) {
      const done = await lab.run(['kubectl', 'delete', '--ignore-not-found', '-f', '-'], {
        stdin: fault.yaml,
      });
      if (done.code !== 0) throw new Error(done.stderr);
      await fault.after?.(lab);
    },
  };
}

/**
 * Takes the requests of earlier faults out of cart's log, so that each fault is an incident of its own. Not before
 * cart's proxy has given up their policies, and has written the last lines about them.
 */
export async function forgetRequests(lab: Lab): Promise<void> {
  const cart = await lab.pod('cart');
  await sleep(PUSH_MS);
  await synced(cart);
  await sleep(FLUSH_MS);
  const { namespace, name } = cart;
  const file = join(podDir(namespace, name), 'istio-proxy.log');
  const lines = (await readFile(file, 'utf8')).split('\n');
  const isRequest = /response_code_details|stdout F \[\d{4}-\d\d-\d\dT/;
  await writeFile(file, lines.filter((line) => !isRequest.test(line)).join('\n'));
}

export const synced = (pod: LabPod): Promise<void> =>
  untilStates(pod, 'synced', ([states = {}]) =>
    Object.values(states).every((state) => state === 'SYNCED'),
  );

/** Waits until cart's proxy has logged a line like this. */
export const cartLogs =
  (pattern: RegExp) =>
  async (lab: Lab, since: Date): Promise<void> =>
    untilLogged(await lab.pod('cart'), 'istio-proxy', pattern, since);

/** What a pod's request to another is answered with; `000` when the connection is closed. */
export async function answerTo(
  lab: Lab,
  from: LabPod,
  to: LabPod,
  path = '/',
  ...flags: string[]
): Promise<string> {
  const url = `http://${to.ip}:8080${path}`;
  const host = ['-H', `Host: ${to.name.split('-')[0] ?? ''}.${to.namespace}:8080`];
  const curl = ['curl', '-s', '-o', '/dev/null', '-m', '3', '-w', '%{http_code}', ...host];
  const argv = ['kubectl', '-n', from.namespace, 'exec', from.name, '-c', 'app', '--'];
  return (await lab.run([...argv, ...curl, ...flags, url])).stdout.trim();
}

/** plain/legacy, which has no sidecar, asks cart until it is answered so. */
export async function legacyGets(lab: Lab, wanted: string): Promise<void> {
  const [legacy, cart] = [await lab.pod('legacy', 'plain'), await lab.pod('cart')];
  const probe = async (): Promise<boolean> => {
    const code = await answerTo(lab, legacy, cart);
    if (code === wanted) return true;
    throw new Error(`plain/legacy gets ${code}`);
  };
  await until(`plain/legacy to get ${wanted}`, probe, 120_000, 500);
}

export const legacyCalls = (): Promise<string> =>
  Promise.resolve('plain/legacy svc/cart.shop:8080');

type Mesh = Record<string, unknown>;

/** Changes the mesh configuration, which istiod reads again at once. */
export async function changeMesh(lab: Lab, change: (mesh: Mesh) => void): Promise<void> {
  const text = await lab.kubectl('-n', 'istio-system', 'get', 'cm', 'istio', '-o', 'json');
  const map = JSON.parse(text) as { data: { mesh: string } };
  const mesh = parse(map.data.mesh) as Mesh;
  change(mesh);
  const patch = JSON.stringify({ data: { mesh: stringify(mesh) } });
  await lab.kubectl('-n', 'istio-system', 'patch', 'cm', 'istio', '--type=merge', '-p', patch);
}

export const setProvider =
  (service: string) =>
  (lab: Lab): Promise<void> =>
    changeMesh(lab, (mesh) => {
      const provider = { name: 'guard', envoyExtAuthzHttp: { service, port: 9191 } };
      mesh['extensionProviders'] = [...others(mesh), provider];
    });

export const forgetProvider = (lab: Lab): Promise<void> =>
  changeMesh(lab, (mesh) => (mesh['extensionProviders'] = others(mesh)));

function others(mesh: Mesh): { name: string }[] {
  const all = (mesh['extensionProviders'] ?? []) as { name: string }[];
  return all.filter(({ name }) => name !== 'guard');
}

/** A policy for cart. */
export const policy = (name: string, spec: string, annotations = ''): string =>
  `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: shop${annotations} }
spec:
  selector: { matchLabels: { app: cart } }
${spec}
`;

/** An EnvoyFilter that cart's Envoy refuses: its listeners stay as they are. */
export const BROKEN_FILTER = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: cart-header, namespace: shop }
spec:
  workloadSelector: { labels: { app: cart } }
  configPatches:
    - applyTo: HTTP_FILTER
      match:
        context: SIDECAR_INBOUND
        listener:
          filterChain: { filter: { name: envoy.filters.network.http_connection_manager } }
      patch:
        operation: INSERT_BEFORE
        value:
          name: shop.cart-header
          typed_config:
            '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
            default_source_code: { inline_string: 'function envoy_on_request(handle' }
`;

/** A database that speaks TCP, and a client that asks it every two seconds. */
export const BANK = `apiVersion: v1
kind: Namespace
metadata: { name: bank, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: teller, namespace: bank }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: bank, labels: { app: db } }
spec:
  selector: { app: db }
  ports: [{ name: tcp-db, port: 9000, targetPort: 9000 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: db, namespace: bank, labels: { app: db } }
spec:
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db, lab.meshdoc.dev/run: real } }
    spec:
      containers:
        - name: app
          image: lab/app:1
          command: [node, -e, "require('net').createServer(s => { s.on('error', () => 0); s.end('ready') }).listen(9000)"]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: teller, namespace: bank, labels: { app: teller } }
spec:
  selector: { matchLabels: { app: teller } }
  template:
    metadata: { labels: { app: teller, lab.meshdoc.dev/run: real } }
    spec:
      serviceAccountName: teller
      containers:
        - name: app
          image: lab/app:1
          command: [node, -e, "setInterval(() => { const s = require('net').connect(9000, 'db'); let got = ''; s.on('data', d => got += d); s.on('error', () => 0); s.on('close', () => console.log('db:', got || 'closed')) }, 2000)"]
---
`;

export const bankPolicy = (spec: string): string => `${BANK}apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: db, namespace: bank }
spec:
  selector: { matchLabels: { app: db } }
${spec}
`;

/** The bank is open, and its db refuses the teller. */
export async function tellerIsClosed(lab: Lab, since: Date): Promise<void> {
  for (const name of ['db', 'teller']) {
    await lab.kubectl('-n', 'bank', 'rollout', 'status', `deployment/${name}`, '--timeout=180s');
  }
  const db = await lab.pod('db', 'bank');
  await untilLogged(db, 'istio-proxy', /rbac_access_denied/, since);
}

export const tellerCalls = (): Promise<string> =>
  Promise.resolve('deploy/teller.bank svc/db.bank:9000');

/** An external authorizer that denies every request. */
export const guard = `apiVersion: v1
kind: Service
metadata: { name: guard, namespace: plain, labels: { app: guard } }
spec:
  selector: { app: guard }
  ports: [{ name: http, port: 9191, targetPort: 9191 }]
---
apiVersion: v1
kind: Pod
metadata: { name: guard, namespace: plain, labels: { app: guard, lab.meshdoc.dev/run: real } }
spec:
  containers:
    - name: app
      image: lab/app:1
      command: [node, -e, "require('http').createServer((q, s) => { s.statusCode = 403; s.end('no') }).listen(9191)"]
---
`;
