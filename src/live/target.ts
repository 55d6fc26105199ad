// What a person chooses a cluster with, and what was chosen.
import type { Cluster, User } from './kubeconfig-file.ts';

export type Choice = {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** One cluster, one user, one namespace: what a run talks to. */
export type Target = {
  readonly context: string;
  readonly namespace: string;
  readonly cluster: Cluster & { readonly server: string };
  readonly user: User;
  /** The files it came from, as text. */
  readonly source: string;
  /** What another program needs to reach the same: one file for its flag, or a list for $KUBECONFIG. */
  readonly files: readonly string[];
  /** What says the namespace when no flag does: `the context`; absent where nothing does. */
  readonly ownNamespace?: string;
};
