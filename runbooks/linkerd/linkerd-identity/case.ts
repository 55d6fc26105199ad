// What the conclusions of `linkerd-identity` depend on, built once from what was gathered.
import {
  meshdoc,
  placeText,
  valueOf,
  words,
  type Answer,
  type Known,
} from '../../../src/authoring.ts';
import { componentOf } from '../../../src/model/linkerd/control-plane.ts';
import type { Gathered, Input } from './checks.ts';
import type { Install } from './fixes.ts';
import { issuerSecret, issuerView, type IssuerView } from './issuer.ts';

export type Case = {
  readonly seen: Gathered;
  readonly install: Install;
  readonly issuer: IssuerView;
  /** When the run looked; NaN where nothing that has a clock was answered. */
  readonly now: number;
};

export function caseOf(seen: Gathered, asked: Input): Case {
  const { mesh, anchors, service, proxies = [] } = seen;
  const presented = proxies.flatMap((one) => one.presented ?? []);
  const metrics = (service?.metrics ?? []).flatMap((answer) => valueOf(answer) ?? []);
  const running = metrics.flatMap((one) => (one.is === 'answered' ? (one.until ?? []) : []));
  const managed = valueOf(service?.managed) ?? [];
  const clocks = [valueOf(anchors), ...metrics, ...presented].map((one) => one?.now);
  return {
    seen,
    install: installOf(seen, asked),
    issuer: issuerView({ presented, config: valueOf(mesh)?.config, managed, running }),
    now: clocks.find((time) => time !== undefined) ?? Number.NaN,
  };
}

export function installOf({ mesh, service }: Gathered, { target }: Input): Install {
  const plane = valueOf(mesh);
  const kept = (valueOf(service?.managed) ?? []).find(({ secret }) => secret === issuerSecret);
  const created = plane && componentOf(plane, 'identity')?.pods[0]?.annotations[createdBy];
  const installer = created?.startsWith('linkerd/cli') ? 'cli' : 'helm';
  return {
    root: plane?.namespace ?? 'linkerd',
    keeper: kept ? { is: 'cert-manager', certificate: kept.name } : { is: installer },
    scheme: plane?.config?.issuerScheme ?? 'linkerd.io/tls',
    verify: meshdoc`diagnose linkerd-identity ${target ? words`${placeText(target)}` : []}`,
  };
}
const createdBy = 'linkerd.io/created-by';

/** Those that came, as many as one finding cites. */
export function knownOf(
  answers: readonly (Answer<unknown> | undefined)[],
): readonly Known<unknown>[] {
  return answers.flatMap((answer) => (answer?.kind === 'known' ? [answer] : [])).slice(0, 5);
}
