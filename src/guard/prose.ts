// What is said about a thing whose name says credential: in an error of Go's, of a kubelet, of a mesh.
import { isPasswordName } from './names.ts';
import type { Value } from './value.ts';

/** What an error says first, and more words behind it. */
const SAYS =
  /^(?:failed|failing|cannot|could|can't|couldn't|not|no|is|are|was|were|has|does|did|already|unable|error|invalid|malformed|denied|rejected|refused|forbidden|unauthorized|unknown|unexpected|unsupported|missing|expired|required|references|timed|connection|object|path|secrets?|configmaps?|the server|token request)[ \t]+(?:["'/*<(]|\\+["']|[A-Za-z0-9])/;
/** What nobody has for a password: errors of Go's own libraries. */
const LIBRARY =
  /^(?:(?:open|read|write|l?stat) [./]|(?:Get|Head|Post|Put|Patch|Delete) \\{0,63}"http|dial (?:tcp|udp|unix) |lookup [\w.-]+(?: on |: no such host)|illegal base64 data|invalid character '|rpc error: code = |context (?:deadline exceeded|canceled)|unexpected EOF|exit status \d|exec: |(?:x509|tls|http|net\/http): \w)/;
/** And what is all that it says. */
const VERDICT =
  /^(?:forbidden|denied|unauthorized|timeout|EOF|unexpected EOF|OOMKilled|[A-Z][a-z]+(?:BackOff|Error|Expired))[.,;)\]]{0,2}(?=\s|["\\]|$)/;
/** A thing of Kubernetes' before its name in quotes. */
const THING =
  /\b(?:volume|secret|configmap|pod|container|service|webhook|serviceaccount|deployment|namespace|object|claim)s? \\{0,63}["'`]$/i;
const FAILED =
  /\b(?:fail(?:ed|ure|ing)?|error|unable|cannot|could not|couldn't|can't)\b[^\n]{0,80}$/i;
/** A driver of volumes: `kubernetes.io/csi: mounter.SetUpAt failed`. */
const DRIVER = /^kubernetes\.io\/[\w-]+: \w/;
const VERSION = /^v\d{1,3}(?:\.\d{1,3}){0,3}$/;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;
const HOST = /^(?!x-)[a-z0-9]+[-.][a-z0-9.-]*(?<!key)$/;
const NUMBER_OF_A_PERSON = /(?:pin|otp)$/i;

export type Said = {
  readonly name: string;
  readonly start: number;
  readonly at: number;
  readonly separator: string;
  readonly quoted: boolean;
  /** The name is the first of its line. */
  readonly line: boolean;
};

/** What stands behind the name is no value of it. */
export function isSaid(text: string, said: Said, value: Value): boolean {
  if (value.quote !== undefined) return false;
  const bare = text.slice(value.from, value.to);
  if (isTest(said, bare)) return true;
  if (said.separator === ':' && isSentence(text, said)) return true;
  return !isPasswordName(said.name) && (isPlace(text, said, bare) || VERSION.test(bare));
}

function isSentence(text: string, { name, start, at, quoted, line }: Said): boolean {
  const before = text.slice(Math.max(0, start - 120), start);
  const behind = text.slice(at, at + 80);
  if (line) return false;
  if (LIBRARY.test(behind))
    return quoted || FAILED.test(before.slice(before.lastIndexOf('\n') + 1));
  const thing = quoted && THING.test(before);
  if (thing && DRIVER.test(behind)) return true;
  return (
    (thing || (quoted && !isPasswordName(name))) && (SAYS.test(behind) || VERDICT.test(behind))
  );
}

/** `user-auth:8080` and `user-auth=10.244.1.7:8080`. */
function isPlace(text: string, { name, at, separator, quoted }: Said, bare: string): boolean {
  if (NUMBER_OF_A_PERSON.test(name)) return false;
  if (ADDRESS.test(bare)) return true;
  const host = !quoted && separator === ':' && text.charAt(at - 1) === ':';
  return host && HOST.test(name) && /^\d{2,5}$/.test(bare) && Number(bare) < 65536;
}

/** What Go's tests print. */
function isTest({ name, separator }: Said, bare: string): boolean {
  return name === 'PASS' && separator === ':' && /^Test(?:[A-Z][a-z]+)+$/.test(bare);
}
