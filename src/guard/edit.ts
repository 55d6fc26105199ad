// How a rule for text changes it: it finds a place, reads from there, and says what is replaced.

export type Hide = (value: string) => string;
/** What stands between `from` and `to` becomes `text`; nothing before `end` is looked at again. */
export type Edit = {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly end: number;
};
type Found = RegExpExecArray;

/** The text with what `change` says of each place that `finder` finds, from left to right. `finder` is global. */
export function edited(
  text: string,
  finder: RegExp,
  change: (found: Found, text: string) => Edit | undefined,
): string {
  const parts: string[] = [];
  let at = 0;
  finder.lastIndex = 0;
  for (let found = finder.exec(text); found !== null; found = finder.exec(text)) {
    const edit = change(found, text);
    if (edit === undefined || edit.from < at) continue;
    parts.push(text.slice(at, edit.from), edit.text);
    at = edit.to;
    finder.lastIndex = Math.max(edit.end, finder.lastIndex);
  }
  finder.lastIndex = 0;
  if (at === 0) return text;
  parts.push(text.slice(at));
  return parts.join('');
}

/** Hides one stretch of text; nothing, when there is nothing in it. */
export function hidden(
  text: string,
  { from, to, end }: { readonly from: number; readonly to: number; readonly end: number },
  hide: Hide,
): Edit | undefined {
  return to > from ? { from, to, end, text: hide(text.slice(from, to)) } : undefined;
}
