// A kind that a mesh brings along is served wherever that mesh runs. Where the API server says that there is no such kind,
// and the mesh runs all the same, its lists were not read: its CRDs were removed, or something else answers.
import type { Ports, Reply } from '../../core/ports.ts';
import { failed } from '../../core/ports.ts';
import type { Listed, ListQuestion } from '../../core/question.ts';
import type { Mesh } from '../../core/mesh.ts';
import type { Resource } from '../../core/refs.ts';
import { meshes } from '../../meshes/meshes.ts';
import { pods } from '../kube/kinds.ts';

/** The reply to a list, unless it says that there is no such kind where there must be one. */
export async function ifServed(
  ports: Ports,
  { resource }: ListQuestion,
  reply: Reply<Listed>,
  signal: AbortSignal,
): Promise<Reply<Listed>> {
  if (reply.ok || reply.why !== 'absent') return reply;
  const owner = meshes.find(({ brings }) => brings?.kinds.includes(keyOf(resource)));
  if (!owner) return reply;
  const runs = await whatRuns(ports, owner, signal);
  return runs === undefined
    ? reply
    : failed('unreadable', `the API server has no ${resource.kind} of ${owner.title}, ${runs}`);
}

/** `undefined` when nothing of the mesh runs: then it has no kinds either. */
async function whatRuns(
  ports: Ports,
  { title, brings }: Mesh,
  signal: AbortSignal,
): Promise<string | undefined> {
  const signs = brings?.signs ?? [];
  const asked = signs.map(({ labels }): ListQuestion => ({
    ask: 'list',
    resource: pods,
    labels,
    limit: 1,
  }));
  const replies = await Promise.all(asked.map((question) => ports.ask(question, signal)));
  for (const [i, { is }] of signs.entries()) {
    const reply = replies[i];
    const pod = reply?.ok ? reply.value.items[0] : undefined;
    if (pod) {
      const where = pod.metadata.namespace ?? '';
      return `although ${is} runs in ${where}: its CRDs were removed, or something else answers`;
    }
  }
  return replies.every((reply) => reply.ok)
    ? undefined
    : `and whether ${title} runs could not be asked`;
}

/** `example.io/Sidecar` for `networking.example.io`: a mesh may have several groups. */
function keyOf({ group, kind }: Resource): string {
  return `${group.split('.').slice(-2).join('.')}/${kind}`;
}
