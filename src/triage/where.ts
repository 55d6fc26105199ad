// Where a session stands. Each place either asks a question (`questions.ts`) or has something done (`Deed`).
import type { Format } from '../report/formats.ts';
import type { Ask } from './ask.ts';
import type { Copyable } from './commands.ts';
import type { Place } from './places.ts';

export type Where =
  /** What is wrong? A symptom, or a place. */
  | { readonly at: 'start' }
  /** The place is known; what is seen there? */
  | { readonly at: 'symptom'; readonly place: Place }
  /** The symptom is known; where is it seen? */
  | { readonly at: 'target'; readonly runbook: string }
  /** What is called is known; who calls? */
  | { readonly at: 'caller'; readonly runbook: string; readonly to: Place }
  | { readonly at: 'next' }
  | { readonly at: 'evidence' }
  | { readonly at: 'commands' }
  | { readonly at: 'note' }
  | { readonly at: 'format' }
  | { readonly at: 'file'; readonly format: Format }
  | { readonly at: 'doing'; readonly deed: Deed }
  | { readonly at: 'left' };

/** What is done between two questions; a cluster is only read. */
export type Deed =
  | { readonly is: 'run'; readonly ask: Ask; readonly until: 'once' | 'healthy' }
  | { readonly is: 'show'; readonly text: string; readonly then: Where }
  | { readonly is: 'copy'; readonly command: Copyable; readonly then: Where }
  | { readonly is: 'note'; readonly says: string }
  /** To the screen without a path. */
  | { readonly is: 'ticket'; readonly format: Format; readonly path: string | undefined };

export function doing(deed: Deed): Where {
  return { at: 'doing', deed };
}
