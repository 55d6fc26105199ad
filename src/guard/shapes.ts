// Keys whose issuers gave them a shape. The published ones come first; below are those that the published set does not
// have, and looser forms of its own: a key that is longer or shorter than published is still a key.
import type { Hide } from './edit.ts';
import { PUBLISHED } from './published.gen.ts';
import { isWords } from './words.ts';

/** Beginnings that nothing else has, each with at least 16 characters behind it (as each issuer documents its keys). */
const BEGINNINGS = [
  String.raw`sk-(?:ant|proj|svcacct|admin|or|lf|None)-`, // Anthropic, OpenAI, OpenRouter, Langfuse
  String.raw`(?:sk|rk|pk)_(?:live|test|prod)_`, // Stripe, Clerk
  'whsec_', // Stripe, Svix: signing secrets of webhooks
  'do[oprt]_v1_', // DigitalOcean
  'hf_|api_org_', // Hugging Face
  'pypi-',
  'npm_',
  'gsk_|xai-|pplx-|nvapi-|r8_|fw_|tgp_v1_', // Groq, xAI, Perplexity, NVIDIA, Replicate, Fireworks, Together
  'gh[opusr]_|github_pat_',
  'gl(?:pat|rt|dt|cbt|ptt|ft|oas|soat|agent|imt|ffct|rtr|wt)-', // GitLab
  'xox[abceoprs]-|xapp-|xwfp-', // Slack
  String.raw`hv[sbr]\.`, // Vault
  String.raw`ya29\.|GOCSPX-|1//0`, // Google
  'dckr_(?:pat|oat)_',
  'rubygems_|shp(?:at|ca|pa|ss)_|sq0(?:atp|csp|idp)-|EAAA[A-Za-z0-9]',
  'lin_api_|ntn_|figd_|tskey-|dapi|PMAK-|NRAK-|NRII-|sntry[su]_|glsa_|glc_|phc_|phx_',
  'ATATT3|ATCTT3|ATBB', // Atlassian
  'AGE-SECRET-KEY-(?:PQ-)?1',
  'CFPAT-|cfut_|cfat_|cfk_',
  'ops_eyJ|vc[piark]_|secret_[A-Za-z0-9]{4}|sbp_|sb_secret_|PRIVATE-TOKEN-|dp\\.(?:pt|st|ct|sa|scim|audit)\\.',
  'EZAK|EZTK|FLWSECK|LTAI|AKID|jfrt_|AKCp|cmVmdGtu|pul-|tfp_|atlasv1\\.|snyk_|dt0c01\\.|nfp_|rnd_|ctx7sk-|re_[A-Za-z0-9]{8}_',
];
const BEGUN = new RegExp(
  String.raw`(?<![A-Za-z0-9])(?:${BEGINNINGS.join('|')})([\w.~+/=-]{16,4096})`,
  'g',
);

/** Keys that need more than a beginning. */
const EXACT = [
  String.raw`(?<![\w-])sk-[A-Za-z0-9]{20,256}(?![\w-])`, // OpenAI's older keys, and many that copy them
  String.raw`AIza[\w-]{35}`, // Google
  String.raw`\bSG\.[\w-]{10,128}\.[\w-]{10,256}`, // SendGrid
  String.raw`\b(?:AKIA|ASIA|AROA|ABIA|ACCA)[A-Z0-9]{12,64}\b`, // AWS
  String.raw`\bxox[a-z]-\d{8,16}-[\w-]{6,256}`, // Slack
  String.raw`\bkey-[0-9a-f]{32}\b`, // Mailgun
  String.raw`\bv1\.0-[0-9a-f]{24}-[0-9a-f]{32,256}`, // Cloudflare's origin CA
  String.raw`\bsk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{4,64}`, // Langfuse
  String.raw`\b(?:SK|AC)[0-9a-f]{32}\b`, // Twilio
  String.raw`\beyJ[\w-]{8,8192}\.\.[\w-]{4,8192}\.[\w-]{4,65536}\.[\w-]{4,8192}`, // JWE without an encrypted key
  String.raw`\bMII[A-Za-z0-9+/]{3}IBAz[A-Za-z0-9+/=]{64,65536}`, // PKCS #12: SEQUENCE, version 3
  String.raw`\b\d{8,10}:AA[\w-]{32,36}`, // Telegram
  String.raw`\b[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{16,256}`, // Terraform Cloud
];
/** Addresses of webhooks: who has one may post. */
const HOOKS = [
  String.raw`hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[\w/-]{6,256}`,
  String.raw`discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/[\w/-]{6,256}`,
  String.raw`[\w-]{1,64}\.webhook\.office\.com/webhookb2/[\w@/-]{6,512}|outlook\.office\.com/webhook/[\w@/-]{6,512}`,
  String.raw`events\.pagerduty\.com/(?:integration|x-ere|generic)/[\w/.-]{6,256}`,
  String.raw`chat\.googleapis\.com/v1/spaces/[\w/-]{4,256}`,
  String.raw`api\.telegram\.org/bot[\w:-]{10,128}`,
  String.raw`(?:hooks\.zapier\.com/hooks/catch|maker\.ifttt\.com/trigger|api\.opsgenie\.com/v1/json)/[\w/-]{6,256}`,
  String.raw`(?:mattermost|mm)[\w.-]{0,64}/hooks/[\w-]{10,128}`,
];
const OWN = new RegExp([...EXACT, ...HOOKS].join('|'), 'g');

/** What one of the shapes has in it, loosely; case is ignored. */
export const SHAPE_SIGNS: readonly string[] = [
  ...BEGINNINGS,
  'sk-|key-|AIza|SG\\.|A3T|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA|ABIA|ACCA|SK[0-9a-f]{8}|AC[0-9a-f]{8}|:AA|MII|glpat|tskey',
  'v1\\.0-|hooks|webhook|pagerduty|chat\\.googleapis|telegram|ifttt|opsgenie|ghs_|xox|xapp|shppa_',
];

const SHAPES: readonly RegExp[] = [...PUBLISHED.map(({ pattern }) => pattern), BEGUN];

/** A name may begin as a key does, `pypi-server`: what is behind the beginning of a key is not made of words. */
export function hideShapes(text: string, hide: Hide): string {
  const keep = (key: string, behind: string | number): string =>
    isWords(typeof behind === 'string' ? behind : key) ? key : hide(key);
  return SHAPES.reduce((current, shape) => current.replace(shape, keep), text).replace(OWN, (key) =>
    hide(key),
  );
}
