// What other tools say of a fault beside what meshdoc says of it. `npm run docs` puts the table into tools/README.md.
import { run, scenarios } from './helpers/scenarios.ts';

/** What a tool printed, word for word, the file that holds it, and what it is about. */
type Said = { readonly quote: string; readonly from: string; readonly about?: string };
type Row = {
  readonly fault: string;
  /** The saved case. */
  readonly by: string;
  readonly analyze?: Said;
  readonly describe?: Said;
  readonly status?: Said;
  readonly check?: Said;
};

export const rows: readonly Row[] = [
  {
    fault: 'Envoy is stopped',
    by: 'stale/frozen',
    analyze: {
      quote: 'Referenced host+subset in destinationrule not found',
      from: 'istioctl/1.31/frozen/analyze.txt',
      about: 'the change that never arrived',
    },
    describe: { quote: 'context deadline exceeded', from: 'istioctl/1.31/frozen/describe.txt' },
    status: { quote: 'STALE (3s)', from: 'istioctl/1.31/frozen/proxy-status-v1.txt' },
  },
  {
    fault: 'Envoy rejects a push',
    by: 'stale/rejected-envoyfilter',
    analyze: {
      quote: 'EnvoyFilter exposes internal implementation details',
      from: 'istioctl/1.31/nack/analyze.txt',
      about: 'a warning that every EnvoyFilter gets',
    },
    describe: {
      quote: 'No destinations match pod subsets',
      from: 'istioctl/1.31/nack/describe.txt',
      about: 'another problem; nothing about the rejection',
    },
    status: {
      quote: 'ERROR (48s)',
      from: 'istioctl/1.31/nack/proxy-status-v1.txt',
      about: 'without the reason',
    },
  },
  {
    fault: 'a DENY policy matches a caller',
    by: 'rbac/deny-rule',
    analyze: { quote: 'No validation issues found', from: 'istioctl/1.31/rbac/analyze.txt' },
    describe: {
      quote: 'RBAC policies: ns[bookinfo]-policy[deny-productpage]-rule[0]',
      from: 'istioctl/1.31/rbac/describe.txt',
      about: 'the policy, not whom it denies',
    },
    status: { quote: 'SYNCED (2s)', from: 'istioctl/1.31/rbac/proxy-status-v1.txt' },
  },
  {
    fault: "pods without Linkerd's proxy",
    by: 'linkerd-injection/not-annotated',
    check: {
      quote: 'no "linkerd-proxy" containers found in the "emojivoto" namespace',
      from: 'linkerd/uninjected/check-proxy.txt',
    },
  },
  {
    fault: "Linkerd's issuer certificate expired",
    by: 'linkerd-identity/issuer-ended',
    check: {
      quote: 'issuer certificate is not valid anymore. Expired on 2026-11-15T00:00:00Z',
      from: 'linkerd/expired/check.txt',
    },
  },
];

const head = [
  'fault',
  '`istioctl analyze`',
  '`istioctl x describe pod`',
  '`istioctl proxy-status -v 1`',
  '`linkerd check`',
  'Kiali',
  'meshdoc',
];

/** Markdown. */
export default async function besideTable(): Promise<string> {
  const cells = await Promise.all(
    rows.map(async ({ fault, by, analyze, describe, status, check }) => [
      fault,
      ...[analyze, describe, status, check].map(cell),
      'not run',
      `${await causeOf(by)} ([case](../scenarios/${by}/expected.md))`,
    ]),
  );
  const lines = [head, ...cells].map((row) => `| ${row.join(' | ')} |`);
  return lines.toSpliced(1, 0, `|${'---|'.repeat(head.length)}`).join('\n');
}

function cell(said: Said | undefined): string {
  if (said === undefined) return 'not about this mesh';
  const { quote, from, about } = said;
  return `[\`${quote}\`](${from})${about === undefined ? '' : `: ${about}`}`;
}

async function causeOf(name: string): Promise<string> {
  const found = (await scenarios()).find((one) => one.name === name);
  const ran = found && (await run(name, found.saved));
  const [finding] = ran?.diagnoses.flatMap(({ findings }) => findings) ?? [];
  if (!finding) throw new Error(`${name} finds nothing`);
  return finding.says.replaceAll('|', '\\|');
}
