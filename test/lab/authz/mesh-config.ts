// What the field wants of mesh config: an alias of the trust domain, and authorizers that CUSTOM may name.
import { parse, stringify } from 'yaml';
import type { Provider } from '../../../src/model/istio/authz/types.ts';
import { getJson } from '../cluster.ts';
import type { Lab } from '../lab.ts';
import { sleep } from '../sh.ts';

export const alias = 'old.example';

/** `yea` answers 200 to everything; of `nay` and `grpc` nobody answers. */
export const providers: readonly Provider[] = [
  { name: 'yea', kind: 'ext-authz-http' },
  { name: 'nay', kind: 'ext-authz-http' },
  { name: 'grpc', kind: 'ext-authz-grpc' },
  { name: 'log', kind: 'other' },
];

const extensionProviders = [
  {
    name: 'yea',
    envoyExtAuthzHttp: { service: 'yea.plain.svc.cluster.local', port: 8080 },
  },
  {
    name: 'nay',
    envoyExtAuthzHttp: { service: 'nobody.authz-0.svc.cluster.local', port: 80 },
  },
  {
    name: 'grpc',
    envoyExtAuthzGrpc: { service: 'nobody.authz-0.svc.cluster.local', port: 80 },
  },
  { name: 'log', envoyFileAccessLog: { path: '/dev/null' } },
];

/** One answers from outside the mesh, so that no policy keeps the question from it; no pod answers for the other. */
export const authorizers = `
apiVersion: v1
kind: Service
metadata: { name: yea, namespace: plain }
spec: { selector: { app: legacy }, ports: [{ name: http, port: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: nobody, namespace: authz-0 }
spec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }
`;

type ConfigMap = { readonly data: { readonly mesh: string } };

/** The text before, to be put back by `setMeshConfig`. */
export async function changeMeshConfig(mesh: Lab): Promise<string> {
  const { data } = await getJson<ConfigMap>('-n', 'istio-system', 'configmap', 'istio');
  const config = parse(data.mesh) as object;
  await setMeshConfig(
    mesh,
    stringify({ ...config, trustDomainAliases: [alias], extensionProviders }),
  );
  return data.mesh;
}

export async function setMeshConfig(mesh: Lab, text: string): Promise<void> {
  const patch = JSON.stringify({ data: { mesh: text } });
  await mesh.kubectl('-n', 'istio-system', 'patch', 'configmap', 'istio', '-p', patch);
  await sleep(1500);
}
