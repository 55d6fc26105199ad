// From the words and flags of a command line to what a runbook is given: one aim for each diagnosis.
import { orElse } from '../core/deadline.ts';
import { destinationText, placeText, type Inputs, type InputSpec } from '../core/input.ts';
import { overdue } from '../core/ports.ts';
import { podText, type PodRef } from '../core/refs.ts';
import type { Runbook } from '../core/runbook.ts';
import { triageId } from '../core/triage.ts';
import { resolveDestination, type ResolvedDestination } from '../facts/kube/destination.ts';
import { resolvePlace } from '../facts/kube/place.ts';
import { resolvePods, resolveTarget } from '../facts/kube/target.ts';
import { mostPods, type Aim, type Aims, type Where } from './aims.ts';
import { valuesOf, type Flags } from './check-words.ts';
import { triageAims } from './triage-aims.ts';
import { exitCodes, refusal } from './exit.ts';
import { unresolved } from './unresolved.ts';

export async function resolveInputs(
  head: Runbook['head'],
  words: readonly string[],
  flags: Flags,
  where: Where,
): Promise<Aims> {
  const named = flagValues(head.input, flags);
  const keyOf = (type: InputSpec['type']) =>
    Object.entries(head.input).find(([, spec]) => spec.type === type)?.[0];
  const [pod, place, to, from] = [
    keyOf('pod'),
    keyOf('place') ?? keyOf('anywhere'),
    keyOf('destination'),
    keyOf('caller'),
  ];
  const aims =
    to !== undefined
      ? await requestAim(words, { to, from, takes: takesOf(head.input[to]) }, where)
      : head.id === triageId
        ? await triageAims(words, place ?? 'target', where)
        : place !== undefined
          ? await placeAims(words, place, where)
          : await podAims(words, pod ?? 'pod', where);
  if (!aims.ok) return aims;
  return {
    ...aims,
    aims: aims.aims.map((aim) => ({ ...aim, values: { ...named, ...aim.values } })),
  };
}

/** Every flag of the runbook has a value: one that was not given is absent or empty. */
function flagValues(inputs: Inputs, flags: Flags): Readonly<Record<string, unknown>> {
  const own = Object.entries(inputs).filter(
    ([, { type }]) => type === 'option' || type === 'options',
  );
  return Object.fromEntries(
    own.map(([name, { type }]) => [
      name,
      type === 'options' ? valuesOf(flags[name] ?? []) : flags[name],
    ]),
  );
}

async function podAims(words: readonly string[], key: string, where: Where): Promise<Aims> {
  const { ports, namespace, signal } = where;
  const found = await Promise.all(
    words.map((word) =>
      orElse(resolvePods(ports, word, namespace, signal), signal, () => late(word, signal)),
    ),
  );
  const pods = new Map<string, PodRef>();
  for (const [i, resolved] of found.entries()) {
    if (resolved.is !== 'pods')
      return { ok: false, refusal: unresolved(resolved, words[i] ?? '', where.id) };
    for (const ref of resolved.pods) pods.set(podText(ref), ref);
  }
  const all = [...pods.values()];
  const chosen = all.slice(0, mostPods);
  const left = found.flatMap((one) => (one.is === 'pods' && one.note ? [one.note] : []));
  const notes =
    all.length > chosen.length
      ? [
          ...left,
          `${all.length} pods; diagnosed the first ${chosen.length}: name one to diagnose another`,
        ]
      : left;
  return {
    ok: true,
    notes,
    aims: chosen.map((ref) => ({
      target: podText(ref),
      words: [podText(ref)],
      values: { [key]: ref },
    })),
  };
}

