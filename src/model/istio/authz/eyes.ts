// What a condition sees of a request: the request's own value, and whether a value of the policy fits it.
import type { Trust } from './trust-domain.ts';
import type { Attribute, Jwt, Request, Why } from './types.ts';

export type Look = {
  readonly attribute: Attribute;
  readonly got: string | undefined;
  readonly fits: ((value: string) => boolean) | 'not-known';
  /** Why none of the values fits. */
  readonly why: (values: readonly string[]) => Why;
};

export type Eyes = {
  readonly request: Request;
  /** What the JWT filter lets the policies see. */
  readonly jwt: Jwt;
  readonly trust: Trust;
  /** The policy's namespace: `serviceAccounts` without a namespace mean this one. */
  readonly namespace: string;
  readonly at: 'envoy' | 'ztunnel';
};

export const differs = (): Why => ({ is: 'differs' });
