/** Languages that every text for people exists in. */
export const languages = ["en", "zh"] as const;
/** A language that every text for people exists in. */
export type Language = (typeof languages)[number];

/**
 * The same texts in another language: the same keys, lists of the same length, sentences made of
 * the same values.
 */
export type Translated<T> = T extends string
  ? string
  : T extends (...values: infer V) => infer R
    ? (...values: V) => Translated<R>
    : { readonly [K in keyof T]: Translated<T[K]> };
