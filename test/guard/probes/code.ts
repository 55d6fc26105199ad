// Pieces of programs, and values as programs print them. `§` is the secret.
import type { TextProbe } from './text.ts';

export const code: readonly TextProbe[] = [
  ['if h:headers():get("x-api-key") ~= "§" then'],
  ['if h:headers():get("authorization") == "§" then'],
  ["request.headers['x-api-key'] in ['§']"],
  ["request.headers['x-api-key'] in ['other', \"§\"]"],
  ["request.headers['x-api-key'] == '§'"],
  ["request.headers['authorization'].contains('§')"],
  ['http.Header{"Authorization":[]string{"Foo x"}, "X-Api-Key":[]string{"§"}}'],
  ["[(b'x-api-key', b'§')]"],
  ['{"headers": [["x-api-key","§"]], '],
  ['private_key { inline_string: "§" }'],
  ['password { inline_string: "§" }'],
  ['generic_secret { secret { inline_string: "§" } }'],
  ['users {inline_string: "bob:§"}'],
  ['got {"kty":"oct","k":"§"} from it'],
  ['got {"d":"§","kty":"EC"} from it'],
  ['got {"cookies":[{"name":"id","value":"§"}]} from it'],
];

export const hashes: readonly TextProbe[] = [
  ['bob:§', '$2y$' + '10$abcdefghijklmnopqrstuuZq8Vw2Lk9Rt5abcdefghijklmnopqrstu'],
  ['bob:§', '$apr1$' + 'x1y2$Zq8Vw2Lk9Rt5Zq8Vw2Lk9R'],
  ['bob:§:19000:0', '$6$' + 'saltsalt$Zq8Vw2Lk9Rt5Zq8Vw2Lk9RZq8Vw2'],
  ['hash § of it', '$argon2id$' + 'v=19$m=65536,t=2,p=1$Zq8Vw2Lk9Rt5$Zq8Vw2Lk9Rt5Zq8'],
  ['bob:§', '{SHA}' + 'Zq8Vw2Lk9Rt5Zq8Vw2Lk9Rt5Zq8='],
];
