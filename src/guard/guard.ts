// The guard: the one door between adapters and everything else, and the only caller of `Raw.open`. It
// refuses questions that could harm, and hides secrets in every answer before anybody sees, saves or quotes it.
//
// Decided: credentials are hidden, topology is kept. IP addresses, host names, namespaces, SPIFFE ids, serial
// numbers, public certificates, xDS nonces and image digests are the diagnosis; a report in which they are
// masked ("*** to *** failed") helps nobody. replicatedhq/troubleshoot hid IP addresses by default, was asked
// to stop (its issues 449, 735, 823) and wrote that down as its ADR-001. A hidden value becomes a numbered
// stand-in, the same everywhere in one run, so that equality survives; there is no way back.
//
// Decided: `--redact names` hides topology too, for a reader outside, and not here: names are replaced in what is
// finished (rename/), a report or a case, because every rule that compares names must see them as they are.
//
// Decided: what cannot be made safe is not answered. A rule that throws costs the answer, never the secret.
import { answered, failed, overdue, type Ask, type Reply } from '../core/ports.ts';
import type { AnswerTo, Question } from '../core/question.ts';
import { safeText, type SafeText } from '../core/text.ts';
import { oddNames } from './object-names.ts';
import { Raw, type RawAsk } from './raw.ts';
import { createRedact, type Redact } from './redact.ts';
import { refusal } from './refuse.ts';
import { breath, forAWhile, theSmall, type Steps } from './steps.ts';
import { TooLarge } from './too-large.ts';

export type Policy = {
  /**
   * Ports a mesh has moved, by the port they stand for: `{ 15100: 15000 }` when ProxyConfig sets
   * `proxyAdminPort: 15100`. What may be asked there is what may be asked at the port of old.
   */
  readonly movedPorts?: Readonly<Record<number, number>>;
};

/** The safe side of an adapter. */
export function guard(ask: RawAsk, policy: Policy = {}): Ask {
  return guardWith(createRedact(), ask, policy);
}

/** Hides a secret in what a person types, with the stand-ins of one's other answers. */
export type HideText = (text: string) => SafeText;

/**
 * A guard, and its rules for text: for what a person types beside its answers. `recorded`: what an earlier run left, whose
 * stand-ins are not given out again.
 */
export function guardAnd(
  ask: RawAsk,
  recorded: () => string = () => '',
): { readonly ask: Ask; readonly hide: HideText } {
  const redact = createRedact();
  const holdsSecret = hider();
  let reserved = false;
  const hide = (text: string): SafeText => {
    if (!reserved && holdsSecret(text) !== text) {
      reserved = true;
      redact.reserve(recorded());
    }
    return safeText(redact.text(text));
  };
  return { ask: guardWith(redact, ask, {}), hide };
}

/** The rules for text by themselves: for what is said before anything is asked. */
export function hider(): HideText {
  const redact = createRedact();
  return (text) => safeText(redact.text(text));
}

function guardWith(redact: Redact, ask: RawAsk, policy: Policy): Ask {
  return async (question, signal) => {
    const refused = refusal(question, policy.movedPorts);
    if (refused !== undefined) return failed('refused', redact.text(refused));
    const reply = await ask(question, signal);
    if (!reply.ok) return failed(reply.why, redact.text(reply.detail));
    const odd = problemOf(question, reply.value);
    if (odd !== undefined) return failed('unreadable', odd);
    // Redaction changes strings and drops fields; the type of the answer stays the question's.
    const steps = redact.answer(question, Raw.open(reply.value)) as Steps<
      AnswerTo<typeof question>
    >;
    return work(steps, theSmall) ?? later(steps, signal);
  };
}

/** Before redaction: a name is judged as it came. */
function problemOf(question: Question, raw: Raw<unknown>): string | undefined {
  try {
    return oddNames(question, Raw.open(raw));
  } catch {
    return 'the names in the answer could not be read, so it was dropped';
  }
}

/** The answer, when it is a small one; `undefined` when there is more to do. */
function work<T>(steps: Steps<T>, some: typeof forAWhile): Reply<T> | undefined {
  try {
    const done = some(steps);
    return done && answered(done.value);
  } catch (error) {
    return failed('unreadable', whyDropped(error));
  }
}

/** A large one, with a stop between slices: what is half guarded when the time is over is not answered. */
async function later<T>(steps: Steps<T>, signal: AbortSignal): Promise<Reply<T>> {
  for (;;) {
    await breath();
    if (signal.aborted) return overdue(signal);
    const reply = work(steps, forAWhile);
    if (reply !== undefined) return reply;
  }
}

function whyDropped(error: unknown): string {
  if (error instanceof TooLarge) return `the answer is too large: ${error.message}`;
  return 'the answer could not be searched for secrets, so it was dropped';
}
