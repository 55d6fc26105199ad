// What a session needs of a terminal: to put a question, and to take the answer.
import type { Answer, Question } from '../../triage/question.ts';

export interface Prompts {
  ask(question: Question): Promise<Answer>;
}

export type PromptOptions = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly color: boolean;
  readonly unicode: boolean;
  /** Ends the question that is open: the terminal is lost, or the process is asked to end. */
  readonly leave: () => readonly AbortSignal[];
};
