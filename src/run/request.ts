// What a command line, or a saved case, asks for: a runbook, words for it, and its flags.
import { near } from '../core/near.ts';
import type { Runbook } from '../core/runbook.ts';
import { triageId } from '../core/triage.ts';
import { kindOf } from '../facts/kube/kind-words.ts';
import { choiceKeys, type Chosen } from '../meshes/choices.ts';
import { entries, findRunbook, load } from '../registry.ts';
import { exitCodes, refusal, type Refusal } from './exit.ts';
import { checkWords, oddRequest, type Flags } from './check-words.ts';
import type { RunOptions } from './options.ts';

export type Request = {
  readonly runbook: Runbook;
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly mesh: Chosen;
};

export type Words = {
  readonly runbook: string | undefined;
  readonly targets: readonly string[];
  readonly options: Pick<RunOptions, 'flags'>;
};
type SavedFile = {
  readonly runbook: string;
  readonly input: Readonly<Record<string, string>>;
};

/** A runbook's id and words for it. Without a runbook's name in front, every word is a target, and all that fit are run. */
type Meant = { readonly id: string; readonly words: readonly string[] };

export async function typedRequest({
  runbook: first,
  targets,
  options: { flags },
}: Words): Promise<Request | Refusal> {
  if (first === undefined) {
    return refusal(
      exitCodes.usage,
      'name a target, or a runbook and a target: meshdoc diagnose stale web.shop; meshdoc triage asks you',
    );
  }
  const meant = meantBy(first, targets);
  return 'says' in meant ? meant : checked(meant.id, meant.words, flags, {});
}

function meantBy(first: string, targets: readonly string[]): Meant | Refusal {
  const found = findRunbook(first);
  if (!found.ok && isMistyped(first, targets.length)) {
    return refusal(exitCodes.usage, `${found.says} (for a pod of that name: pod/${first})`);
  }
  const words = found.ok ? targets : [first, ...targets];
  const odd = oddWords(words);
  if (odd !== undefined) return refusal(exitCodes.usage, odd);
  return { id: found.ok ? first : triageId, words };
}

/** Words in an order that other programs take. */
function oddWords(words: readonly string[]): string | undefined {
  const kind = words.findIndex((word, i) => kindOf(word) && words[i + 1] !== undefined);
  if (kind >= 0) return `name it in one word: ${words[kind] ?? ''}/${words[kind + 1] ?? ''}`;
  const runbook = words.slice(1).find((word) => findRunbook(word).ok);
  if (runbook === undefined) return undefined;
  const others = words.filter((word) => word !== runbook);
  return `the runbook comes first: meshdoc diagnose ${[runbook, ...others].join(' ')}`;
}

/** `stael web-1`, or a bare word of letters that is nearly a runbook: hardly a pod. */
function isMistyped(first: string, others: number): boolean {
  const close = near(
    first,
    entries.flatMap((entry) => [entry.id, ...entry.aliases]),
  );
  return close.length > 0 && (others > 0 || /^[a-z]+$/.test(first));
}

/** A case knows its runbook, its words, its flags and its mesh; words on the command line win. */
export async function savedRequest(
  args: Words,
  file: SavedFile | undefined,
): Promise<Request | Refusal> {
  const { target = '', ...saved } = file?.input ?? {};
  const meant = args.runbook === undefined ? undefined : meantBy(args.runbook, args.targets);
  if (meant && 'says' in meant) return meant;
  const runbook = meant?.id ?? file?.runbook;
  const typed = meant?.words ?? args.targets;
  const words = typed.length > 0 ? typed : target.split(' ').filter(Boolean);
  if (runbook === undefined) {
    return refusal(exitCodes.usage, 'the case names no runbook; name one and a target');
  }
  const [mesh, kept] = parted(saved);
  // Another runbook may not know the flags of the one that was recorded.
  const flags = runbook === file?.runbook ? { ...kept, ...args.options.flags } : args.options.flags;
  return checked(runbook, words, flags, mesh);
}

/** What a case keeps of the mesh that was chosen, and the runbook's own flags. */
function parted(saved: SavedFile['input']): readonly [Request['mesh'], Flags] {
  const isMesh = ([name]: readonly [string, string]) => choiceKeys.includes(name);
  const all = Object.entries(saved);
  return [
    Object.fromEntries(all.filter(isMesh)),
    Object.fromEntries(all.filter((entry) => !isMesh(entry))),
  ];
}

async function checked(
  id: string,
  words: readonly string[],
  flags: Flags,
  mesh: Request['mesh'],
): Promise<Request | Refusal> {
  const found = findRunbook(id);
  if (!found.ok) return refusal(exitCodes.usage, found.says);
  const odd = oddRequest(words, mesh);
  if (odd !== undefined) return refusal(exitCodes.usage, odd);
  const runbook = await load(found.entry);
  return checkWords(runbook.head, words, flags) ?? { runbook, words, flags, mesh };
}

/** The options of a run with what the request says of the mesh, and its flags. */
export function optionsFor(options: RunOptions, { mesh, flags }: Request): RunOptions {
  return { ...options, mesh: { ...options.mesh, ...mesh }, flags };
}
