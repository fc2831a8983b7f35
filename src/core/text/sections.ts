/** A name and what is said about it; an empty name continues the row above. */
export type Row = readonly [name: string, text: string];

/** A heading with its rows, and a sentence after them. */
export type Section = Readonly<{ title: string; rows: readonly Row[]; closing?: string }>;
