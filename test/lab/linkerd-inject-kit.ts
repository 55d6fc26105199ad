// What the faults of Linkerd's injection share: namespaces of their own, whose pods do not run.
import { apply, kubectl } from './cluster.ts';
import { deployment } from './inject-kit.ts';
import { FAULT_LABEL, linkerdFault, setWebhook, type WebhookChange } from './linkerd-kit.ts';
import type { Fault } from './faults.ts';
import { until } from './sh.ts';

export const INJECT = 'linkerd.io/inject';
export const ENABLED = { [INJECT]: 'enabled' };

type Named = {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
};

export function space(name: string, { annotations = {}, labels = {} }: Named = {}): object {
  const metadata = { name, annotations, labels: { [FAULT_LABEL]: 'linkerd', ...labels } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

export const put = (...items: readonly object[]): Promise<void> =>
  apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

/** A namespace must have its service account before pods may be made in it. */
export async function putSpaces(...spaces: readonly object[]): Promise<void> {
  await put(...spaces);
  const names = spaces.map((each) => (each as { metadata: { name: string } }).metadata.name);
  await Promise.all(
    names.map((name) =>
      until(`the service account of ${name}`, () =>
        kubectl('-n', name, 'get', 'serviceaccount', 'default'),
      ),
    ),
  );
}

export const HERE = 'lj-here';
const TARGET = { target: `deploy/web.${HERE}` };

/** The workload of a fault of the webhook itself; its pods are there, or refused. */
export async function addWeb(): Promise<void> {
  await putSpaces(space(HERE, { annotations: ENABLED }));
  await put(deployment(HERE, 'web'));
}

export async function untilMade(): Promise<void> {
  await kubectl('-n', HERE, 'rollout', 'status', 'deployment/web', '--timeout=120s');
}

export async function untilRefused(pattern: RegExp): Promise<void> {
  await until(
    `a refusal that says ${String(pattern)}`,
    async () => {
      const args = ['get', 'events', '--field-selector', 'reason=FailedCreate', '-o', 'yaml'];
      return pattern.test(await kubectl('-n', HERE, ...args));
    },
    120_000,
  );
}

/** A webhook that is changed before the pods of a new workload are made. */
export function webhookFault(
  name: string,
  does: string,
  change: () => Promise<WebhookChange> | WebhookChange,
  then: () => Promise<void> = untilMade,
): Fault {
  return linkerdFault(name, does, async () => {
    await setWebhook(await change());
    await untilApplied();
    await addWeb();
    await then();
    return TARGET;
  });
}

/** The API server reads its webhooks again within a second. */
export const untilApplied = (): Promise<void> => new Promise((done) => setTimeout(done, 1500));
