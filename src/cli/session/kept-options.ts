// What a session keeps of the flags it was begun with, and how it goes on with them.
import { resolve } from 'node:path';
import type { SessionFile } from '../../snapshot/session.ts';
import { choiceKeys, placedPrograms, prometheusKey } from '../../meshes/choices.ts';
import type { RunOptions } from '../../run/options.ts';
import type { World } from '../../run/wire.ts';

export type SessionHead = Omit<SessionFile, 'runs' | 'notes' | 'session'>;

/** Never a credential: of Prometheus, the address as reports show it. */
export function headOf({ reach, server, namespace }: World, options: RunOptions): SessionHead {
  const { context, kubeconfig, as, asGroups } = reach;
  const { from, connection, withholdToken } = options;
  const { asUid } = connection;
  const mesh = meshOf(options);
  return {
    started: new Date().toISOString(),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(kubeconfig) }),
    ...(as === undefined ? {} : { as, asGroups: asGroups ?? [] }),
    ...(asUid === undefined ? {} : { asUid }),
    ...(server === undefined ? {} : { server }),
    namespace,
    ...(Object.keys(mesh).length > 0 ? { mesh } : {}),
    ...(withholdToken ? { withholdToken } : {}),
    ...(from === undefined ? {} : { from: resolve(from) }),
  };
}

function meshOf({ connection, mesh }: RunOptions): Readonly<Record<string, string>> {
  // A bare name is looked for on the PATH.
  const programs = Object.entries(connection.programs ?? {}).map(
    ([name, path]) => [name, path.includes('/') ? resolve(path) : path] as const,
  );
  return { ...mesh, ...Object.fromEntries(programs) };
}

/** The cluster and the mesh of the session, unless the command line names others. `own`: not somebody else's file. */
export function resumedOptions(given: RunOptions, file: SessionFile, own: boolean): RunOptions {
  const { context, kubeconfig, as, asGroups, asUid, mesh: kept = {} } = file;
  const { connection } = given;
  const chosen = Object.entries(kept).filter(([key]) => choiceKeys.includes(key));
  const mesh = { ...Object.fromEntries(chosen), ...given.mesh };
  const programs = Object.entries(kept).filter(([name]) => isPlaced(name));
  return {
    ...only({ from: file.from, namespace: file.namespace }),
    ...given,
    mesh,
    ...(given.mesh[prometheusKey] === undefined ? withheld(file, own) : {}),
    connection: {
      ...only({ context, as, asUid, prometheus: kept[prometheusKey] }),
      // A program that somebody else's file names is not run; a kubeconfig may name one, too.
      ...(own ? only({ kubeconfig }) : {}),
      ...connection,
      programs: { ...(own ? Object.fromEntries(programs) : {}), ...connection.programs },
      asGroups: connection.asGroups.length > 0 ? connection.asGroups : (asGroups ?? []),
    },
  };
}

function isPlaced(name: string): boolean {
  return placedPrograms.some((program) => program.name === name);
}

/** A token goes only to an address that its owner named. */
function withheld({ mesh, withholdToken }: SessionFile, own: boolean) {
  return mesh?.[prometheusKey] !== undefined && (withholdToken || !own)
    ? { withholdToken: true }
    : {};
}

function only<T extends object>(all: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
