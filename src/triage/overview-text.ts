// The first lines of a session: where it looks, what meshes are there, what is unhealthy now, what could not be read.
import { age, count } from '../core/text.ts';
import { eventLine } from '../facts/kube/events.ts';
import { time } from '../model/kube/read.ts';
import { clip, oneLine } from '../report/plain.ts';
import type { Style } from '../report/style.ts';
import { ink, prose, row, type Ink } from '../report/text-rows.ts';
import { missing } from '../report/view.ts';
import { cutRow } from '../report/wrap.ts';
import type { MeshSeen } from './meshes.ts';
import type { Overview } from './overview.ts';
import type { Ailing } from './trouble.ts';

/** Where a session looks, as far as it is known before the first answer. */
export type Where = {
  readonly context: string | undefined;
  readonly server: string | undefined;
  readonly namespace: string;
  /** The user that the command line acts as. */
  readonly as: string | undefined;
  /** A saved case instead of a cluster. */
  readonly recorded: { readonly name: string; readonly at: string } | undefined;
};

const most = { ailing: 8, warnings: 3 } as const;

export function overviewText(o: Overview, where: Where, now: number, style: Style): string {
  const to = ink(style);
  const lines = [
    ...heading(o, where, to),
    ...o.meshes.flatMap((mesh) => row(to, mesh.name, meshSays(mesh, to))),
    ...(o.meshes.length === 0 ? row(to, 'Meshes', noMesh(o)) : []),
    ...ailing(o, to),
    ...warnings(o, now, to),
    ...unseen(o, to),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function heading(o: Overview, where: Where, to: Ink): string[] {
  const { recorded, context, server, namespace } = where;
  const user = o.user ?? where.as;
  const place = recorded
    ? `a saved case, "${recorded.name}" of ${recorded.at}; no cluster is asked`
    : [context ?? 'no context', server].filter((part) => part !== undefined).join(to.dot);
  const more = [
    `namespace ${namespace}`,
    ...(o.kubernetes === undefined ? [] : [`kubernetes ${o.kubernetes}`]),
    ...(user === undefined ? [] : [`as ${user}`]),
    `${count(o.pods, 'pod')} in ${count(o.namespaces, 'namespace')}${o.partly ? ` (${o.partly})` : ''}`,
  ];
  return [
    ...prose(to, 0, oneLine(place)).map(to.c.bold),
    ...prose(to, 0, oneLine(more.join(to.dot))),
  ];
}

function meshSays({ versions, ready, control, members }: MeshSeen, to: Ink): string {
  const plane =
    control === 0
      ? 'no control plane seen'
      : ready === control
        ? `${count(control, 'control plane pod')} ready`
        : `${ready} of ${count(control, 'control plane pod')} ready`;
  const version = versions.length === 0 ? [] : [versions.join(' and ')];
  return [...version, plane, `${count(members, 'pod')} in the mesh`].join(to.dot);
}

/** When pods could not be listed, "none seen" is not "none there". */
function noMesh({ gaps, partly, pods }: Overview): string {
  if (pods === 0 && gaps.length > 0) return 'unknown: no pods could be listed';
  return partly === undefined ? 'no pod is in one' : `no pod is in one (${partly})`;
}

function ailing(o: Overview, to: Ink): string[] {
  if (o.pods === 0) return [];
  if (o.ailing.length === 0) return row(to, 'Now', 'every pod seen is ready', to.c.green);
  const lines = o.ailing.slice(0, most.ailing).map((one) => oneAiling(one));
  const left = o.ailing.length - lines.length;
  return [
    ...row(to, 'Now', `${count(o.ailing.length, 'workload')} unhealthy`, to.c.red),
    ...[...lines, ...(left > 0 ? [`and ${left} more`] : [])].map(
      (line) => `  ${cutRow(line, to.width - 2, to.more)}`,
    ),
  ];
}

function oneAiling({ name, pods, trouble }: Ailing): string {
  const many = pods.length > 1 ? ` (${count(pods.length, 'pod')})` : '';
  return `${oneLine(name)}${many}  ${oneLine(trouble.says)}`;
}

function warnings({ warnings: all }: Overview, now: number, to: Ink): string[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, most.warnings).map((event) => {
    const at = time(event.last);
    const ago = at === undefined ? '' : `${age(now - at)} ago  `;
    return clip(oneLine(`${ago}${event.object}  ${eventLine(event)}`), 300);
  });
  const left = all.length - lines.length;
  return [
    ...row(to, 'Events', `${count(all.length, 'warning')} in the last 10 minutes`),
    ...[...lines, ...(left > 0 ? [`and ${left} more`] : [])].map(
      (line) => `  ${cutRow(line, to.width - 2, to.more)}`,
    ),
  ];
}

function unseen({ gaps }: Overview, to: Ink): string[] {
  const said = missing(gaps).flatMap(({ says }) => says);
  return said.flatMap((text) => row(to, 'Unseen', text, to.c.yellow));
}
