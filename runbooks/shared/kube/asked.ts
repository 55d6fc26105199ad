// What a runbook was asked about, whatever its inputs are called: for checks that many runbooks have.
import {
  destinationText,
  meshdoc,
  placeText,
  podText,
  type Command,
  type Destination,
  type MeshChoice,
  type Place,
  type PodRef,
} from '../../../src/authoring.ts';

/** Inputs by the names that all runbooks give them; each runbook has some of them. */
export type Asked = MeshChoice & {
  readonly pod?: PodRef;
  readonly src?: PodRef | undefined;
  readonly dst?: Destination;
  readonly target?: Place | undefined;
};

/** The one pod whose proxy it is about; there is none for a workload, a namespace or a mesh. */
export function podOf({ pod, dst, target }: Asked): PodRef | undefined {
  if (target?.is === 'pod') return target.pod;
  return pod ?? dst?.pod;
}

/** The same question, without the flags of a request. */
export function askAgain(runbook: string, { pod, src, dst, target }: Asked): Command {
  const said = [
    ...[pod, src].flatMap((ref) => (ref ? [podText(ref)] : [])),
    ...(dst ? [destinationText(dst)] : []),
    ...(target ? [placeText(target)] : []),
  ];
  return meshdoc`diagnose ${runbook} ${said}`;
}
