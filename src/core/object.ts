// A Kubernetes object as plain JSON, and the few reads everybody needs.

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Who changed an object and when; the guard keeps this much of `managedFields`. */
export type Manager = {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
  readonly subresource?: string;
  /** Of what it set, the annotations of meshes alone: `f:metadata.f:annotations.f:linkerd.io/inject`. */
  readonly fieldsV1?: Json;
};

export type Meta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly controller?: boolean;
  }[];
  readonly managedFields?: readonly Manager[];
};

/** An object as the API server sent it, after the guard. Timestamps are ISO strings, never `Date`. */
export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Meta;
  readonly spec?: Json;
  readonly status?: Json;
  readonly [field: string]: unknown;
};
