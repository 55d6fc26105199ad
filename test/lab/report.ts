// What meshdoc prints with `-o json`, as far as the tests of the lab read it.
type Shell = { readonly shell: string };

export type Fix = {
  readonly does: string;
  readonly risk: string;
  readonly run: Shell;
  readonly undo: { readonly run?: Shell };
  readonly verify: Shell;
};

export type Finding = {
  readonly code: string;
  readonly says: string;
  readonly means: string;
  readonly reach?: string;
  readonly since?: string;
  readonly avoid?: string;
  readonly fixes: readonly Fix[];
};

export type Gap = { readonly asked: string; readonly why: string; readonly detail?: string };

export type Report = {
  readonly diagnoses: readonly {
    readonly verdict: string;
    readonly findings: readonly Finding[];
    readonly gaps: readonly Gap[];
  }[];
};
