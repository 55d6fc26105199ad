// Why istiod made a denial of a CUSTOM rule.
import { listed } from '../../../../src/authoring.ts';
import type { BrokenCustom } from '../../../../src/model/istio/authz/types.ts';
import type { Picture } from '../picture.ts';

type Facts = Pick<Picture, 'mesh' | 'authorizer'>;

/** Why a CUSTOM rule became a denial: `..., but {fault}, so ...` */
export function faultText(facts: Facts, provider: string, why: BrokenCustom): string {
  if (why === 'several-providers')
    return 'the policies of this workload name more than one provider';
  return why === 'unusable-provider'
    ? `istiod cannot use it${unusableText(facts, provider)}`
    : missingText(facts, provider);
}

/** An entry of that name, under a field that istiod does not know, is no provider either. */
function missingText({ mesh }: Facts, provider: string): string {
  const entry = mesh?.extensions.find(({ name }) => name === provider);
  if (!entry) return 'the mesh configuration has no such provider';
  const has = listed(entry.fields) || 'no field';
  return `its entry in the mesh configuration has ${has}, and an external authorizer needs envoyExtAuthzHttp or envoyExtAuthzGrpc`;
}

function unusableText({ mesh, authorizer }: Facts, provider: string): string {
  const entry = mesh?.extensions.find(({ name }) => name === provider);
  if (!entry?.service || authorizer === undefined) return '';
  if (authorizer === 'absent') return `: its Service ${entry.service} does not exist`;
  return entry.port !== undefined && !authorizer.ports.includes(entry.port)
    ? `: its Service ${entry.service} has no port ${entry.port}`
    : '';
}
