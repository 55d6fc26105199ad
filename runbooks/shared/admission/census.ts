// A whole namespace: why nothing in it is injected, or what a restart of everything would change.
import { clear, count, listed, type Found, type Judgement } from '../../../src/authoring.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import type { MutatingWebhook } from '../../../src/model/kube/webhook.ts';
import type { Mesh, View } from './mesh.ts';

/** A workload as it is now, and what would happen to its next pods. */
export type Counted = {
  readonly subject: Subject;
  readonly now: { readonly is: string };
  readonly verdict: { readonly is: string; readonly because?: string };
};

/** What else a mesh finds in a namespace. */
type Beside = {
  readonly all: readonly Counted[];
  /** Findings about what is undecided. */
  readonly open: readonly Found[];
  /** Findings about a webhook that would fail for the next pods. */
  readonly failing?: readonly Found[];
  /** Findings about proxies that a restart would replace by another kind, and how many. */
  readonly changes?: { readonly found: readonly Found[]; readonly change: number };
};

export function isLeftOut({ verdict }: Counted): boolean {
  return verdict.is !== 'injected' && verdict.is !== 'unknown';
}

function hasProxy({ now }: Counted): boolean {
  return now.is === 'injected' || now.is === 'stuck';
}

export function censusOf<V extends View, W extends MutatingWebhook>(mesh: Mesh<V, W>) {
  const { tell } = mesh;
  const { proxy } = mesh.words;

  function census(view: V, { all, open, failing = [], changes }: Beside): Judgement {
    const { name: namespace } = view.namespace;
    const gain = all.filter(({ now, verdict }) => now.is === 'bare' && verdict.is === 'injected');
    const lose = all.filter((one) => hasProxy(one) && isLeftOut(one));
    const workloads = count(all.length, 'workload');
    const have = all.filter(hasProxy).length;
    const { found = [], change = 0 } = changes ?? {};
    const would = lose.length + change;
    const isCalm = isSettled(view, all) && gain.length + failing.length === 0;
    // The figures a person asks for: the answer where nothing is wrong, advice beside findings.
    if (isCalm && would === 0 && !all.some(isLeftOut)) {
      return clear(
        `Namespace ${namespace}: ${have} of ${workloads} with a ${proxy} now; a restart of all would change none.`,
      );
    }
    const figures = {
      ...{ namespace, workloads, have, would, gain: 0 },
      lose: lose.length,
      change,
    };
    const among = `${workloads} in ${namespace}; with a ${proxy} now: ${have}`;
    return [
      ...leftOut(view, all),
      ...open,
      ...failing,
      ...(failing.length > 0 ? [] : pending(view, gain, among)),
      ...losing(view, lose),
      ...found,
      ...(isCalm ? [tell('census', figures, view.grounds)] : []),
    ];
  }

  /** Where none is injected: why. Where some are not: which, and why in a few words. */
  function leftOut(view: V, all: readonly Counted[]): readonly Found[] {
    const firstOut = all.find(isLeftOut);
    if (firstOut && all.every(({ verdict }) => verdict.is !== 'injected')) {
      return mesh.closedTo(view, firstOut.subject);
    }
    const out = all.filter((one) => isLeftOut(one) && !hasProxy(one));
    if (out.length === 0) return [];
    const which = out.map(
      ({ subject }) => `${nameText(subject)} (${mesh.shortReason(view, subject)})`,
    );
    const about = { count: count(out.length, 'workload'), namespace: view.namespace.name };
    return [tell('stay-out', { ...about, which: listed(which, 6) }, { from: view.from })];
  }

  function pending(view: V, gain: readonly Counted[], among: string): readonly Found[] {
    if (gain.length === 0) return [];
    const { name: namespace } = view.namespace;
    const subjects = gain.map(({ subject }) => subject);
    const rest = { from: view.from, sure: false, about: { namespace } };
    const reach = `${gain.length} of ${among}`;
    const fixes = mesh.fixes.renewAll(namespace, subjects);
    return [tell('restart-pending', { who: namesText(gain) }, { ...rest, reach, fixes })];
  }

  function losing(view: V, lose: readonly Counted[]): readonly Found[] {
    const [first] = lose;
    if (!first) return [];
    const why = mesh.shortReason(view, first.subject);
    return [mesh.loses({ subject: severalText(view, lose), why }, view.grounds)];
  }

  return census;
}

/** The verdict of each is known, some are injected, and none lacks pods. */
function isSettled({ everything }: View, all: readonly Counted[]): boolean {
  const isDecided = all.every(({ verdict }) => verdict.is !== 'unknown');
  return isDecided && !all.every(isLeftOut) && !everything.some(isShort);
}

export function severalText({ namespace }: View, all: readonly Counted[]): string {
  return `${count(all.length, 'workload')} in ${namespace.name} (${namesText(all)})`;
}

/** `Deployment web and Job report`; the first few. */
function namesText(all: readonly Counted[]): string {
  return listed(
    all.map(({ subject }) => nameText(subject)),
    4,
  );
}

function nameText({ maker }: Subject): string {
  return `${maker.kind} ${maker.name}`;
}
