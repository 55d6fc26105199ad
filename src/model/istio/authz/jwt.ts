// What RequestAuthentication does with a request's token (istio/istio pilot/pkg/security/authn/policy_applier.go
// convertToEnvoyJwtConfig: no token passes, one that no rule accepts does not).
import { list, text, texts } from '../../kube/read.ts';
import { attachment } from './attach.ts';
import { refOf } from './parse.ts';
import type { DeniedBy, Jwt, PolicyRef, Request, Scene } from './types.ts';

export type Checked = {
  /** What the policies after it see. */
  readonly jwt: Jwt;
  readonly denied: Extract<DeniedBy, { is: 'jwt' }> | undefined;
};

type JwtRule = {
  readonly policy: PolicyRef;
  readonly issuer: string;
  readonly audiences: readonly string[];
};

export function checkJwt(scene: Scene, { jwt }: Request): Checked {
  if (scene.requestAuthentications === undefined) return { jwt, denied: undefined };
  const rules = rulesAt(scene, scene.requestAuthentications);
  // Without the filter, no policy sees the token.
  if (rules.length === 0) return { jwt: { is: 'none' }, denied: undefined };
  if (jwt.is !== 'token') return { jwt, denied: undefined };
  const ofIssuer = rules.filter(({ issuer }) => issuer === jwt.issuer);
  const accepts = ofIssuer.some(
    ({ audiences }) =>
      audiences.length === 0 || audiences.some((audience) => jwt.audiences.includes(audience)),
  );
  if (accepts) return { jwt, denied: undefined };
  return {
    jwt,
    denied: {
      is: 'jwt',
      status: ofIssuer.length === 0 ? 401 : 403,
      policies: [
        ...new Set((ofIssuer.length === 0 ? rules : ofIssuer).map(({ policy }) => policy)),
      ],
      why: ofIssuer.length === 0 ? 'issuer' : 'audience',
    },
  };
}

function rulesAt(scene: Scene, objects: Scene['requestAuthentications'] & object): JwtRule[] {
  return objects
    .filter((object) => attachment(object, scene).attaches)
    .flatMap((object) => {
      const policy = refOf(object);
      return list(object.spec, 'jwtRules').map((rule) => ({
        policy,
        issuer: text(rule, 'issuer') ?? '',
        audiences: texts(rule, 'audiences'),
      }));
    });
}
