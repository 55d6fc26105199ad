// The API server as a pod of the control plane reaches it: its ServiceAccount's token, the cluster's CA.
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const [token, ca] = await Promise.all([
    readFile(`${ACCOUNT}/token`, 'utf8'),
    readFile(`${ACCOUNT}/ca.crt`),
  ]);
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path, method, ca, headers, timeout: 5000 }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) < 300) resolve(JSON.parse(text) as T);
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
      });
    });
    call.on('timeout', () => call.destroy(new Error('time-out')));
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export type Meta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly Owner[];
};
export type Owner = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
};

/** An Event on an object, as client-go's recorder makes one. */
export async function event(
  on: { readonly apiVersion: string; readonly kind: string; readonly metadata: Meta },
  by: string,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Promise<void> {
  const { name, namespace = 'default', uid } = on.metadata;
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const { apiVersion, kind } = on;
  await api('POST', `/api/v1/namespaces/${namespace}/events`, {
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion, kind, name, namespace, uid },
    reason,
    message,
    type,
    source: { component: by },
    reportingComponent: by,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  });
}
