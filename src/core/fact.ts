// A fact: something a runbook may want to know, with every road that leads to it.
import type { Gap, Why } from './answer.ts';
import type { Command } from './command.ts';
import type { Happening } from './moment.ts';
import type { Ports } from './ports.ts';
import type { Access, Question } from './question.ts';

/**
 * What to ask and how to read it. `A` are the arguments (plain data: they name the fact in the memo), `T`
 * is what is known afterwards.
 */
export type Fact<A, T> = {
  /** `istio/proxy-sync`; unique. */
  readonly name: string;
  /** What is asked, as a noun phrase: "istiod's sync status for shop/cart-x2x4q". */
  readonly asks: (args: A) => string;
  /** What a person types to see the same. */
  readonly byHand: (args: A) => Command;
  /** Permissions and tools it may use; the access page and the docs print them. */
  readonly needs: readonly Need[];
  /** Milliseconds; the whole fact, all its roads together. */
  readonly timeoutMs: number;
  readonly fetch: (ports: Ports, args: A, signal: AbortSignal) => Promise<Fetched<T>>;
  /** The lines worth quoting as evidence. */
  readonly show: (value: T, args: A) => readonly string[];
  /** What the answer tells of times: who changed what and when, rejections, ends. In any order. */
  readonly moments?: (value: T, args: A) => readonly Happening[];
  /**
   * What in the answer is visibly not healthy, in its own words. Where no finding explains it, the verdict is never
   * healthy.
   */
  readonly unwell?: (value: T, args: A) => readonly string[];
  /** The runbook that explains what is unwell, and the target it is asked about; the command line continues there. */
  readonly explainedBy?: (value: T, args: A) => Gap['follow'];
  /** Versions the answer reveals, by the name of what has it: `istiod` -> `1.31.1`. */
  readonly versions?: (value: T) => Readonly<Record<string, string | undefined>>;
};

/** A part of a fact that could not be read while the rest could: one istiod of two, say. */
export type Missed = {
  readonly asked: string;
  readonly why: Why;
  readonly detail: string;
  readonly access?: Access | undefined;
};

/** A `Reply`, and how it was obtained. */
export type Fetched<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Named when the answer did not come in the first way. */
      readonly road?: string | undefined;
      /** Replaces the fact's own `byHand` when this road has a better one. */
      readonly byHand?: Command | undefined;
      readonly missed?: readonly Missed[] | undefined;
      /**
       * Asked, and the value does not depend on it. Any other question that failed, or was answered only in part, is a gap
       * even where the fact does not name it in `missed`.
       */
      readonly without?: readonly Question[] | undefined;
    }
  | {
      readonly ok: false;
      readonly why: 'absent' | Why;
      readonly detail: string;
      /** The permission that was missing, if that is why. */
      readonly access?: Access | undefined;
      readonly missed?: readonly Missed[] | undefined;
    };

export type Need =
  | {
      readonly verbs: readonly ('get' | 'list' | 'create')[];
      /** `pods`, `virtualservices.networking.istio.io`, `pods/portforward`. */
      readonly resource: string;
      /** Where: the namespace of the target, the one of the mesh's control plane, or the whole cluster. */
      readonly in: 'target' | 'mesh-root' | 'all';
      /** The objects it gets are always these, so no right to any other is needed. */
      readonly names?: readonly string[];
      /** It is optional; this says what for: "where pods/portforward is refused". */
      readonly optional?: string;
    }
  | { readonly tool: string };

/** A fact of unknown arguments and value, for lists of them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Fact is invariant in A; lists need one type
export type AnyFact = Fact<any, any>;
export type ArgsOf<F> = F extends Fact<infer A, infer _T> ? A : never;
export type ValueOf<F> = F extends Fact<infer _A, infer T> ? T : never;

/** Declares a fact; exists so that `A` and `T` are inferred. */
export function fact<A, T>(definition: Fact<A, T>): Fact<A, T> {
  return definition;
}

export function needs(
  verbs: readonly ('get' | 'list' | 'create')[],
  resource: string,
  where: 'target' | 'mesh-root' | 'all',
  more: { readonly names?: readonly string[]; readonly optional?: string } = {},
): Need {
  return { verbs, resource, in: where, ...more };
}

/**
 * What a port-forward takes: a websocket upgrade is a GET, and from Kubernetes 1.35 the server asks for `create` as well
 * (feature AuthorizePodWebsocketUpgradeCreatePermission).
 */
export function needsPort(where: 'target' | 'mesh-root' | 'all'): Need {
  return needs(['get', 'create'], 'pods/portforward', where);
}

/** The same page by a command in the container: a wide right, so only for who may not have the other. */
export function needsExecInstead(where: 'target' | 'mesh-root'): Need {
  return needs(['get', 'create'], 'pods/exec', where, {
    optional: 'the fallback where pods/portforward is refused',
  });
}

export function needsTool(tool: string): Need {
  return { tool };
}
