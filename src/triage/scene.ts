// What a session knows when it asks its next question.
import type { Format } from '../report/formats.ts';
import type { Symptom } from '../symptoms.gen.ts';
import type { Ask, Note, Run } from './ask.ts';
import type { Places } from './places.ts';
import type { SearchSymptoms } from './search.ts';

export type Scene = {
  readonly places: Places;
  readonly symptoms: readonly Symptom[];
  readonly search: SearchSymptoms;
  /** Meshes that were seen; their runbooks come first. Empty when nothing could be seen. */
  readonly meshes: readonly string[];
  readonly runs: readonly Run[];
  readonly notes: readonly Note[];
  /** What a saved case was recorded with. */
  readonly recorded: Ask | undefined;
  /** The first to offer for a ticket. */
  readonly format: Format;
  /** False for a saved case, whose answers do not change. */
  readonly live: boolean;
};

/** Runbooks of meshes that were seen; all of them when none was seen or nothing could be read. */
export function fittingSymptoms({ symptoms, meshes }: Scene): readonly Symptom[] {
  const fit = symptoms.filter(({ mesh }) => mesh === '' || meshes.includes(mesh));
  return meshes.length === 0 || fit.length === 0 ? symptoms : fit;
}

/** By the words of a person, those of the meshes seen first. */
export function matching(scene: Scene, query: string): readonly Symptom[] {
  const fit = new Set(fittingSymptoms(scene));
  const found = scene.search(query);
  return [...found.filter((s) => fit.has(s)), ...found.filter((s) => !fit.has(s))];
}

export function lastRun({ runs }: Scene): Run | undefined {
  return runs.at(-1);
}
