// What doctor looks for of a mesh: its control plane, and the programs that talk to it.
import type { Fetched } from '../core/fact.ts';
import type { Ports } from '../core/ports.ts';
import type { ProcessAnswer, ToolQuestion } from '../core/question.ts';

export type Presence = 'here' | 'absent' | 'unknown';
export type PlaneSeen = {
  readonly presence: Presence;
  /** Where it was found, when it was looked for. */
  readonly namespace?: string;
  /** Of the control plane; several are joined by "and". */
  readonly version?: string | undefined;
};

export type Plane = {
  /** Of the record. */
  readonly id: string;
  readonly timeoutMs: number;
  /** `named`: the namespace that somebody chose. */
  readonly look: (
    ports: Ports,
    named: string | undefined,
    signal: AbortSignal,
  ) => Promise<PlaneSeen>;
  readonly tools: readonly ToolLook[];
};

/** A program whose version is compared with that of what it talks to. */
export type ToolLook = {
  readonly name: string;
  readonly question: ToolQuestion;
  readonly version: (answer: ProcessAnswer) => string | undefined;
  /** What it talks to: "istiod". */
  readonly peer: string;
  /** How far apart the two may be; where they must be equal, who says so. */
  readonly apart: 'one minor version' | { readonly equal: string };
};

/** A control plane that was looked for and not found is absent; one that nobody could look for is not known. */
export function presenceOf(reply: Fetched<unknown>): Presence {
  if (reply.ok) return 'here';
  return reply.why === 'absent' ? 'absent' : 'unknown';
}
