// What others say, as a part of a sentence.

/** A log line without its own time. */
export function untimed(line: string): string {
  return line.replace(/^\[?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\]?\s+/, '');
}

/** One line, not longer than a person reads, without a full stop at its end. */
export function brief(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > 300 ? `${line.slice(0, 297)}...` : line;
  return short.replace(/[.:]$/, '');
}
