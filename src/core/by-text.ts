// What is the same for the same text is worked out once: several targets of one command read one mesh's configuration.

/**
 * `compute`, which must be pure and whose values nobody changes, with its last `most` texts remembered. The oldest is
 * forgotten first, so a long session does not grow.
 */
export function byText<T>(compute: (text: string) => T, most = 64): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    const [oldest] = known.keys();
    if (known.size >= most && oldest !== undefined) known.delete(oldest);
    known.set(text, value);
    return value;
  };
}
