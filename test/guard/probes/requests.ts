// Addresses and commands. `§` is the secret.
import type { TextProbe } from './text.ts';

export const anybodys: readonly TextProbe[] = [
  ['GET /cb?state=§ HTTP/1.1'],
  ['GET /x?filter=§ HTTP/1.1'],
  ['GET /x?version=§ HTTP/1.1'],
  ['GET /x?limit=§ HTTP/1.1'],
  ['GET /x?source=§&index=§ HTTP/1.1'],
  ['GET /stats?state=§ HTTP/1.1'],
  ['GET /x?§ HTTP/1.1', 'Zq8Vw2Lk9Rt5Zq8Vw2Lk9Rt5'],
  ['GET /?%74oken=§ HTTP/1.1'],
  ['GET /?-k=§ HTTP/1.1'],
  ['GET /x?pin=§ HTTP/1.1', '471'],
];

export const commands: readonly TextProbe[] = [
  ['curl -su bob:§ http://x/', 'swordfish'],
  ['curl -sSu bob:§ http://x/', 'swordfish'],
  ['curl -fsSLu "bob:§" http://x/', 'swordfish'],
  ["curl -u 'bob':'§' http://x/", 'sword fish'],
  ['curl -b "a=1; b=§" http://x/'],
  ['curl -b "id=§; lang=en" http://x/'],
  ['openssl enc -k § -in x', 'swordfish'],
  ['openssl enc -aes-256-cbc -K § -in x'],
  ['snmpget -v3 -A § -X § host', 'sw0rdfish'],
  ['htpasswd -b file bob §', 'swordfish'],
  ['rabbitmqctl add_user bob §', 'swordfish'],
  ['rabbitmqctl change_password bob §', 'swordfish'],
  ['1339518083.1 [0 127.0.0.1:1] "AUTH" "§"'],
  ['1339518083.1 [0 127.0.0.1:1] "AUTH" "default" "§"'],
  ['user bob on >§ ~*'],
  ['ACL SETUSER bob on >§ ~*'],
  ["SET PASSWORD FOR 'b'@'%' = '§'", 'swordfish'],
  ["ALTER USER b IDENTIFIED BY '§'", 'swordfish'],
  ['machine h\n  login u\n  password §\n', 'swordfish'],
  ['bindpw §', 'swordfish'],
];
