/** What a code of an error means. Both are Markdown, as docs/errors.md has them. */
export interface Explanation {
  /** What was found, and how that comes about. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** A part of the product, and the errors that it throws. */
export interface ErrorGroup {
  readonly title: string;
  /** Whose errors these are, in a sentence. */
  readonly about: string;
  readonly errors: Readonly<Record<string, Explanation>>;
}
