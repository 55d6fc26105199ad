// Why a pod is not well, as its status, the events about it and its last words tell: one value a reason.

/** `said`: the words of whoever reports it, quoted. */
export type Reason =
  // Whole pods.
  | { readonly is: 'stuck-deleting'; readonly due: string; readonly holds: string }
  | { readonly is: 'being-deleted'; readonly due: string }
  | { readonly is: 'node-down'; readonly node: string; readonly said: string }
  | { readonly is: 'evicted'; readonly node: string; readonly said: string }
  | { readonly is: 'evicted-for-memory'; readonly node: string; readonly said: string }
  | { readonly is: 'deadline-exceeded'; readonly said: string }
  | { readonly is: 'refused-by-node'; readonly node: string; readonly said: string }
  | { readonly is: 'failed'; readonly said: string }
  // Before it has a node.
  | { readonly is: 'unschedulable'; readonly why: string; readonly blocks: readonly Block[] }
  | { readonly is: 'scheduling-gated'; readonly gates: string }
  | { readonly is: 'not-scheduled'; readonly scheduler: string }
  // Before its containers start.
  | {
      readonly is: 'network-not-set-up';
      readonly plugin: string;
      readonly node: string;
      readonly said: string;
    }
  | { readonly is: 'sandbox-failed'; readonly node: string; readonly said: string }
  | { readonly is: 'volume-not-mounted'; readonly said: string }
  | InContainer
  // Running.
  | { readonly is: 'gate-open'; readonly gates: string }
  | { readonly is: 'starting'; readonly waits: string }
  | { readonly is: 'not-ready'; readonly seen: string };

/** What keeps it off the nodes, by kind. */
export type Block = 'resources' | 'taints' | 'selector' | 'volume' | 'ports' | 'spread';

/** One reason for each of these, with the same fields. */
type Each<K extends string, F> = K extends string ? { readonly is: K } & F : never;

export type InContainer =
  | Each<
      | 'image-not-found'
      | 'image-refused'
      | 'image-unreachable'
      | 'image-name-invalid'
      | 'image-not-injected'
      | 'image-not-pulled',
      { readonly container: string; readonly image: string; readonly said: string }
    >
  | Each<
      'object-missing' | 'key-missing',
      ObjectName & {
        /** The container or volume that needs it. */ readonly who: string;
        readonly said: string;
      }
    >
  | Each<
      | 'runs-as-root'
      | 'not-created'
      | 'command-not-run'
      | 'wrong-architecture'
      | 'init-fails'
      | 'init-needs-network'
      | 'crashes'
      | 'has-failed'
      | 'hook-failed',
      Failing
    >
  | Each<'killed-by-probe' | 'probe-fails', Failing & { readonly probe: string }>
  | Each<'out-of-memory' | 'exits-at-once', { readonly container: string; readonly state: string }>
  | { readonly is: 'sidecar-keeps-job'; readonly container: string; readonly done: string };

type Failing = {
  readonly container: string;
  /** How it ended, or in which state it is. */
  readonly state: string;
  readonly said: string;
};

export type ObjectName = {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  readonly name: string;
};
