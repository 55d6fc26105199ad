// The words of a printed command. What a rule of ours writes is ours, flags and all; whatever is put into it is a name,
// and a name that begins with a dash would be taken for a flag by the program that reads it (`kubectl delete pod --all`).

/** Stands in a command where a name was that begins with a dash. */
export const typeYourself = '<begins with a dash, type it yourself>';

/** What a fix says of such a command. */
export const heldNote =
  'A name in this command begins with a dash and would be read as a flag, so it is left out: type it yourself after --.';

const mark: unique symbol = Symbol('words');

/** Words of a command that stand as they are. */
export type Words = { readonly [mark]: readonly string[] };
/** What may be put between ours: a name, several, or words made before. */
export type Value = string | number | Words | readonly (string | Words)[];

/**
 * `` words`get pod ${name} -n ${namespace}` ``: blanks part the words. A value is one word, or a part of one, whatever it
 * holds; a list is a word each. Where a word that a value begins has a dash in front, `typeYourself` stands instead.
 */
export function words(ours: TemplateStringsArray, ...values: readonly Value[]): Words {
  const line = new Line();
  ours.forEach((text, i) => {
    line.write(text);
    const value = values[i];
    if (typeof value === 'string' || typeof value === 'number') line.name(String(value));
    else if (value !== undefined) line.whole(Array.isArray(value) ? value : [value]);
  });
  return line.end();
}

/** Words that are ours though no rule wrote them there: from a table of flags, or typed before. */
export function own(list: readonly string[]): Words {
  return { [mark]: list };
}

class Line {
  readonly #words: string[] = [];
  #open: string | undefined;

  /** A blank ends a word. */
  write(text: string): void {
    const [first = '', ...others] = text.split(/\s+/);
    this.#join(first);
    for (const word of others) {
      this.#close();
      this.#join(word);
    }
  }

  name(value: string): void {
    this.#open = this.#open === undefined ? heldName(value) : this.#open + value;
  }

  whole(values: readonly (string | Words)[]): void {
    this.#close();
    this.#words.push(
      ...values.flatMap((value) => (typeof value === 'string' ? [heldName(value)] : value[mark])),
    );
  }

  end(): Words {
    this.#close();
    return own(this.#words);
  }

  #join(text: string): void {
    if (text !== '') this.#open = (this.#open ?? '') + text;
  }

  #close(): void {
    if (this.#open !== undefined) this.#words.push(this.#open);
    this.#open = undefined;
  }
}

export function wordsOf(line: Words): readonly string[] {
  return line[mark];
}

function heldName(text: string): string {
  return isDashed(text) ? typeYourself : text;
}

/** `-` alone is standard input, and `- ` begins a list in a text. */
function isDashed(text: string): boolean {
  return /^-[^\s]/.test(text);
}

/** Whether a word of it had to be left out. */
export function isHeld(command: { readonly argv: readonly string[] }): boolean {
  return command.argv.some((word) => word.includes(typeYourself));
}
