// What is wrong with a destination.
import type { Change, Rule } from './scene.ts';

export type Fault = {
  readonly rule: Rule;
  /** The end of a sentence that starts "VirtualService x sends traffic to". */
  readonly to: string;
  readonly fixes: readonly Change[];
};
