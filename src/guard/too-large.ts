// What is too large to be searched for secrets within a deadline is not answered.

/** `message` is the end of a sentence: "the answer is too large: ...". */
export class TooLarge extends Error {}
