// The questions before a run: what is wrong, and where. One box takes both a symptom in a person's words and a name.
import { triageId } from '../core/triage.ts';
import type { Symptom } from '../symptoms.gen.ts';
import type { Ask } from './ask.ts';
import { fitting, placeOf, type Place, type Places } from './places.ts';
import type { Option, Question } from './question.ts';
import { searchPlaces } from './search.ts';
import { fittingSymptoms, matching, type Scene } from './scene.ts';
import { doing, type Where } from './where.ts';

/** Rows of a list: a small terminal shows them all. */
const most = { symptoms: 4, places: 8, ailing: 5, target: 200 } as const;

export function startQuestion(scene: Scene): Question {
  return {
    is: 'search',
    says: 'What is wrong? A symptom in your words, or a namespace, workload or pod',
    example: '403 from cart, or shop/web',
    options: (query) => startOptions(scene, query.trim()),
    back: scene.runs.length > 0 ? { at: 'next' } : { at: 'start' },
  };
}

function startOptions(scene: Scene, query: string): readonly Option[] {
  if (query === '') {
    const ailing = scene.places.filter(({ trouble }) => trouble !== undefined);
    return [
      ...recordedOption(scene),
      ...ailing.slice(0, most.ailing).map(placeOption),
      ...fittingSymptoms(scene).map(symptomOption),
      signsOption,
    ];
  }
  const symptoms = matching(scene, query).slice(0, most.symptoms).map(symptomOption);
  const places = searchPlaces(scene.places, query, most.places);
  const found = places.map(placeOption);
  const list = isNamed(places, query) ? [...found, ...symptoms] : [...symptoms, ...found];
  return list.length > 0 ? list : [signsOption, ...typedPlace(query)];
}

function recordedOption({ recorded, runs }: Scene): readonly Option[] {
  if (!recorded || runs.length > 0) return [];
  const { runbook, words } = recorded;
  const label = [runbook, ...words].join(' ');
  return [{ key: 'recorded', label, hint: 'as recorded', goes: runOf(recorded) }];
}

/** A person who types `web` or `shop/` means a name; `403` or `certificate` rarely is one. */
function isNamed(places: Places, query: string): boolean {
  const first = query.toLowerCase().split(/\s+/)[0] ?? '';
  return places.some(({ word }) =>
    word.split(/[/.]/).some((part) => part.startsWith(first) || word.startsWith(first)),
  );
}

function placeOption(place: Place): Option {
  return {
    key: `place ${place.word}`,
    label: place.word === '' ? 'the whole mesh' : place.word,
    ...hint(place.trouble ?? place.note),
    goes: { at: 'symptom', place },
  };
}

function symptomOption({ id, title, symptom }: Symptom): Option {
  return {
    key: `symptom ${id}`,
    label: `${id}: ${title}`,
    ...hint(symptom),
    goes: { at: 'target', runbook: id },
  };
}

const signsOption: Option = {
  key: 'signs',
  label: 'None of these: check for signs of every known fault',
  goes: { at: 'target', runbook: triageId },
};

/** A name that was not seen may still exist. */
function typedPlace(query: string): readonly Option[] {
  if (!/^[\w./:-]+$/.test(query)) return [];
  return [
    {
      key: `typed ${query}`,
      label: `Use "${query}" as typed`,
      goes: { at: 'symptom', place: placeOf(query) },
    },
  ];
}

function hint(text: string | undefined): { hint?: string } {
  return text === undefined ? {} : { hint: text };
}

export function symptomQuestion(scene: Scene, place: Place): Question {
  const takes = (s: Symptom) => fitting([place], s.takes).includes(place);
  const signs = asked(scene, place, triageId, {
    key: 'signs',
    label: 'I do not know: check for signs of every known fault',
  });
  const options = (query: string): readonly Option[] => {
    const wanted = query.trim() || (place.trouble ?? '');
    const near = wanted === '' ? [] : matching(scene, wanted);
    const rest = query.trim() === '' ? fittingSymptoms(scene).filter((s) => !near.includes(s)) : [];
    const found = [...near, ...rest].filter(takes).map((s) =>
      asked(scene, place, s.id, {
        key: `symptom ${s.id}`,
        label: `${s.id}: ${s.title}`,
        hint: s.symptom,
      }),
    );
    const unknown = place.is === 'namespace' || place.is === 'mesh' ? [] : [signs];
    if (found.length === 0 && unknown.length === 0) return [signsOption];
    return query.trim() === '' ? [...unknown, ...found] : [...found, ...unknown];
  };
  return {
    is: 'search',
    says: `What do you see at ${place.word}?`,
    example: 'press Enter to check for signs of every known fault',
    options,
    back: { at: 'start' },
  };
}

function asked(scene: Scene, place: Place, runbook: string, option: Omit<Option, 'goes'>): Option {
  return { ...option, goes: withPlace(scene, runbook, place) };
}

/** A request has two ends: the caller is asked for next. */
function withPlace({ symptoms }: Scene, runbook: string, place: Place): Where {
  const takes = symptoms.find(({ id }) => id === runbook)?.takes ?? [];
  return takes.includes('caller')
    ? { at: 'caller', runbook, to: place }
    : runOf(askOf(runbook, [place]));
}

export function targetQuestion(scene: Scene, runbook: string): Question {
  const takes = scene.symptoms.find(({ id }) => id === runbook)?.takes ?? ['pod'];
  const places = fitting(scene.places, takes);
  const toOption = (place: Place): Option => ({
    ...placeOption(place),
    goes: withPlace(scene, runbook, place),
  });
  const isRequest = takes.includes('caller');
  return {
    is: 'search',
    says: isRequest ? 'What is called? Its pod or workload' : `Where? (${runbook})`,
    example: 'shop/web',
    options: (query) => {
      const found = searchPlaces(places, query, most.target).map(toOption);
      const typed = /^[\w./:-]+$/.test(query.trim())
        ? [toOption({ is: 'pod', word: query.trim(), note: 'as typed' })]
        : [];
      return found.length > 0 ? found : typed.length > 0 ? typed : [notThere];
    },
    back: { at: 'start' },
  };
}

const notThere: Option = {
  key: 'none',
  label: 'No names found: type one, or press Enter to start again',
  goes: { at: 'start' },
};

export function callerQuestion(scene: Scene, runbook: string, to: Place): Question {
  const unknown: Option = {
    key: 'nobody',
    label: 'I do not know: find who is denied there now',
    goes: runOf(askOf(runbook, [to])),
  };
  const callers = fitting(scene.places, ['pod']).filter(({ word }) => word !== to.word);
  return {
    is: 'search',
    says: `Who calls ${to.word}?`,
    example: 'press Enter if you do not know',
    options: (query) => [
      ...(query.trim() === '' ? [unknown] : []),
      ...searchPlaces(callers, query, most.target).map((from) => ({
        ...placeOption(from),
        goes: runOf(askOf(runbook, [from, to])),
      })),
      ...(query.trim() === '' ? [] : [unknown]),
    ],
    back: { at: 'target', runbook },
  };
}

function askOf(runbook: string, places: readonly Place[]): Ask {
  const words = places.map(({ word }) => word).filter((word) => word !== '');
  const lasting = places.map(({ word, workload }) => workload ?? word).filter(Boolean);
  return lasting.join() === words.join()
    ? { runbook, words }
    : { runbook, words, fallback: lasting };
}

function runOf(ask: Ask): Where {
  return doing({ is: 'run', ask, until: 'once' });
}
