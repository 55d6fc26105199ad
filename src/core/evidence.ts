// The proof of a claim: what was asked, how a person asks it again, and the few lines that matter.
import type { Command } from './command.ts';
import type { SafeText } from './text.ts';

/** What one question showed. Its number is given when the report is put together, in reading order. */
export type Evidence = {
  /** `E1`, `E2`...; `E0` until the diagnosis is complete. */
  readonly id: EvidenceId;
  readonly asked: SafeText;
  /** The command that shows a person the same thing. */
  readonly byHand: Command;
  /** When it was asked, ISO 8601 in UTC. */
  readonly at: string;
  /** How the answer came, when not in the usual way: "exec in istiod-x". */
  readonly road?: SafeText;
  /** The lines worth quoting. */
  readonly excerpt: readonly SafeText[];
};
export type EvidenceId = `E${number}`;
