// What the run without a runbook looks at: a pod as it is named, of a workload its pods, or itself where it has none, and of
// a namespace what a person would look at first.
import { orElse } from '../core/deadline.ts';
import { placeText, type Place } from '../core/input.ts';
import { overdue } from '../core/ports.ts';
import { emptyNamespace } from '../facts/kube/missing.ts';
import { resolvePlace } from '../facts/kube/place.ts';
import { parseTarget, resolveTarget } from '../facts/kube/target.ts';
import { workloads } from '../facts/kube/workloads.ts';
import { worstOf } from '../facts/kube/worst.ts';
import type { Refusal } from './exit.ts';
import { mostPods, type Aims, type Where } from './aims.ts';
import { unresolved, type Failed } from './unresolved.ts';

type Found = { readonly places: readonly Place[]; readonly notes: readonly string[] };

export async function triageAims(
  words: readonly string[],
  key: string,
  where: Where,
): Promise<Aims> {
  const all = await Promise.all(words.map((word) => bounded(word, where)));
  const places = new Map<string, Place>();
  const notes: string[] = [];
  for (const [i, found] of all.entries()) {
    if ('is' in found) return { ok: false, refusal: refused(found, words[i] ?? '', where) };
    for (const place of found.places) places.set(placeText(place), place);
    notes.push(...found.notes);
  }
  const chosen = [...places].slice(0, mostPods);
  if (places.size > chosen.length)
    notes.push(
      `${places.size} pods; diagnosed the first ${chosen.length}: name one to diagnose another`,
    );
  const aims = chosen.map(([text, place]) => ({
    target: text,
    words: [text],
    values: { [key]: place },
  }));
  return { ok: true, notes, aims };
}

function refused(failed: Failed, word: string, { id }: Where): Refusal {
  return unresolved(failed, word, id);
}

function bounded(word: string, where: Where): Promise<Found | Failed> {
  const { signal } = where;
  return orElse(placesOf(word, where), signal, () => ({
    is: 'unanswered' as const,
    reply: overdue(signal),
    asked: word,
  }));
}

async function placesOf(word: string, where: Where): Promise<Found | Failed> {
  const { ports, namespace, signal } = where;
  const wanted = parseTarget(word, namespace);
  if ('by' in wanted && wanted.by === 'namespace') return inNamespace(wanted.name, where);
  const named = await resolveTarget(ports, word, namespace, signal);
  if (named.is === 'pods')
    return { places: named.pods.map((pod) => ({ is: 'pod', pod })), notes: [] };
  if (named.is === 'unanswered') return named;
  // A workload without pods, or a namespace.
  const other = await resolvePlace(ports, word, namespace, signal);
  if (other.is !== 'place') return named;
  const { place } = other;
  return place.is === 'namespace' ? inNamespace(place.name, where) : { places: [place], notes: [] };
}

async function inNamespace(name: string, { ports, signal }: Where): Promise<Found | Failed> {
  const all = await workloads.fetch(ports, { namespace: name }, signal);
  if (!all.ok) {
    const reply = { ok: false, why: all.why, detail: all.detail } as const;
    return { is: 'unanswered', reply, asked: `the pods in ${name}` };
  }
  const worst = worstOf(all.value, ports.clock.now());
  if (!worst) return { is: 'usage', says: await emptyNamespace(ports, name, 'pods', signal) };
  return { places: worst.places, notes: [worst.note] };
}
