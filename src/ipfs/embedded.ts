import { openBlockDirectory } from "./blockDirectory.ts";
import { createEvidenceStore } from "./evidenceStore.ts";
import type { EvidenceStore } from "./port.ts";

/**
 * The store that needs no other program: ordinary IPFS blocks in a directory. A directory that
 * cannot be used is `data-dir-unusable`, a full disk `store-full`. Leftovers of a process that was
 * killed are removed while it opens.
 */
export async function createEmbeddedStore({ dir }: { readonly dir: string }): Promise<EvidenceStore> {
  return createEvidenceStore(await openBlockDirectory(dir));
}
