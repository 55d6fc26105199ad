// From where a session stands to the question it asks there.
import { fileQuestion, formatQuestion, noteQuestion } from './closing.ts';
import { commandsQuestion, evidenceQuestion, nextQuestion } from './offers.ts';
import type { Answer, Question } from './question.ts';
import type { Scene } from './scene.ts';
import { callerQuestion, startQuestion, symptomQuestion, targetQuestion } from './start.ts';
import type { Where } from './where.ts';

/** Places where a person is asked; at the others something is done, or all is over. */
export type Asking = Exclude<Where, { at: 'doing' | 'left' }>;

export function questionAt(where: Asking, scene: Scene): Question {
  switch (where.at) {
    case 'start':
      return startQuestion(scene);
    case 'symptom':
      return symptomQuestion(scene, where.place);
    case 'target':
      return targetQuestion(scene, where.runbook);
    case 'caller':
      return callerQuestion(scene, where.runbook, where.to);
    case 'next':
      return nextQuestion(scene);
    case 'commands':
      return commandsQuestion(scene);
    case 'evidence':
      return evidenceQuestion(scene);
    case 'note':
      return noteQuestion(scene);
    case 'format':
      return formatQuestion(scene);
    case 'file':
      return fileQuestion(scene, where.format);
  }
}

export function afterAnswer(question: Question, answer: Answer): Where {
  switch (answer.is) {
    case 'went':
      return answer.to;
    case 'back':
      return question.back;
    case 'out':
      return { at: 'left' };
  }
}
