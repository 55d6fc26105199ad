// What a person may choose of a mesh by flags, for the command line, saved cases and config files: all by one list.
import type { Flag, Mesh, Program, Root } from '../core/mesh.ts';
import { meshes } from './meshes.ts';

/** What was chosen, by key; what is as usual is not there. */
export type Chosen = Readonly<Record<string, string>>;

/** Meshes whose control plane has a namespace of its own. */
export const roots: readonly (Mesh & { readonly root: Root })[] = meshes.flatMap((mesh) =>
  mesh.root ? [{ ...mesh, root: mesh.root }] : [],
);

/** Where control planes are installed, unless somebody chose otherwise; by the id of the mesh. */
export const usualRoots: Readonly<Record<string, string>> = Object.fromEntries(
  roots.map(({ id, root }) => [id, root.usual]),
);

export const otherFlags: readonly Flag[] = meshes.flatMap(({ flags = [] }) => flags);

/** Programs whose path may be given. */
export const placedPrograms: readonly (Program & { readonly path: { readonly says: string } })[] =
  meshes.flatMap(({ programs = [] }) =>
    programs.flatMap((program) => (program.path ? [{ ...program, path: program.path }] : [])),
  );

const names: readonly (Flag | Root)[] = [...roots.map(({ root }) => root), ...otherFlags];
/** Keys whose values are names. */
export const nameKeys: readonly string[] = names.map(({ key }) => key);
/** Under which a case keeps the address of Prometheus. */
export const prometheusKey = 'prometheus';
export const choiceKeys: readonly string[] = [...nameKeys, prometheusKey];

/** The flag as it is printed, by key: `-i`. */
export const flagOf: Readonly<Record<string, string>> = {
  ...Object.fromEntries(names.map(({ key, short }) => [key, short])),
  [prometheusKey]: '--prometheus',
};

/** `--linkerd-namespace` -> `linkerdNamespace`: commander's name for it, and the setting's. */
export function settingOf({ long }: Flag): string {
  return long.replace(/^--/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** From what commander parsed: what is not as usual. */
export function chosenIn(raw: Readonly<Record<string, unknown>>): Chosen {
  const given = names.flatMap((flag) => {
    const value = raw[settingOf(flag)];
    return typeof value === 'string' && value !== usualOf(flag) ? [[flag.key, value] as const] : [];
  });
  return Object.fromEntries(given);
}

function usualOf(flag: Flag | Root): string | undefined {
  return 'unsaid' in flag && flag.unsaid === 'usual' ? flag.usual : undefined;
}

/** As a runbook is given it: every key, and what is usual where nobody said otherwise. */
export function inputOf(chosen: Chosen): Readonly<Record<string, string | undefined>> {
  const unsaid = names.map((flag) => [flag.key, usualOf(flag)] as const);
  return { [prometheusKey]: undefined, ...Object.fromEntries(unsaid), ...chosen };
}

/** Where control planes are, as far as somebody said; by the id of the mesh. */
export function namedRoots(chosen: Chosen): Readonly<Record<string, string>> {
  const said = roots.flatMap(({ id, root }) => {
    const name = chosen[root.key];
    return name === undefined ? [] : [[id, name] as const];
  });
  return Object.fromEntries(said);
}