async function placeAims(words: readonly string[], key: string, where: Where): Promise<Aims> {
  const { ports, namespace, signal } = where;
  if (words.length === 0) return wholeMesh(key);
  const found = await Promise.all(
    words.map((word) =>
      orElse(resolvePlace(ports, word, namespace, signal), signal, () => late(word, signal)),
    ),
  );
  const aims: Aim[] = [];
  for (const [i, resolved] of found.entries()) {
    if (resolved.is !== 'place')
      return { ok: false, refusal: unresolved(resolved, words[i] ?? '', where.id) };
    const text = placeText(resolved.place);
    aims.push({ target: text, words: [text], values: { [key]: resolved.place } });
  }
  return { ok: true, aims, notes: [] };
}

/** As a report shows the target that nobody named. */
const theMesh = 'the mesh';

function wholeMesh(key: string): Aims {
  const aim = { target: theMesh, words: [], values: { [key]: undefined } };
  return { ok: true, aims: [aim], notes: [] };
}

type Keys = {
  readonly to: string;
  readonly from: string | undefined;
  readonly takes: 'services' | 'hosts too';
};

function takesOf(spec: InputSpec | undefined): Keys['takes'] {
  return spec?.type === 'destination' ? spec.takes : 'services';
}

async function requestAim(words: readonly string[], keys: Keys, where: Where): Promise<Aims> {
  const { to: toKey, from: fromKey } = keys;
  const { ports, namespace, signal } = where;
  const toWord = words.at(-1) ?? '';
  const fromWord = words.length > 1 ? words[0] : undefined;
  const [to, from] = await Promise.all([
    orElse(resolveDestination(ports, toWord, namespace, signal), signal, () =>
      late(toWord, signal),
    ),
    fromWord === undefined ? undefined : findPods(fromWord, where),
  ]);
  if (from !== undefined && from.is !== 'pods')
    return { ok: false, refusal: unresolved(from, fromWord ?? '', where.id) };
  const caller = from?.pods[0];
  if (to.is === 'outside') return outsideAim(to, caller, from?.pods.length ?? 1, keys, where);
  if (to.is !== 'destination') return { ok: false, refusal: unresolved(to, toWord, where.id) };
  const [toText, fromText] = [destinationText(to.destination), caller && podText(caller)];
  const notes = [
    ...standsFor(from?.pods.length ?? 1, fromText ?? ''),
    ...standsFor(to.pods, podText(to.destination.pod)),
  ];
  return {
    ok: true,
    notes,
    aims: [
      {
        target: fromText === undefined ? toText : `${fromText} to ${toText}`,
        words: fromText === undefined ? [toText] : [fromText, toText],
        values: { [toKey]: to.destination, ...(fromKey ? { [fromKey]: caller } : {}) },
      },
    ],
  };
}

/** Only the caller's own proxy decides, so somebody must say who calls. */
function outsideAim(
  { outside, says }: Extract<ResolvedDestination, { readonly is: 'outside' }>,
  caller: PodRef | undefined,
  pods: number,
  { to, from, takes }: Keys,
  { id }: Where,
): Aims {
  if (takes === 'services') return { ok: false, refusal: refusal(exitCodes.usage, says) };
  const text = `${outside.host}:${outside.port}`;
  if (caller === undefined) {
    const ask = `${text} is outside the cluster; name who calls it: meshdoc diagnose ${id} <caller> ${text}`;
    return { ok: false, refusal: refusal(exitCodes.usage, ask) };
  }
  const destination = { pod: caller, port: undefined, service: undefined, outside };
  const aim = {
    target: `${podText(caller)} to ${text}`,
    words: [podText(caller), text],
    values: { [to]: destination, ...(from === undefined ? {} : { [from]: caller }) },
  };
  return { ok: true, notes: standsFor(pods, podText(caller)), aims: [aim] };
}

function standsFor(pods: number, name: string): readonly string[] {
  return pods > 1 ? [`${pods} pods; looked at ${name}: name one to look at another`] : [];
}

function findPods(word: string, { ports, namespace, signal }: Where) {
  return orElse(resolveTarget(ports, word, namespace, signal), signal, () => late(word, signal));
}

function late(asked: string, signal: AbortSignal) {
  return { is: 'unanswered' as const, reply: overdue(signal), asked };
}
