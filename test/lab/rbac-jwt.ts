import { generateKeyPairSync } from 'node:crypto';

/** The public half of a key that nobody has any more: no token can be made that it accepts. */
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...publicKey.export({ format: 'jwk' }), kid: 'shop', use: 'sig', alg: 'RS256' };

export const REQUEST_AUTHENTICATION = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  jwtRules:
    - issuer: https://issuer.shop
      jwks: '${JSON.stringify({ keys: [key] })}'
`;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of another issuer, signed with nothing that anybody knows. */
export const FOREIGN_TOKEN = [
  part({ alg: 'RS256', kid: 'other', typ: 'JWT' }),
  part({ iss: 'https://elsewhere.example', sub: 'web', exp: 4_102_444_800 }),
  Buffer.from('no signature').toString('base64url'),
].join('.');
