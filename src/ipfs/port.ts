/**
 * What the protocol asks of a place that keeps evidence: files as UnixFS DAGs (`unixfs-v1-2025`,
 * CIDv1, sha2-256), so that a CID is the same in every store. A store sees ciphertext only; it is
 * never trusted, every byte it hands out is hash-checked.
 *
 * Every method may reject with `store-unreachable`, and with the signal's reason once the signal
 * aborts. CIDs are strings in base32; one that is not CIDv1 + sha2-256 + raw or dag-pb is refused
 * with `cid-unsupported`.
 */
export type EvidenceStore = {
  /**
   * Stores and pins one file, in memory that does not grow with it. Putting the same bytes again
   * repairs damaged blocks. When the source fails, the signal aborts or `maxBytes` is passed
   * (`evidence-too-large`), nothing stays pinned. An empty file is stored like any other: whether
   * empty evidence makes sense is the caller's to say.
   */
  put(source: ByteSource, options?: PutOptions): Promise<StoredFile>;

  /**
   * The bytes of a file in order, one block at a time, each checked against its hash before it is
   * yielded. Rejects with `block-missing`, `block-damaged`, `dag-invalid` or `dag-too-large`; the
   * bytes yielded before are good.
   */
  get(cid: string, options?: GetOptions): AsyncGenerator<Uint8Array, void, undefined>;

  /**
   * Size of a pinned file, or `undefined` when this store does not pin it. Reads the root block
   * only.
   */
  stat(cid: string, options?: Waiting): Promise<StoredFile | undefined>;

  /** Whether this store pins the file; says nothing about damage (`get` and `scrub` do). */
  has(cid: string, options?: Waiting): Promise<boolean>;

  /**
   * One block, hash-checked, or `undefined` when it is not stored here. Never fetches from
   * elsewhere.
   */
  getBlock(cid: string, options?: Waiting): Promise<Uint8Array | undefined>;

  /**
   * Stores and pins the one file in a CARv1 stream (one root, parents before children, no block
   * twice), checking every block. Refuses extra, missing and altered blocks and a stream that ends
   * short with `car-invalid`; then nothing stays pinned.
   */
  importCar(source: ByteSource, options?: PutOptions): Promise<StoredFile>;

  /**
   * Unpins a file and removes the blocks that no other pinned file uses. False when it was not
   * pinned.
   */
  delete(cid: string, options?: Waiting): Promise<boolean>;

  /** Every pinned root, in no particular order. */
  pins(options?: Waiting): AsyncGenerator<string, void, undefined>;

  /**
   * Re-hashes every block of every pinned file and yields the bad ones; yields nothing when all is
   * well.
   */
  scrub(options?: Waiting): AsyncGenerator<BlockFault, void, undefined>;

  /** Lets go of files and connections. Not called twice, nor while another call runs. */
  close(): Promise<void>;
};

/** Bytes in chunks of any size: a Node stream, a Web stream, an array of chunks. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A stored file: its root and its length in bytes. */
export type StoredFile = { readonly cid: string; readonly size: number };

/** A block that a pinned file needs and that this store cannot hand out as it was. */
export type BlockFault = {
  readonly cid: string;
  readonly root: string;
  readonly fault: "damaged" | "missing" | "malformed";
};

/** For work that can be stopped. */
export type Waiting = { readonly signal?: AbortSignal | undefined };

/** `maxBytes`: the largest file accepted, in bytes. */
export type PutOptions = Waiting & { readonly maxBytes?: number | undefined };

/**
 * `range`: bytes from `start` up to and not including `end`; the end of the file when `end` is
 * absent or beyond it. `maxBytes`: refuse (`dag-too-large`) a file that declares more than this,
 * before any of its children is read.
 */
export type GetOptions = Waiting & {
  readonly range?: { readonly start: number; readonly end?: number | undefined } | undefined;
  readonly maxBytes?: number | undefined;
};
