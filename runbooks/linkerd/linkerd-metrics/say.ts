// Saying a finding for sure, or as likely.
import type { MetricsSay, View } from './view.ts';

/** Says it as likely where some Prometheus could not be asked. */
export function sayerFor({ sure }: Pick<View, 'sure'>, say: MetricsSay): MetricsSay {
  return sure ? say : asLikely(say);
}

export function asLikely(say: MetricsSay): MetricsSay {
  return Object.assign(say.likely.bind(undefined), { likely: say.likely });
}

/** Notes that something was said. */
export function counting(say: MetricsSay): {
  readonly say: MetricsSay;
  readonly said: () => boolean;
} {
  let said = false;
  const noted = (state: (...all: never[]) => void) => {
    return (...all: never[]) => {
      said = true;
      state(...all);
    };
  };
  const likely = noted(say.likely) as MetricsSay['likely'];
  return { say: Object.assign(noted(say as never), { likely }) as MetricsSay, said: () => said };
}
