// Credentials among the arguments of a command, in a line of a shell: behind their flag, or where a tool is known to
// take them. Lists of arguments in objects are read by objects.ts with the same tables.
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import { isCredential, isHarmless, isSecretName } from './names.ts';
import { MASK } from './tokens.ts';
import { readValue, type Value } from './value.ts';

const FLAG = /(?<![\w-])(--?[A-Za-z][\w.-]{0,63})(?:[ \t]{1,8}(?=[^\s-])|=(?=\S))/g;
/** What follows a flag in a sentence about it. */
const PROSE =
  /^(?:is|was|are|or|and|to|not|must|may|can|has|flag|flags|option|value|for|from|in|of|with|needs?|required|instead|file|path|when|if|the|an?)[.,;:)]?$/i;

/** `--requirepass x`, `--client-secret 'x y'` */
export function hideFlags(text: string, hide: Hide): string {
  return edited(text, FLAG, (found): Edit | undefined => {
    const flag = found[1] ?? '';
    const at = found.index + found[0].length;
    const user = isUserFlag(flag);
    // What stands behind `=` and has a name that says it is for the rule of pairs.
    if (!user && (found[0].endsWith('=') || !isSecretFlag(flag))) return undefined;
    const value = user
      ? joined(text, readValue(text, at, found.index))
      : readValue(text, at, found.index);
    const bare = text.slice(value.from, value.to);
    if (user ? !isUserAndPassword(bare) : isHarmless(flag, bare) || PROSE.test(bare))
      return undefined;
    return hidden(text, value, hide);
  });
}

/** `'user':'password'`: a shell joins what stands beside each other. */
function joined(text: string, user: Value): Value {
  if (user.quote === undefined || text.charAt(user.end) !== ':') return user;
  const password = readValue(text, user.end + 1, user.from);
  return { ...password, from: user.from };
}

/** `--token`, `-password`; one letter says nothing. `--token=` has an empty value, as a list of arguments may say it. */
export function isSecretFlag(flag: string): boolean {
  const name = flag.replace(/^-+/, '').replace(/=$/, '');
  return isSecretName(name) || /^(?:secrets|(?:oauth2-)?bearer|cookies?)$/.test(name);
}

/** `-u user:password`, as curl, wget and their kin take it; of `--auth` the name alone says it. */
export function isUserFlag(flag: string): boolean {
  return /^(?:-[A-Za-z]{0,8}[uU]|--user|--userpass|--proxy-user|--basic-auth|--login)$/.test(flag);
}

/** `user:password`, not `1000:1000` of a container's user, `host:port` or an image. */
export function isUserAndPassword(value: string): boolean {
  return (
    /^[^\s:/]{0,64}:\S[^\n]*$/.test(value) && !/^\w+:\d{1,5}$/.test(value) && !isHarmless('', value)
  );
}

/** Tools whose flag of one letter takes a password: `mysql -px`, `sshpass -p x`, `redis-cli -a x`. */
const TOOLS: readonly { readonly tool: RegExp; readonly flag: string }[] = [
  {
    tool: /\b(?:mysql\w*|mariadb[\w-]*|sshpass|mongo\w*|docker|podman|nerdctl|helm|oras|crane|skopeo|buildah|az|7z|zip|unzip|imapsync)\b/,
    flag: '-p',
  },
  { tool: /\b(?:redis-cli|valkey-cli|keydb-cli|redis-benchmark)\b/, flag: '-a' },
  { tool: /\b(?:mosquitto_\w+|isql|sqlcmd|zip|unzip|bcp)\b/, flag: '-P' },
  { tool: /\bldap\w+\b/, flag: '-w' },
  { tool: /\b(?:curl|wget|https?)\b/, flag: '-u' },
  { tool: /\bcurl\b/, flag: '-b' },
  { tool: /\bopenssl\b/, flag: '-k' },
  { tool: /\bopenssl\b/, flag: '-K' },
  { tool: /\bsnmp\w+\b/, flag: '-A' },
  { tool: /\bsnmp\w+\b/, flag: '-X' },
];
const LETTER = new RegExp(
  String.raw`(?<=[\s"'])(-[paPwubkKAX])([ \t]{0,8}=?)(?=[^\s\d=-]|\d)`,
  'g',
);
/** How far before it the tool's name is looked for. */
const COMMAND = 400;

/** `mysql -uroot -px`: behind a flag of one letter, where the tool before it is known. */
export function hideLetterFlags(text: string, hide: Hide): string {
  return edited(text, LETTER, (found): Edit | undefined => {
    const before = text.slice(Math.max(0, found.index - COMMAND), found.index);
    const command = before.slice(
      Math.max(before.lastIndexOf('\n'), before.lastIndexOf('|'), before.lastIndexOf(';')) + 1,
    );
    if (!isPasswordLetter(found[1] ?? '', command)) return undefined;
    const at = found.index + found[0].length;
    const value = readValue(text, at, found.index);
    const bare = text.slice(value.from, value.to);
    return isNoPassword(found[1] ?? '', bare) ? undefined : hidden(text, value, hide);
  });
}

