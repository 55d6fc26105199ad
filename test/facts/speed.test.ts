// No text that others write makes a parser slow: ten times the text takes at most fifteen times the work.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { attacks, growthOf } from '../helpers/growth.ts';
import { share } from '../helpers/share.ts';

type Parser = {
  readonly file: string;
  readonly name: string;
  readonly isYaml: boolean;
  readonly others: readonly string[];
};

/** Every exported function of a file that takes a text first. */
function parsersIn(file: string): readonly Parser[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023);
  return source.statements.filter(ts.isFunctionDeclaration).flatMap((f) => {
    const isExported = f.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const types = f.parameters.map(({ type }) => type?.getText(source) ?? '');
    if (!isExported || !f.name || !/^string(?: \| undefined)?$/.test(types[0] ?? '')) return [];
    const isYaml = f.parameters[0]?.name.getText(source) === 'yaml';
    return [{ file, name: f.name.text, isYaml, others: types.slice(1) }];
  });
}

/** Something of the type of a parameter; what takes more than that is tested with its kin. */
function some(type: string, text: string): unknown {
  if (type.startsWith('string')) return text;
  if (type.startsWith('readonly string[]')) return [text];
  if (type === 'number') return 8080;
  if (type === 'RegExp') return /a/;
  if (type === 'MeshWords') return { injector: /istio/, containers: /istio-proxy/ };
  return undefined;
}

/** What stands before and after: a pattern may wait for its beginning, and fails at the end. */
const frames: readonly (readonly [string, string])[] = [
  ['', ''],
  ['x', '!\n'],
  ['[2026-11-21T05:08:07.123Z] "GET / HTTP/1.1" 403 - rbac_access_denied_matched_policy[', '"'],
  ['2026-11-21T05:08:07Z warn envoy config: ', '\n'],
  ['a{b="c",', '} 1\n'],
  ['{"a":"', '"}'],
];
/** Characters. */
const SIZE = 2_000;
/** Milliseconds. What grows with the square takes some 200 for 20,000 characters. */
const FLOOR = 40;

function filesIn(dir: string): readonly string[] {
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return all.filter((file) => file.endsWith('.ts')).map((file) => join(dir, file));
}

const root = resolve(import.meta.dirname, '../..');
const parsers = ['src/facts', 'runbooks'].flatMap((room) =>
  filesIn(join(root, room)).flatMap(parsersIn),
);

describe('the work of a parser grows no faster than its text', () => {
  it.each(parsers)('$name', async ({ file, name, isYaml, others }) => {
    const module = (await import(file)) as Readonly<Record<string, (...all: unknown[]) => unknown>>;
    const work = (text: string) => {
      try {
        module[name]!(text, ...others.map((type) => some(type, text)));
      } catch {
        // What it makes of nonsense is the business of its own test.
      }
    };
    const wrong: string[] = [];
    for (const part of share(attacks, 16, name.length)) {
      // parseYaml itself is tested in all of them.
      for (const [before, after] of isYaml ? frames.slice(0, 1) : frames) {
        const text = (size: number) => before + part.repeat(size / part.length) + after;
        const growth = await growthOf(
          (size) => {
            work(text(size));
          },
          SIZE,
          FLOOR,
        );
        if (!growth.isLinear)
          wrong.push(
            `${JSON.stringify([before, part, after])}: ${growth.small} ms, then ${growth.large} ms`,
          );
      }
    }
    expect(wrong).toEqual([]);
  });
});
