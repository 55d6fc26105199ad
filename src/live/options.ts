// What the command line decides about a live run.

export type LiveOptions = {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly as?: string | undefined;
  readonly asGroups: readonly string[];
  readonly asUid?: string | undefined;
  /** Milliseconds one request to the API server may take, kubectl's --request-timeout; 0 is no limit. */
  readonly requestTimeoutMs: number;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** Paths of programs that are not the ones on the PATH, by name. */
  readonly programs?: Readonly<Record<string, string>> | undefined;
  /** URL of the Prometheus to ask, with user information if it wants any. */
  readonly prometheus?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** `meshdoc/0.1.0`: shows in the server's audit log. */
  readonly userAgent: string;
  /** Whether a credential plugin may use the terminal. */
  readonly interactive: boolean;
};
