// Asks each question once: the promise is kept, so questions that run side by side share one answer.
import type { Ask } from '../core/ports.ts';
import { questionText } from '../core/question.ts';

/**
 * A question that is asked again while its first asking was cut off by that asker's own deadline is asked
 * anew, so one impatient step cannot spoil the answer for the others.
 */
export function memo(ask: Ask): Ask {
  const kept = new Map<string, Promise<{ ok: boolean; why?: string }>>();
  return async (question, signal) => {
    const key = questionText(question);
    const earlier = kept.get(key);
    if (earlier) {
      const reply = await earlier;
      if (
        reply.ok ||
        !(reply.why === 'timed-out' || reply.why === 'interrupted') ||
        signal.aborted
      ) {
        return reply as never;
      }
    }
    const asked = ask(question, signal);
    kept.set(key, asked);
    return asked;
  };
}
