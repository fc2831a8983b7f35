/** Largest block that is read or stored, in bytes; what every IPFS implementation can transfer. */
export const maxBlockBytes = 2 * 1024 * 1024;

/** Most children that one node may link to. The import profile writes at most 1,024. */
export const maxLinks = 4096;

/** Deepest node below a root. Four levels of the import profile hold an exabyte. */
export const maxDepth = 8;

/** Largest file that is stored or read unless the caller says less, in bytes. */
export const maxFileBytes = 64 * 1024 ** 3;

/**
 * Most nodes of a file of `size` bytes: one for every 16 KiB, and some for the top of the tree.
 * Honest files need one a MiB; a small DAG that links to the same nodes over and over, or one of
 * crumbs, would need far more.
 */
export function maxNodes(size: number): number {
  return 64 + Math.ceil(size / (16 * 1024));
}
