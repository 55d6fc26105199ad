// The parts of a report for pasting, before any markup: what is said, what is run, what is quoted.
import { contextVariable, needsPosix, quote, type Command, type Reach } from '../core/command.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import { clip, oneLine } from './plain.ts';
import { line } from './view.ts';

/**
 * Free text never shares a block with a command: in some shells a pasted `# it's ...` opens a quote and
 * a `$(...)` in it runs.
 */
export type Block =
  | { readonly is: 'title'; readonly text: string }
  | { readonly is: 'text'; readonly label?: string; readonly text: string }
  | { readonly is: 'item'; readonly label?: string; readonly text: string }
  | {
      readonly is: 'shell';
      readonly command: string;
      readonly heredoc: boolean;
      /** fish would not take it. */
      readonly posix?: boolean;
    }
  | { readonly is: 'quote'; readonly lines: readonly string[] }
  | { readonly is: 'details'; readonly summary: string; readonly body: readonly Block[] };

/** How much a place has room for. */
export type Room = {
  /** Evidence: lines of each, characters of a line, pieces. */
  readonly rows: number;
  readonly chars: number;
  readonly items: number;
  /** Characters of a sentence that holds text from the cluster. */
  readonly prose: number;
  /** Fixes, gaps, further findings: entries of each list. */
  readonly list: number;
  /** Rows of the timeline. */
  readonly moments: number;
  /** Characters of one command; a longer one is named and left to the full report. */
  readonly script: number;
  /** Gaps that are told with the command that gives what is missing. */
  readonly remedies: number;
  /** Undo and verify behind a click, where a place can do that. */
  readonly folds?: boolean;
};

export function title(text: string, room: Room): Block {
  return { is: 'title', text: clip(oneLine(text), Math.min(200, room.prose)) };
}

export function text(said: string, room: Room, label?: string): Block {
  return { is: 'text', text: clip(oneLine(said), room.prose), ...(label ? { label } : {}) };
}

export function item(said: string, room: Room, label?: string): Block {
  return { is: 'item', text: clip(oneLine(said), room.prose), ...(label ? { label } : {}) };
}

/** Half a command would be another command. */
const tooLong = 'Too long for here: meshdoc -o text prints it.';

/** Context names differ between engineers, so a pasted command takes it from `$CTX`. */
export function run(command: Command, d: Diagnosis, room: Room): Block {
  const { context, as, asGroups } = d.about.reach;
  // The path of a kubeconfig means nothing on another machine.
  const reach: Reach = { context: context ? contextVariable : undefined, as, asGroups };
  const pasted = line(command, reach);
  if (pasted.length > room.script) return { is: 'text', text: tooLong };
  return shellBlock(command, pasted);
}

export function shellBlock(command: Command, pasted: string): Block {
  const heredoc = command.stdin !== undefined;
  return { is: 'shell', command: pasted, heredoc, posix: needsPosix(command) };
}

/** Sets `CTX` once, right before the first command that needs it; or says what shell it takes. */
export function withContext(blocks: readonly Block[], d: Diagnosis, room: Room): Block[] {
  const first = blocks.findIndex(needsPosixShell);
  const needs = blocks[first];
  if (!needs) return [...blocks];
  if (needs.is === 'details') {
    const inside = { ...needs, body: withContext(needs.body, d, room) };
    return blocks.map((block) => (block === needs ? inside : block));
  }
  // The sentence that leads to the command stays beside it.
  const before =
    blocks[first - 1]?.is === 'text' || blocks[first - 1]?.is === 'item' ? first - 1 : first;
  return [...blocks.slice(0, before), ...contextBlocks(blocks, d, room), ...blocks.slice(before)];
}

/** What stands before the first of the commands: how to set `CTX`, where there is a context to name. */
export function contextBlocks(
  blocks: readonly Block[],
  d: Diagnosis,
  room: Room,
): readonly Block[] {
  const { reach, server } = d.about;
  if (!blocks.some(needsPosixShell)) return [];
  if (!reach.context || !blocks.some(needsContext))
    return [text('The commands are for a POSIX shell (sh, bash or zsh, not fish).', room)];
  return [
    text(
      `First set CTX to the context that your kubeconfig has for ${server ?? 'this cluster'} (POSIX shell, not fish):`,
      room,
    ),
    { is: 'shell', command: `CTX=${quote(oneLine(reach.context))}`, heredoc: false },
  ];
}

function needsPosixShell(block: Block): boolean {
  if (block.is === 'details') return block.body.some(needsPosixShell);
  return needsContext(block) || (block.is === 'shell' && block.posix === true);
}

function needsContext(block: Block): boolean {
  if (block.is === 'details') return block.body.some(needsContext);
  return block.is === 'shell' && block.command.includes('"${CTX:?}"');
}
