// How long istiod's pushes take, from its own metrics, and how large they are.
// istio pilot/pkg/xds/monitoring.go: pilot_proxy_convergence_time (seconds), pilot_xds_config_size_bytes.
import { kubectl } from '../../core/command.ts';
import { fact, type Fetched, needs, needsPort } from '../../core/fact.ts';
import { failure } from '../kube/ask.ts';
import { readPod } from '../kube/pod.ts';
import { askIstiod } from './debug.ts';
import { istiodPods } from './istiods.ts';

export type PushTimes = {
  /** Mean seconds from a change until a proxy has it, since istiod started. */
  readonly meanSeconds: number | undefined;
  readonly pushes: number;
};

export const pushTimes = fact({
  name: 'istio/push-times',
  asks: ({ root }: { root: string }) => `how long istiod's pushes take, in ${root}`,
  byHand: ({ root }) =>
    kubectl`exec -n ${root} deploy/istiod -- pilot-discovery request GET /metrics`,
  needs: [needs(['list'], 'pods', 'mesh-root'), needsPort('mesh-root')],
  timeoutMs: 9000,
  fetch: async (ports, { root }, signal): Promise<Fetched<PushTimes>> => {
    const question = istiodPods(root);
    const listed = await ports.ask(question, signal);
    if (!listed.ok) return failure(listed, question);
    const running = listed.value.items.map(readPod).filter((pod) => pod.phase === 'Running');
    const pages = await Promise.all(
      running.map((istiod) => askIstiod(ports, istiod, '/metrics', readPushTimes, signal)),
    );
    const heard = pages.flatMap((p) => (p.ok && p.value.is === 'heard' ? [p.value.value] : []));
    const failed = pages.find((p) => !p.ok);
    if (heard.length === 0)
      return failed ?? { ok: false, why: 'absent', detail: 'no istiod is running' };
    const pushes = heard.reduce((sum, h) => sum + h.pushes, 0);
    const seconds = heard.reduce((sum, h) => sum + h.seconds, 0);
    return {
      ok: true,
      value: { pushes, meanSeconds: pushes === 0 ? undefined : seconds / pushes },
    };
  },
  show: ({ meanSeconds, pushes }) => [
    meanSeconds === undefined
      ? 'no push yet'
      : `${pushes} pushes, ${meanSeconds.toFixed(2)} s each on average`,
  ],
});

export function readPushTimes(body: string): { seconds: number; pushes: number } | undefined {
  const read = (name: string) => {
    const line = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(body);
    return line ? Number(line[1]) : undefined;
  };
  if (!body.includes('# TYPE')) return undefined;
  return {
    seconds: read('pilot_proxy_convergence_time_sum') ?? 0,
    pushes: read('pilot_proxy_convergence_time_count') ?? 0,
  };
}
