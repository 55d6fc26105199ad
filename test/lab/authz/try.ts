// One generated request, sent and decided; and how the two compare.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/core/object.ts';
import { decide } from '../../../src/model/istio/authz/decide.ts';
import { parseDetails } from '../../../src/model/istio/authz/details.ts';
import {
  defaultSwitches,
  type Decision,
  type Details,
  type DeniedBy,
  type Scene,
} from '../../../src/model/istio/authz/types.ts';
import { root, type Sent } from '../../model/istio/authz/arbitrary.ts';
import { podDir } from '../paths.ts';
import { issuer, withJwt, type Destination, type Field } from './field.ts';
import { alias, providers } from './mesh-config.ts';
import { requestOf, send, type Saw } from './send.ts';

export type Tried = {
  readonly id: string;
  readonly to: Destination;
  readonly sent: Sent;
  readonly saw: Saw;
  readonly decision: Decision;
  readonly objects: readonly KubeObject[];
};

export function sceneAt(to: Destination, objects: readonly KubeObject[]): Scene {
  const tokens: KubeObject = {
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: 'tokens', namespace: to.namespace },
    spec: { jwtRules: [{ issuer }] },
  };
  return {
    root,
    trustDomain: 'cluster.local',
    trustDomainAliases: [alias],
    point: { is: 'sidecar', namespace: to.namespace, labels: to.labels },
    authorizationPolicies: objects,
    requestAuthentications: withJwt.includes(to.namespace) ? [tokens] : [],
    peerAuthentications: [],
    providers,
    switches: { ...defaultSwitches, dryRunCustom: 'denies' },
    unseen: [],
  };
}

/** One after another: TCP connections carry no name to tell them apart by in the log. */
export async function tryAll(
  field: Field,
  to: Destination,
  all: readonly Sent[],
  objects: readonly KubeObject[],
  name: string,
): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const [index, sent] of all.entries()) {
    const id = `${name}-${index}`;
    const saw = await send(field, to, sent, id);
    const decision = decide(sceneAt(to, objects), requestOf(field, to, sent));
    tried.push({ id, to, sent, saw, decision, objects });
  }
  return tried;
}

/** What the client should see of a decision. */
export function expected(decision: Decision): Saw {
  const { outcome } = decision;
  // It is asked first, so its refusal hides all others.
  if (refusedByProvider(decision)) return 'denied';
  switch (outcome.is) {
    case 'allowed':
      return 'allowed';
    case 'denied':
      return outcome.by.is === 'jwt' && outcome.by.status === 401 ? '401' : 'denied';
    case 'unknown': {
      const asked = outcome.hangsOn.every(({ is }) => is === 'provider');
      return asked ? 'allowed' : { odd: `hangs on ${JSON.stringify(outcome.hangsOn)}` };
    }
  }
}

export function refusedByProvider({ asks }: Decision): boolean {
  return asks.some(({ provider }) => provider !== 'yea');
}

export function told({ to, sent, saw, decision, objects }: Tried): object {
  const near = [root, to.namespace];
  return {
    to: to.namespace,
    sent,
    saw,
    outcome: decision.outcome,
    policies: objects.filter(({ metadata }) => near.includes(metadata.namespace ?? '')),
  };
}

/** The rule that Envoy names for each denied HTTP request, by the request's id. */
export async function rulesNamed(to: Destination): Promise<ReadonlyMap<string, Details>> {
  const log = await readFile(join(podDir(to.namespace, to.pod.name), 'istio-proxy.log'), 'utf8');
  const named = new Map<string, Details>();
  for (const line of log.split('\n')) {
    const start = line.indexOf('{');
    if (start < 0 || !line.includes('?id=')) continue;
    const entry = JSON.parse(line.slice(start)) as { path: string; response_code_details: string };
    const details = parseDetails(entry.response_code_details);
    const id = /\?id=([\d-]+)$/.exec(entry.path)?.[1];
    if (details !== undefined && id !== undefined) named.set(id, details);
  }
  return named;
}

export function detailsOf(by: DeniedBy): Details | undefined {
  switch (by.is) {
    case 'jwt':
      return undefined;
    case 'no-allow':
      return { is: 'none' };
    case 'deny-rule':
      return { is: 'rule', rule: by.matched.rule, custom: undefined };
    case 'custom-broken': {
      const custom = { provider: by.provider, broken: by.why !== 'dry-run' };
      return { is: 'rule', rule: by.matched.rule, custom };
    }
  }
}
