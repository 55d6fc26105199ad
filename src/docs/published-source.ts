// The text of src/guard/published.gen.ts: shapes of keys that secretlint publishes, taken from the pinned package, so
// that they are data which a newer version of it changes.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const PACKAGE = '@secretlint/secretlint-rule-preset-recommend';

/** What becomes of a published pattern: taken as it is, written anew because of `why`, or left to a rule of the guard's. */
type Fate =
  | { readonly take: true }
  | { readonly instead: string; readonly why: string }
  | { readonly left: string };

const take: Fate = { take: true };
const userinfo: Fate = { left: 'user info of any URL: the guard hides it whatever the scheme' };
const pem: Fate = {
  left: 'private keys in PEM: the guard finds them by their markers, cut off ones too',
};
const example: Fate = { left: 'what counts as an example value there; the guard hides those too' };
const parsing: Fate = { left: 'no shape of a key: how that rule reads what it found' };

/** By rule and the name of the constant or function it stands in; a constant that is not here stops the generation until somebody decides. */
const FATES: Readonly<Record<string, Fate>> = {
  'aws/AWSAccessKeyIDPattern': take,
  'npm/XOAuthPattern': userinfo,
  'npm/AuthTokenPattern': { left: 'by its name: the guard hides what stands after `_authToken=`' },
  'npm/NPM_ACCESS_TOKEN_PATTERN': take,
  'slack/SLACK_TOKEN_PATTERN': take,
  'slack/IncomingWebhooksPattern': take,
  'basicauth/URL_PATTERN': userinfo,
  'basicauth/variablePatterns': example,
  'basicauth/isLikelyRealPassword': example,
  'openai/pattern': take,
  'anthropic/pattern': take,
  'groq/pattern': take,
  'huggingface/pattern': take,
  'linear/pattern': take,
  'notion/NOTION_INTEGRATION_TOKEN_PATTERN': take,
  'privatekey/PEM_CONTENT_PATTERN': pem,
  'privatekey/validateBase64KeyContent': pem,
  'privatekey/validMagicBytes': pem,
  'privatekey/base64Content': pem,
  'gcp/PRIVATE_KEY_PATTERN': pem,
  'sendgrid/SENDGRID_KEY_PATTERN': {
    instead: String.raw`/(?<!\p{L})SG\.[\w-]{10,128}\.[\w-]{10,256}/gu`,
    why: 'published, it tries each split of 128 by 128 characters, and knows no `-` in the last part',
  },
  'shopify/SHOPIFY_KEY_PATTERN': take,
  'stripe/STRIPE_KEY_PATTERN': take,
  'github/CLASSIC_GITHUB_TOKEN_PATTERN': take,
  'github/FINE_GRAINED_GITHUB_TOKEN_PATTERN': take,
  'github/GITHUB_APP_INSTALLATION_TOKEN_PATTERN': {
    instead: String.raw`/(?<!\p{L})ghs_\d{1,20}_[\w.-]{20,4096}/gu`,
    why: 'published, it reads ten thousand characters ahead from each place where it can begin',
  },
  'gitlab/GITLAB_PERSONAL_ACCESS_TOKEN_PATTERN': take,
  'grafana/GRAFANA_CLOUD_API_TOKEN_PATTERN': take,
  'grafana/GRAFANA_SERVICE_ACCOUNT_TOKEN_PATTERN': take,
  '1password/pattern': take,
  '1password/jsonString': parsing,
  'database-connection-string/MONGODB_PATTERN': userinfo,
  'database-connection-string/MYSQL_URI_PATTERN': userinfo,
  'database-connection-string/POSTGRESQL_URI_PATTERN': userinfo,
  'database-connection-string/variablePatterns': example,
  'database-connection-string/isLikelyRealCredential': example,
  'hashicorp-vault/serviceTokenPattern': take,
  'hashicorp-vault/batchTokenPattern': take,
  'hashicorp-vault/recoveryTokenPattern': take,
  'vercel/pattern': take,
  'databricks/pattern': take,
  'docker/DOCKER_PAT_PATTERN': take,
  'figma/pattern': take,
  'cloudflare/CLOUDFLARE_TOKEN_PATTERN': take,
  'tailscale/pattern': take,
};
/** Not a rule but a switch in comments. */
const NO_RULE = /^filter-comments$/;

type Found = { readonly rule: string; readonly constant: string; readonly literal: string };

export async function publishedSource(): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly license: string;
  };
  const notice = (await readFile(join(folder, 'LICENSE'), 'utf8')).trim();
  const found = published(await readFile(join(folder, 'module/index.js.map'), 'utf8'));
  return fileText({ version, license, notice }, found.flatMap(entry));
}

/** Each rule's own file stands in the bundle's source map, under its name. */
function published(map: string): readonly Found[] {
  const { sources, sourcesContent } = JSON.parse(map) as {
    readonly sources: readonly string[];
    readonly sourcesContent: readonly (string | null)[];
  };
  return sources.flatMap((path, i) => {
    const rule = /\/secretlint-rule-([\w-]+)\//.exec(path)?.[1];
    return rule === undefined || NO_RULE.test(rule) ? [] : literals(rule, sourcesContent[i] ?? '');
  });
}

function literals(rule: string, source: string): readonly Found[] {
  const file = ts.createSourceFile(`${rule}.js`, source, ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const visit = (node: ts.Node, constant: string): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push({ rule, constant, literal: node.text });
    const named = ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node);
    const name = (named ? node.name?.getText() : undefined) ?? constant;
    ts.forEachChild(node, (child) => {
      visit(child, name);
    });
  };
  visit(file, '');
  return found;
}

type Entry = { readonly name: string; readonly literal: string; readonly why?: string };

function entry({ rule, constant, literal }: Found): readonly Entry[] {
  const name = `${rule}/${constant}`;
  const fate = FATES[name];
  if (fate === undefined) throw new Error(`${PACKAGE}: what is to become of ${name}?`);
  if ('left' in fate) return [];
  return 'instead' in fate
    ? [{ name, literal: fate.instead, why: fate.why }]
    : [{ name, literal: withoutGroups(literal) }];
}

/** Nothing reads what a group caught. */
function withoutGroups(literal: string): string {
  return literal.replace(/\((?:\?<\w+>|(?!\?))/g, '(?:');
}

function fileText(
  from: { readonly version: string; readonly license: string; readonly notice: string },
  entries: readonly Entry[],
): string {
  const rows = entries.map(
    ({ name, literal, why }) =>
      `${why === undefined ? '' : `  // Written anew: ${why}.\n`}  { name: '${name}', pattern: ${literal} },\n`,
  );
  const notice = from.notice
    .split('\n')
    .map((line) => ` * ${line}`.trimEnd())
    .join('\n');
  return `// Generated by \`npm run docs\` from ${PACKAGE} ${from.version}
// (${from.license}), whose notice is below. Do not edit.
/*
${notice}
 */

/** Shapes of keys as their issuers made them: the name of the rule that publishes it, and the pattern. */
export const PUBLISHED: readonly { readonly name: string; readonly pattern: RegExp }[] = [
${rows.join('')}];
`;
}
