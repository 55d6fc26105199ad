// Which commands of which tools may run, as data: the words, the positional arguments and the flags. Only
// forms that read; those of a mesh's own programs stand in its record.
import type { CommandForm } from '../core/mesh.ts';
import { meshes } from '../meshes/meshes.ts';

/** Its own version alone: meshdoc asks the API server itself. */
const KUBECTL: readonly CommandForm[] = [
  { words: ['version'], flags: { '--client': null, '-o': /^json$/ } },
];

export const COMMANDS: ReadonlyMap<string, readonly CommandForm[]> = new Map([
  ['kubectl', KUBECTL],
  ...meshes.flatMap(({ programs = [] }) =>
    programs.map(({ name, commands }) => [name, commands] as const),
  ),
]);

/** None for a program that is nobody's. */
export function commandsOf(tool: string): readonly CommandForm[] {
  return COMMANDS.get(tool) ?? [];
}
