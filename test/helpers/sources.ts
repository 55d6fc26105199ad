// Reads source files the way the architecture test needs them: what they import, and their code without comments.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** `path` is relative to the root. */
export type Source = { readonly path: string; readonly text: string };
/** `to` is a path from the root, a package's name, or `node:x`. `typeOnly` vanishes when compiled. */
export type Import = { readonly to: string; readonly typeOnly: boolean; readonly lazy: boolean };

export async function readSources(...dirs: readonly string[]): Promise<readonly Source[]> {
  const all = await Promise.all(dirs.map(sourcesIn));
  return all.flat();
}

async function sourcesIn(dir: string): Promise<readonly Source[]> {
  const names = (await readdir(join(root, dir), { recursive: true })).sort();
  return Promise.all(
    names
      .filter((name) => name.endsWith('.ts'))
      .map(async (name) => {
        const path = posix.join(dir, name.replaceAll('\\', '/'));
        return { path, text: await readFile(join(root, path), 'utf8') };
      }),
  );
}

const parsed = new WeakMap<Source, ts.SourceFile>();

/** Each source once: the law asks of it what it imports and what it says. */
function parse(source: Source): ts.SourceFile {
  const known = parsed.get(source);
  if (known) return known;
  const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  parsed.set(source, file);
  return file;
}

/** Every static, dynamic and type import. */
export function importsOf(source: Source): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, lazy: boolean): void => {
    if (specifier && ts.isStringLiteralLike(specifier))
      found.push({ to: target(source.path, specifier.text), typeOnly, lazy });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node), false);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false, true);
    ts.forEachChild(node, visit);
  };
  visit(parse(source));
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((e) => e.isTypeOnly)
  );
}

function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(dirname(from), specifier);
  if (specifier.startsWith('node:')) return specifier;
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** The code alone: names, strings and templates, joined by blanks. */
export function codeOf(source: Source): string {
  const words: string[] = [];
  const visit = (node: ts.Node): void => {
    const parts = node.getChildren().filter((child) => !ts.isJSDoc(child));
    if (parts.length === 0) words.push(node.getText());
    parts.forEach(visit);
  };
  visit(parse(source));
  return words.join(' ');
}
