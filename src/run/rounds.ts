// The runs of one question, one after another, over one connection: an exec plugin or a login page is asked once.
import { diagnoseTargets } from './diagnose-target.ts';
import { exitCodes } from './exit.ts';
import type { RunOptions, Surroundings } from './options.ts';
import { optionsFor, type Request } from './request.ts';
import type { Round } from './watch.ts';
import { open, type Opened } from './wire.ts';

export type Rounds = {
  /** One run, `timeoutMs` long at most; it remembers no answer of those before. */
  readonly once: (timeoutMs: number) => Promise<Round>;
  readonly close: () => void;
};

export function rounds(request: Request, options: RunOptions, io: Surroundings): Rounds {
  let opened: Opened | undefined;
  const close = (): void => {
    if (opened?.ok) opened.world.close();
    opened = undefined;
  };
  const once = async (timeoutMs: number): Promise<Round> => {
    opened ??= await open(options, io);
    if (!opened.ok) return opened;
    opened.world.ready();
    const round = await diagnoseTargets({
      runbook: request.runbook,
      targets: request.words,
      options: { ...optionsFor(options, request), timeoutMs },
      world: await opened.world.again(),
      interrupt: io.interrupt,
    });
    // A credential may be used up, or the kubeconfig rewritten by whoever logs in again.
    if (!round.ok && round.refusal.code === exitCodes.unreachable) close();
    return round;
  };
  return { once, close };
}
