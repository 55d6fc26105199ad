// Requests that the proxy of the caller answered itself, because a VirtualService injects a fault.
import {
  cite,
  destinationText,
  kubectl,
  meshdoc,
  podText,
  valueOf,
  type Answer,
  type Fix,
  type Found,
  type KubeObject,
} from '../../../src/authoring.ts';
import type { DenialLog, Refused } from '../../../src/facts/istio/denial-log.ts';
import { clusterName } from '../../../src/model/istio/effect/host-name.ts';
import { faultsFor, type Fault } from '../../../src/model/istio/faults.ts';
import type { Input } from '../../shared/request.ts';
import { tell } from './says.ts';
import { seenText } from './words.ts';

type Outbound = {
  readonly log: Answer<DenialLog> | undefined;
  readonly rules: Answer<readonly KubeObject[]> | undefined;
};

export function faultsLogged(log: DenialLog | undefined): readonly Refused[] {
  return (log?.refused ?? []).filter((line) => line.by.is === 'fault');
}

/** `outbound|8080||cart.shop.svc.cluster.local` */
function hostOf({ by }: Refused): string {
  return by.is === 'fault' ? (by.cluster.split('|').at(-1) ?? '') : '';
}

/** The namespace of the Service that was called. */
export function namespaceOf(line: Refused): string {
  return hostOf(line).split('.')[1] ?? '';
}

const clusterDomain = 'cluster.local';
/** How old a line may be: the fault may have been taken out since. */
const recentMs = 120_000;

export function faultsFound(
  { log, rules }: Outbound,
  { src, dst }: Input,
  now: number,
): readonly Found[] {
  if (log?.kind !== 'known') return [];
  const pod = src ?? dst.pod;
  const lines = faultsLogged(log.value).filter((line) => isMeant(line, { src, dst }));
  const recent = lines.filter(({ at }) => at === undefined || now - at < recentMs);
  const different = recent.filter((l, i) => recent.findIndex((o) => hostOf(o) === hostOf(l)) === i);
  return different.map((line) => {
    const found = faultsFor(valueOf(rules) ?? [], hostOf(line), line.status, clusterDomain);
    const [fault] = found;
    const request = [line.method, `${line.host ?? ''}${line.path ?? ''}`].filter(Boolean).join(' ');
    const slots = {
      ...{ pod, request, status: line.status, host: hostOf(line) },
      resource: fault ? `VirtualService ${fault.namespace}/${fault.name}` : 'A VirtualService',
      where: fault ? ` (${fault.at}${percentText(fault)})` : '',
    };
    const from = cite(log, rules);
    const verify = meshdoc`diagnose rbac ${src ? podText(src) : []} ${destinationText(dst)}`;
    const fixes = fault ? [withoutFault(fault, verify)] : [];
    return tell('fault-injected', slots, {
      from,
      sure: fault !== undefined,
      reach: seenText(line),
      fixes,
    });
  });
}

/** A named caller is asked about one destination. */
function isMeant(line: Refused, { src, dst }: Pick<Input, 'src' | 'dst'>): boolean {
  if (!src || !dst.service) return true;
  const called = clusterName(hostOf(line), clusterDomain);
  return called?.name === dst.service.name && called.namespace === dst.service.namespace;
}

function percentText({ percent }: Fault): string {
  return percent === undefined || percent >= 100 ? '' : `, ${percent} % of them`;
}

function withoutFault(fault: Fault, verify: Fix['verify']): Fix {
  const { namespace, name, route, written } = fault;
  const path = `/spec/http/${route}/fault`;
  const patch = (...ops: readonly object[]) =>
    kubectl`patch virtualservices.networking.istio.io ${name} -n ${namespace} --type=json
      -p ${JSON.stringify(ops)}`;
  return {
    does: `Remove the fault from http[${route}] of ${namespace}/${name}`,
    run: patch({ op: 'test', path, value: written }, { op: 'remove', path }),
    risk: 'changes-traffic',
    touches: `every caller whose requests take this route: none of them is answered by the fault any more`,
    undo: { run: patch({ op: 'add', path, value: written }) },
    verify,
  };
}
