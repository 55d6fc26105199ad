// Finds places by a few letters of their names, and runbooks by a person's own words. The only user of the two
// search libraries.
import uFuzzy from '@leeoniya/ufuzzy';
import MiniSearch from 'minisearch';
import type { Symptom } from '../symptoms.gen.ts';
import type { Places } from './places.ts';

/** Letters in order, one typo a word, the words in any order. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a `const enum` of a declaration file: it has no value to import
const fuzzy = new uFuzzy({ intraMode: 1, intraIns: 1 });
/** More matches than this are not ranked: the person has typed too little. */
const ranked = 10_000;

/** The best first; all of them, in their own order, without a query. */
export function searchPlaces(places: Places, query: string, most: number): Places {
  const wanted = query.trim();
  if (wanted === '') return places.slice(0, most);
  const words = places.map(({ word }) => word);
  const [found, info, order] = fuzzy.search(words, wanted, 3, ranked);
  const ids = info ? order.flatMap((i) => info.idx[i] ?? []) : (found ?? []);
  return ids.slice(0, most).flatMap((i) => places[i] ?? []);
}

export type SearchSymptoms = (query: string) => readonly Symptom[];

/** Words that say nothing about what is wrong. */
const empty = new Set(
  'a all an and any are as at be been but by can do does for from get gets has have in into is it its my no not nothing of on only or our since so that the their them then there they this to us was we were what when why with you pod pods service services some after every'.split(
    ' ',
  ),
);

/** Built once a session: a few dozen sentences for each runbook. */
export function symptomSearch(all: readonly Symptom[]): SearchSymptoms {
  const index = new MiniSearch({
    idField: 'id',
    fields: ['names', 'title', 'symptom', 'words', 'findings'],
    processTerm: stem,
    extractField: (document: Symptom, field) => textOf(document[field as keyof Symptom]),
    searchOptions: {
      boost: { names: 4, title: 3, symptom: 3, words: 4 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    },
  });
  index.addAll([...all]);
  const byId = new Map(all.map((symptom) => [symptom.id, symptom]));
  return (query) => index.search(query).flatMap(({ id }) => byId.get(id as string) ?? []);
}

function textOf(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join('\n');
}

/** `restarts`, `restarted` and `restarting` are one word; a code such as 403 stays as it is. */
function stem(term: string): string | null {
  const word = term.toLowerCase();
  if (empty.has(word)) return null;
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s)$/, '') : word;
}
