/** A token is refused above this many bytes, before it is read. */
export const maxTokenBytes = 16 * 1024;
