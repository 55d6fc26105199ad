// What the conclusions of `linkerd-identity` hang on, put together once from what was gathered.
import { meshdoc, placeText, valueOf, words } from '../../../src/authoring.ts';
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
  const install = installOf(seen, asked);
  return { seen, install, issuer: issuerOf(seen), now: clockOf(seen) };
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

function issuerOf({ mesh, service, proxies = [] }: Gathered): IssuerView {
  const presented = proxies.flatMap(({ certificate }) => {
    const seen = valueOf(certificate);
    return seen?.is === 'presented' ? [seen] : [];
  });
  const running = (service?.metrics ?? []).flatMap((answer) => {
    const seen = valueOf(answer);
    return seen?.is === 'answered' ? (seen.until ?? []) : [];
  });
  const managed = valueOf(service?.managed) ?? [];
  return issuerView({ presented, config: valueOf(mesh)?.config, managed, running });
}

/** Each fact that judges by the clock has it. */
function clockOf({ anchors, proxies = [], service }: Gathered): number {
  const times = [
    valueOf(anchors)?.now,
    ...(service?.metrics ?? []).map((answer) => valueOf(answer)?.now),
    ...proxies.map(({ certificate }) => {
      const seen = valueOf(certificate);
      return seen?.is === 'presented' ? seen.now : undefined;
    }),
  ];
  return times.find((time) => time !== undefined) ?? Number.NaN;
}
