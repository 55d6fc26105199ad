// The page (README.md beside this) quotes the last results.

const block = /(<!-- benchmark -->\n)([\s\S]*?)(<!-- \/benchmark -->)/;

export function withBlock(readme: string, result: string): string {
  return readme.replace(block, (_, open: string, _old: string, close: string) => {
    return `${open}\n${result}\n${close}`;
  });
}

export function quoted(readme: string): string | undefined {
  return block.exec(readme)?.[2]?.trim();
}
