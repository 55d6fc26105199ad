// Which permission is missing for which runbook, and the command that gives it.
import { rulesOf, wantsOf, type Wants } from '../access/rules.ts';
import { own, words } from '../core/argv.ts';
import { meshdoc, piped, type Command } from '../core/command.ts';
import type { Ports } from '../core/ports.ts';
import type { Runbook } from '../core/runbook.ts';
import { oneLine } from '../core/text.ts';
import { roots as meshRoots } from '../meshes/choices.ts';
import type { Permission, Right } from './check.ts';
import { isHeld, rightsOf, type Held, type Places } from './rights.ts';

/** Whether a mesh is in the cluster, by its name. */
export type Presence = Readonly<Record<string, 'here' | 'absent' | 'unknown'>>;

export type PermissionChoice = {
  readonly runbooks: readonly Runbook[];
  /** Named by the user: checked even where their mesh is not installed. */
  readonly named: boolean;
  readonly places: Places;
  readonly presence: Presence;
};

export function permissionsOf(
  ports: Ports,
  { runbooks, named, places, presence }: PermissionChoice,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  return Promise.all(
    runbooks.map(async (runbook): Promise<Permission> => {
      const { id, mesh } = runbook.head;
      if (!named && mesh !== undefined && presence[mesh] === 'absent') {
        const because = oneLine(`not needed: ${mesh} was not found here`);
        const none = { rights: 0, missing: [], unknown: [] };
        return { runbook: id, state: 'ok', ...none, because };
      }
      return permissionOf(ports, wanted(runbook, named, presence), places, signal);
    }),
  );
}

/** Triage asks the control plane of each mesh; of one that is not there, nothing. */
function wanted(runbook: Runbook, named: boolean, presence: Presence): Wants {
  const { runbook: id, wants } = wantsOf(runbook);
  const isNeeded = (where: string) =>
    named || !Object.entries(presence).some(([m, p]) => p === 'absent' && where === `root of ${m}`);
  return { runbook: id, wants: wants.filter(({ where }) => isNeeded(where)) };
}

async function permissionOf(
  ports: Ports,
  wants: Wants,
  places: Places,
  signal: AbortSignal,
): Promise<Permission> {
  const rights = rightsOf(rulesOf([wants]), places);
  const held = await Promise.all(rights.map((right) => isHeld(ports, right, signal)));
  const those = (is: (held: Held) => boolean): readonly Right[] =>
    rights.filter((_, i) => is(held[i] ?? 'no'));
  const missing = those((h) => h === 'no');
  const unknown = those((h) => typeof h === 'object');
  const [why] = held.flatMap((h) => (typeof h === 'object' ? [h.unknown] : []));
  const { runbook } = wants;
  const state = missing.length > 0 ? 'failed' : unknown.length > 0 ? 'not-checked' : 'ok';
  const because = why === undefined ? {} : { because: oneLine(why) };
  return { runbook, state, rights: rights.length, missing, unknown, ...because };
}

/** For an administrator: prints the roles of what lacks one, bound to this user, and applies them. */
export function grantFor(
  permissions: readonly Permission[],
  { named, places: { target, roots } }: Pick<PermissionChoice, 'named' | 'places'>,
  user: string | undefined,
): Command | undefined {
  const lacking = permissions.filter(({ state }) => state === 'failed').map((p) => p.runbook);
  if (lacking.length === 0) return undefined;
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user ?? '') ?? [];
  const who =
    namespace !== undefined && name !== undefined
      ? words`--serviceaccount ${namespace}:${name}`
      : words`--user ${user ?? '<user>'}`;
  const every = !named && lacking.length === permissions.length;
  const where = [
    words`-n ${target}`,
    who,
    ...meshRoots.flatMap(({ id, root }) => {
      const flag = own([root.short]);
      const name = roots[id] ?? root.usual;
      return name === root.usual ? [] : [words`${flag} ${name}`];
    }),
  ];
  return piped(meshdoc`access ${every ? [] : lacking} ${where}`, words`kubectl apply -f -`);
}
