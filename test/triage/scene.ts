// A scene to ask questions in: two pods of which one is in trouble, and the runs it is given.
import { symptoms } from '../../src/symptoms.gen.ts';
import type { Option, Question } from '../../src/triage/question.ts';
import { symptomSearch } from '../../src/triage/search.ts';
import type { Scene } from '../../src/triage/scene.ts';

export const web = 'shop/web-5fcd-9x77p';

export function scene(more: Partial<Scene> = {}): Scene {
  return {
    places: [
      { is: 'pod', word: web, workload: 'deployment/web.shop', trouble: 'app: OOMKilled' },
      { is: 'workload', word: 'deployment/web.shop', note: '1 of 1 pod unhealthy' },
      { is: 'pod', word: 'shop/cart-6c9f-b2x4q', workload: 'deployment/cart.shop' },
      { is: 'namespace', word: 'ns/shop' },
    ],
    symptoms,
    search: symptomSearch(symptoms),
    meshes: ['istio'],
    runs: [],
    notes: [],
    recorded: undefined,
    format: 'ticket',
    live: true,
    ...more,
  };
}

export function optionsOf(question: Question, query = ''): readonly Option[] {
  if (question.is === 'type') throw new Error(`"${question.says}" has no options`);
  return question.is === 'search' ? question.options(query) : question.options;
}

export function keysOf(question: Question, query = ''): readonly string[] {
  return optionsOf(question, query).map(({ key }) => key);
}

export function pick(question: Question, key: string, query = ''): Option['goes'] {
  const found = optionsOf(question, query).find((option) => option.key === key);
  if (!found) throw new Error(`no ${key} in ${keysOf(question, query).join(', ')}`);
  return found.goes;
}
