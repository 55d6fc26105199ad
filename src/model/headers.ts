// Headers as a person types them.

/** `x-team=a` and `x-team: a`, as curl writes it. */
export function readHeaders(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.flatMap((word) => {
      const [, name, value = ''] = /^([^=:\s]+)\s*[=:](.*)$/.exec(word) ?? [];
      return name === undefined ? [] : [[name.toLowerCase(), value.trimStart()] as const];
    }),
  );
}