export function isPasswordLetter(flag: string, command: string): boolean {
  return TOOLS.some((known) => known.flag === flag && known.tool.test(command));
}

/** Ports of `docker -p`, references, what is hidden already, and a user without a password. */
export function isNoPassword(flag: string, value: string): boolean {
  if (flag === '-u' && !isUserAndPassword(value)) return true;
  if (flag === '-b' && !value.includes('=')) return true;
  return isHarmless('', value) || /^[\d.:]+(?:\/\w+)?$/.test(value);
}

const DIRECTIVES = [
  'requirepass|masterauth|primaryauth|bindpw',
  String.raw`(?:login|USER)[ \t\r\n]{1,8}[^\s"']{1,128}[ \t\r\n]{1,8}password`,
  String.raw`IDENTIFIED[ \t]{1,8}(?:WITH[ \t]{1,8}\w{1,64}[ \t]{1,8})?BY`,
  String.raw`(?:ENCRYPTED|WITH)[ \t]{1,8}PASSWORD`,
  String.raw`SET[ \t]{1,8}PASSWORD[ \t]{1,8}(?:FOR[ \t]{1,8}\S{1,256}[ \t]{1,8})?=`,
  String.raw`rabbitmqctl[ \t]{1,8}(?:add_user|change_password)[ \t]{1,8}\S{1,128}`,
  String.raw`htpasswd[ \t]{1,8}-\w{0,4}b\w{0,4}[ \t]{1,8}(?:\S{1,256}[ \t]{1,8})?\S{1,128}`,
];
const DIRECTIVE = new RegExp(
  String.raw`(?<![\w-])(?:${DIRECTIVES.join('|')})[ \t]{1,8}(?=[^\s-])`,
  'gi',
);

/** Settings without a sign between name and value: redis.conf, .netrc, SQL. */
export function hideDirectives(text: string, hide: Hide): string {
  return edited(text, DIRECTIVE, (found) => {
    const value = readValue(text, found.index + found[0].length, found.index);
    const bare = text.slice(value.from, value.to);
    return isHarmless('', bare) || PROSE.test(bare) ? undefined : hidden(text, value, hide);
  });
}

const REDIS_AUTH =
  /"AUTH"[ \t]{1,4}(?:"[^"\n]{0,128}"[ \t]{1,4})?(?="[^"\n]{0,512}"(?![ \t]{1,4}"))/gi;
const ACL =
  /\b(?:set)?user[ \t]{1,8}[^\s>]{1,128}[ \t]{1,8}(?:[^\s>]{1,64}[ \t]{1,8}){0,8}>(?=[^\s<>=])/gi;

/** `"AUTH" "x"`, as MONITOR of redis prints it, and `user bob on >x` of its list of users. */
export function hideRedis(text: string, hide: Hide): string {
  const change = (found: RegExpExecArray): Edit | undefined => {
    const value = readValue(text, found.index + found[0].length, found.index);
    const bare = text.slice(value.from, value.to);
    return isHarmless('', bare) ? undefined : hidden(text, value, hide);
  };
  const safe = edited(text, REDIS_AUTH, change);
  return edited(safe, ACL, (found) => {
    const value = readValue(safe, found.index + found[0].length, found.index);
    const bare = safe.slice(value.from, value.to);
    return isHarmless('', bare) || bare.length < 4 ? undefined : hidden(safe, value, hide);
  });
}

const SET_HEADER =
  /\b(?:proxy_|grpc_)?(?:set|add)[_-]header[ \t]{1,8}["']?([\w-]{1,128})["']?[ \t]{1,8}(?=\S)/gi;

/** `proxy_set_header X-Api-Key "x";` of nginx, `http-request set-header X-Api-Key x` of HAProxy. */
export function hideSetHeaders(text: string, hide: Hide): string {
  return edited(text, SET_HEADER, (found) => {
    const name = found[1] ?? '';
    const value = readValue(text, found.index + found[0].length, found.index);
    const bare = text.slice(value.from, value.to);
    return !isCredential(name) || isHarmless(name, bare) ? undefined : hidden(text, value, hide);
  });
}

/** `PuTTY-User-Key-File`: the lines of its private half. */
const PUTTY = new RegExp(
  String.raw`(Private-Lines: \d{1,4}(?:\r?\n|\\n))((?:(?!${MASK})[A-Za-z0-9+/=]{1,100}(?:\r?\n|\\n|$)){1,400})`,
  'g',
);

export function hidePutty(text: string, hide: Hide): string {
  return text.replace(
    PUTTY,
    (_, head: string, key: string) =>
      `${head}${hide(key.trimEnd())}${key.slice(key.trimEnd().length)}`,
  );
}
