// What is wrong with a destination.
import type { KubeObject } from '../../../core/object.ts';
import type { Change, Rule } from './scene.ts';

export type Fault = {
  readonly rule: Rule;
  /** The end of a sentence that starts "VirtualService x sends traffic to". */
  readonly to: string;
  /** The whole sentence and whom it blames, where that is not the one who wrote the destination. */
  readonly says?: string;
  readonly culprit?: KubeObject;
  readonly fixes: readonly Change[];
};
