// Holds a session: asks where it stands, does what was chosen, and goes on from there until the person leaves.
import type { Format } from '../../report/formats.ts';
import { afterAnswer, questionAt } from '../../triage/questions.ts';
import type { Deed, Where } from '../../triage/where.ts';
import { copy } from './copy.ts';
import { runOnce, runUntilHealthy } from './run.ts';
import { withNote, type Session } from './session.ts';
import { keepTicket } from './store.ts';
import { sessionTicket } from './ticket.ts';

export type Held = {
  readonly session: Session;
  /** Left by choice, or by Ctrl-C and its like. */
  readonly how: 'left' | 'out';
};

type Done = { readonly session: Session; readonly to: Where };

export async function hold(first: Session, start: Where): Promise<Held> {
  let session = first;
  let where = start;
  for (;;) {
    if (where.at === 'left') return { session, how: 'left' };
    if (where.at === 'doing') {
      const done = await perform(session, where.deed);
      session = done.session;
      where = done.to;
      continue;
    }
    const question = questionAt(where, session.scene);
    const answer = await session.prompts.ask(question);
    if (answer.is === 'out') return { session, how: 'out' };
    where = afterAnswer(question, answer);
  }
}

async function perform(s: Session, deed: Deed): Promise<Done> {
  switch (deed.is) {
    case 'run': {
      const run = deed.until === 'healthy' ? runUntilHealthy : runOnce;
      const session = await run(s, deed.ask);
      return { session, to: { at: session.scene.runs.length > 0 ? 'next' : 'start' } };
    }
    case 'show':
      s.io.out(`\n${deed.text}`);
      return { session: s, to: deed.then };
    case 'copy': {
      const says = await copy(deed.command.text, s.io);
      s.io.out(`\n${says}\n${deed.command.text}\n`);
      return { session: s, to: deed.then };
    }
    case 'note': {
      const session = withNote(s, deed.says);
      return { session, to: { at: session.scene.runs.length > 0 ? 'next' : 'start' } };
    }
    case 'ticket':
      await ticket(s, deed.format, deed.path);
      return { session: s, to: { at: s.scene.runs.length > 0 ? 'next' : 'start' } };
  }
}

async function ticket(s: Session, format: Format, path: string | undefined): Promise<void> {
  const { scene, io, style } = s;
  // A ticket is read elsewhere: no colours, and the width of a page.
  const plain = { ...style, color: false, width: 100, verbose: false };
  const text = await sessionTicket(format, scene.runs, scene.notes, plain);
  if (path === undefined) {
    io.out(`\n${text}\n`);
    return;
  }
  const kept = keepTicket(path, text);
  io.out(kept.ok ? `\nWritten to ${path}\n` : `\nNot written: ${kept.says}\n`);
}
