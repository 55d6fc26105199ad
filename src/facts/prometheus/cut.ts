// The complete items of a JSON answer that was cut: a list of five thousand targets is megabytes long, and the items that
// were read are still true.

const head =
  /^\{"status":"success","data":\{(?:"resultType":"vector",)?"(activeTargets|result)":\[/;

/** `{ activeTargets: [...] }` with the complete items; `undefined` if it does not start like such a list. */
export function wholeItems(body: string): Readonly<Record<string, readonly unknown[]>> | undefined {
  const start = head.exec(body);
  const key = start?.[1];
  if (!start || key === undefined) return undefined;
  const end = endOfLastItem(body, start[0].length);
  if (end === undefined) return undefined;
  try {
    const items = JSON.parse(`[${body.slice(start[0].length, end)}]`) as readonly unknown[];
    return { [key]: items };
  } catch {
    return undefined;
  }
}

/** Where the last complete item of the list ends. */
function endOfLastItem(body: string, from: number): number | undefined {
  let depth = 0;
  let inString = false;
  let end: number | undefined;
  for (let i = from; i < body.length; i++) {
    const c = body[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') {
      depth--;
      if (depth < 0) return end;
      if (depth === 0) end = i + 1;
    }
  }
  return end;
}
