// Notations of files, and sentences. `§` is the secret.
import type { TextProbe } from './text.ts';

export const notations: readonly TextProbe[] = [
  ['token = """§"""'],
  ['[db]\ntoken = """\n§"""\n'],
  ["password = '''§'''"],
  ['<password><![CDATA[§]]></password>', 'sword <fish'],
  ['? password\n: §\n', 'swordfish'],
  ['a: &p §\npassword: *p\n', 'swordfish'],
];

export const refused: readonly TextProbe[] = [
  ['Incorrect API key provided: §'],
  ['invalid token §'],
  ['invalid API key: §'],
  ['the password is §', 'hunter2Kx8v'],
];
