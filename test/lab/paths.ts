import { homedir } from 'node:os';
import { join } from 'node:path';
import { ENVOY, GATEWAY_API, ISTIO, KUBERNETES, KWOK, PROMETHEUS } from './versions.ts';

/** One digit: a second lab beside the first, for work on two things at once. Empty for the first. */
const INSTANCE = process.env.MESHDOC_LAB_INSTANCE ?? ofWorker(process.env.VITEST_POOL_ID);
if (!/^\d?$/.test(INSTANCE)) throw new Error('MESHDOC_LAB_INSTANCE must be one digit');

/** Tests that run side by side have a lab each. */
function ofWorker(slot = '1'): string {
  return slot === '1' ? '' : slot;
}

export const stateOf = (instance: string): string =>
  process.env.MESHDOC_LAB_DIR ?? `/tmp/meshdoc-lab${instance}`;
export const STATE = stateOf(INSTANCE);
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'meshdoc-lab');

export const built = {
  kubernetes: join(CACHE, `k8s-${KUBERNETES}`),
  kwok: join(CACHE, `kwok-${KWOK}`),
  istio: join(CACHE, `istio-${ISTIO}`),
  envoy: join(CACHE, `envoy-${ENVOY}`),
  prometheus: join(CACHE, `prometheus-${PROMETHEUS}`),
  gatewayApi: join(CACHE, `gateway-api-${GATEWAY_API}`),
};

/** Everything the lab leaves in the kernel carries this prefix, and only that is ever removed. */
export const PREFIX = `mdlab${INSTANCE}-`;
export const CONTROL_PLANE_NETNS = `${PREFIX}cp`;
export const podNetns = (namespace: string, name: string): string =>
  `${PREFIX}${namespace}-${name}`;

export const inState = (...parts: string[]): string => join(STATE, ...parts);
export const podDir = (namespace: string, name: string): string =>
  inState('pods', `${namespace}_${name}`);
export const kubeconfigOf = (user: string): string => inState(`kubeconfig-${user}`);

export const HOST_IP = '10.244.0.1';
export const API_PORT = 6443;
export const API_URL = `https://${HOST_IP}:${API_PORT}`;

/** A pod with this label runs real processes; any other pod exists only in the API. */
export const REAL_LABEL = 'lab.meshdoc.dev/run';
export const REAL_SELECTOR = `${REAL_LABEL}=real`;
