import { readFile } from 'node:fs/promises';
import { apply, getJson, istioctl, kubectl, labEnv, run, type LabRunOptions } from './cluster.ts';
import { brokenFaults, findFault, forgetFault, rememberFault } from './faults.ts';
import { waitHealthy } from './health.ts';
import { up } from './lifecycle.ts';
import { inState, kubeconfigOf, podNetns } from './paths.ts';
import type { Result } from './sh.ts';

/** Names of interest that a fault made or chose: `target` is the pod to diagnose, as ns/pod. */
export type FaultContext = { target: string } & Record<string, string>;

export type AuditEntry = {
  user: string;
  verb: string;
  uri: string;
  code: number;
  resource: string;
  namespace: string;
  userAgent: string;
  at: string;
};

export type LabPod = { namespace: string; name: string; ip: string; netns: string };

export type Lab = {
  /** cluster-admin; its context is named 'lab'. Other users: `run(argv, { user })`. */
  kubeconfig: string;
  /** PATH with the lab's binaries first, KUBECONFIG, HOME. */
  env: Record<string, string>;
  /** Runs a command in the control plane's network namespace. Never throws. */
  run(argv: string[], opt?: LabRunOptions): Promise<Result>;
  /** These two answer stdout, and throw with stderr on failure. */
  kubectl(...args: string[]): Promise<string>;
  istioctl(...args: string[]): Promise<string>;
  apply(yaml: string): Promise<void>;
  /** Produces a fault and waits until its effect is there. */
  breakIt(fault: string): Promise<FaultContext>;
  /** Undoes one fault, or all, and waits until the mesh is healthy again. */
  mend(fault?: string): Promise<void>;
  /** Requests that people (not the control plane) made to the API server, oldest first. */
  auditLog(): Promise<AuditEntry[]>;
  /** The newest running pod labelled app=<app>; in shop unless `namespace` says otherwise. */
  pod(app: string, namespace?: string): Promise<LabPod>;
};

type AuditEvent = {
  user?: { username?: string };
  verb: string;
  requestURI: string;
  responseStatus?: { code?: number };
  objectRef?: { resource?: string; subresource?: string; namespace?: string };
  userAgent?: string;
  requestReceivedTimestamp: string;
};

function auditEntry(event: AuditEvent): AuditEntry {
  const { resource = '', subresource, namespace = '' } = event.objectRef ?? {};
  return {
    user: event.user?.username ?? '',
    verb: event.verb,
    uri: event.requestURI,
    code: event.responseStatus?.code ?? 0,
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
    userAgent: event.userAgent ?? '',
    at: event.requestReceivedTimestamp,
  };
}

async function auditLog(): Promise<AuditEntry[]> {
  const text = await readFile(inState('audit.log'), 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n').filter(Boolean);
  return lines.map((line) => auditEntry(JSON.parse(line) as AuditEvent));
}

type Pods = {
  items: {
    metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string };
    status: { podIP?: string };
  }[];
};

async function pod(app: string, namespace = 'shop'): Promise<LabPod> {
  const { items } = await getJson<Pods>('-n', namespace, 'pods', '-l', `app=${app}`);
  const alive = items.filter(({ metadata }) => !metadata.deletionTimestamp);
  alive.sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  const [newest] = alive;
  if (!newest) throw new Error(`no pod app=${app} in ${namespace}`);
  const { name } = newest.metadata;
  return { namespace, name, ip: newest.status.podIP ?? '', netns: podNetns(namespace, name) };
}

/** Linkerd stays between its own faults, and is gone before any other: the rest of the lab is Istio's alone. */
async function leaveLinkerd(name: string): Promise<void> {
  const installed = 'linkerd-installed';
  if (name.startsWith('linkerd-') || !(await brokenFaults()).includes(installed)) return;
  await (await findFault(installed)).mend(theLab);
  await forgetFault(installed);
}

async function breakIt(name: string): Promise<FaultContext> {
  const fault = await findFault(name);
  await leaveLinkerd(name);
  await rememberFault(name);
  return fault.break(theLab);
}

async function mend(name?: string): Promise<void> {
  for (const each of name ? [name] : await brokenFaults()) {
    await (await findFault(each)).mend(theLab);
    await forgetFault(each);
  }
  await waitHealthy();
}

const theLab: Lab = {
  kubeconfig: kubeconfigOf('admin'),
  env: labEnv,
  run,
  kubectl,
  istioctl,
  apply,
  breakIt,
  mend,
  auditLog,
  pod,
};

/** Attaches to the running lab, or brings it up. */
export async function lab(): Promise<Lab> {
  await up();
  return theLab;
}
