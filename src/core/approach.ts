// How a run comes to its cluster: what was read where, before anything is asked. Plain data without any secret: names,
// addresses and public certificates.

export type Approach = {
  /** In the order in which they count. None in a cluster. */
  readonly files: readonly KubeconfigFile[];
  /** Absent when no cluster could be chosen; `says` is then why, in one line, with what to type. */
  readonly chosen: Chosen | { readonly is: 'none'; readonly says: string };
};

export type KubeconfigFile = {
  readonly path: string;
  /** Why it is looked at. */
  readonly from: '--kubeconfig' | '$KUBECONFIG' | 'the default';
  readonly state: 'read' | 'missing' | 'bad';
};

export type Chosen = {
  readonly is: 'chosen';
  readonly context: Sourced;
  readonly namespace: Sourced;
  /** `https://10.0.0.1:6443`, without user information. */
  readonly server: string;
  readonly proxy: ProxyChoice;
  readonly trust: Trust;
  readonly credential: CredentialKind;
  /** Whom the server is told to take us for. */
  readonly impersonates: string | undefined;
};

/** A value and where it came from: `-n`, `the context`. */
export type Sourced = { readonly value: string; readonly from: string };

/** `skipped`: the environment names one, and NO_PROXY or loopback keeps this server from it. */
export type ProxyChoice =
  | { readonly is: 'direct' }
  | { readonly is: 'skipped'; readonly address: string; readonly from: string }
  | { readonly is: 'used'; readonly address: string; readonly from: string };

export type Trust =
  | { readonly is: 'plain-http' }
  | { readonly is: 'insecure'; readonly from: string }
  /** Whatever Node trusts by itself. */
  | { readonly is: 'public' }
  | {
      readonly is: 'ca';
      readonly from: string;
      /** PEM, certificates alone. */
      readonly certificates: string;
    };

export type CredentialKind =
  | { readonly is: 'none' | 'token' | 'password' | 'oidc' }
  | { readonly is: 'token-file'; readonly path: string }
  | { readonly is: 'plugin'; readonly command: string }
  | {
      readonly is: 'certificate';
      readonly from: string;
      /** PEM, certificates alone. */
      readonly certificates: string;
    };
