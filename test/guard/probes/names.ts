// Lines and objects in which the name alone says that a secret follows. `§` is the secret.
import type { Json } from '../../../src/core/object.ts';
import type { TextProbe } from './text.ts';

/** What ends in `key` and is no key of a map. */
export const keys: readonly TextProbe[] = [
  ['x-edge-key: §'],
  ['x-admin-key: §'],
  ["curl -H 'x-admin-key: §' http://x/"],
  ['export STRIPE_KEY=§'],
  ['STRIPE_KEY=§ ./run', 'swordfish'],
  ['APP_KEY=base64:§'],
  ['DD_API_KEY=x DD_APP_KEY=§'],
  ['VAULT_UNSEAL_KEY=§'],
  ['UNSEAL_KEY_1=§'],
  ['SEGMENT_WRITE_KEY=§'],
  ['HONEYCOMB_WRITEKEY=§'],
  ['routing_key=§'],
  ['service_key: §'],
  ['{"routingKey":"§"}'],
  ['"service_key": "§"'],
  ['run --admin-key §'],
  ['run --edge-key=§'],
  ['x-honeycomb-team: §'],
  ["'x-honeycomb-team', '§'"],
  ['x-hub-signature-256: sha256=§'],
];

/** Names that say which of several it is. */
export const several: readonly TextProbe[] = [
  ['DB_PASSWORD_PROD=§', 'swordfish'],
  ['TOKEN_PROD=§'],
  ['JWT_SECRET_OLD=§'],
  ['SECRET_KEY_BASE=§'],
  ['db-password-staging: §', 'swordfish'],
  ['SLACK_TOKEN_BOT=§'],
  ['STRIPE_KEY_TEST=§'],
  ['GITHUB_PAT=§'],
  ['ROLE_SECRET_ID=§'],
  ['"secret_id": "§"'],
  ['bindpw: §', 'hunter2Kx8v'],
  ['olcRootPW: §', 'hunter2Kx8v'],
  ['encrypt = "§"'],
  ['run --tokens=§'],
  ['run --api-keys §'],
  ['run --secrets §'],
  ['api_keys=§'],
  ['tokens: ["§"]'],
];

export const namedTrees: readonly Json[] = [
  { STRIPE_KEY: '§' },
  { when: [{ key: 'request.headers[x-edge-key]', values: ['§'] }] },
  { headers: { request: { set: { 'x-edge-key': '§' } } } },
  { matches: [{ headers: [{ name: 'x-functions-key', value: '§' }] }] },
  { initial_metadata: [{ key: 'x-honeycomb-team', value: '§' }] },
  { pagerduty_configs: [{ routing_key: '§' }, { service_key: '§' }] },
  { DB_PASSWORD_PROD: '§', SECRET_KEY_BASE: '§' },
  { encrypt: '§' },
  { annotations: { 'example.com/db-pass-prod': '§' } },
  { annotations: { 'example.com/role-secret-id': '§' } },
  { annotations: { 'example.com/encryption-key-v2': '§' } },
  { tokens: ['§'] },
  { api_keys: ['§'] },
  { allow_keys: ['§'] },
];
