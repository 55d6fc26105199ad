// What is made of words, as names of things in a cluster are: no key of any issuer is.

/** A ReplicaSet's hash has ten characters, a node's or an id's part at most twelve. */
const LONGEST_HASH = 15;
/** No word has as many letters. */
const LONGEST_WORD = 31;
const CAMEL = /^[A-Z]?[a-z]{2,}(?:[A-Z][a-z]{2,}){0,8}\d{0,2}$/;

/** `server-5fcd744f86-9x77p.shop.svc`, `transfer_enabled`: each word in lower case and none a long mix. */
export function isWords(text: string): boolean {
  const [first = '', ...paths] = text.split(/[/=~]/);
  return isLower(first) && paths.every((path) => isLower(path) || CAMEL.test(path));
}

function isLower(text: string): boolean {
  return !/[A-Z]/.test(text) && text.split(/[^a-z0-9]+/).every(isWord);
}

function isWord(word: string): boolean {
  if (word.length <= LONGEST_HASH) return true;
  return word.length <= LONGEST_WORD && switches(word) < 3;
}

/** How often letters and digits take turns. */
export function switches(word: string): number {
  return [...word.matchAll(/[a-z](?=\d)|\d(?=[a-z])/g)].length;
}
