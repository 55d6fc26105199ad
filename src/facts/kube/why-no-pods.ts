// Why a workload has no pods, in a clause: none is wanted, or its controller may not create them.
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import { oneLine } from '../../core/text.ts';
import { list, number, text } from '../../model/kube/read.ts';
import { refusedPod } from '../../model/kube/refused-pod.ts';
import { listObjects } from './ask.ts';
import { readEvents } from './events.ts';
import { events } from './kinds.ts';
import { refusalOf } from './refusals.ts';

/** `undefined`: nothing that may be read says why. Asks one question at most, and only where the object does not tell. */
export async function whyNoPods(
  ports: Ports,
  { kind, metadata, spec, status }: KubeObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (number(spec, 'replicas') === 0) return 'it is scaled to 0';
  // A Deployment repeats what its ReplicaSet was told (kubernetes pkg/controller/deployment/sync.go).
  const condition = list(status, 'conditions').find((c) => text(c, 'type') === 'ReplicaFailure');
  const own = text(condition, 'message');
  if (own !== undefined) return refusedSays(own);
  const where = { namespace: metadata.namespace, fields: 'reason=FailedCreate', limit: 500 };
  const reply = await listObjects(ports, events, where, signal);
  const all = reply.ok ? readEvents(reply.value.items) : [];
  const event = refusalOf(all, { kind, name: metadata.name });
  return event && refusedSays(event.message);
}

function refusedSays(message: string): string {
  const why = refusedPod(message);
  const by =
    'webhook' in why ? `webhook ${why.webhook}` : 'policy' in why ? why.policy : 'the API server';
  return `${by} refuses them: ${oneLine(why.said)}`;
}
