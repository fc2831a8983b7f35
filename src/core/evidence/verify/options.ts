import type { Address, Hex } from "viem";
import type { CreateDigester } from "../digest.ts";
import type { EvidenceDomain } from "../record.ts";

/**
 * What a reader has beside the bundle. Everything is optional; what is absent leads to checks that
 * were not made.
 */
export type VerifyOptions = {
  /** The file as it was before it was encrypted. */
  readonly file?: AsyncIterable<Uint8Array> | undefined;
  /**
   * The encrypted file; with the key it stands in for the file. `open` is called once for each
   * reading.
   */
  readonly ciphertext?:
    | {
        readonly open: () => AsyncIterable<Uint8Array>;
        readonly cidOf?: ((bytes: AsyncIterable<Uint8Array>) => Promise<string>) | undefined;
        readonly key?: Uint8Array | undefined;
      }
    | undefined;
  /** Facts from a source that the reader trusts: a node of their own, a court's register. */
  readonly trusted?:
    | {
        readonly deployment?: EvidenceDomain | undefined;
        /** Hash of the block with the bundle's block number. */
        readonly blockHash?: Hex | undefined;
        /** Hash of the block with the record's beacon number. */
        readonly beaconHash?: Hex | undefined;
      }
    | undefined;
  /** Asks the chain whether a contract accepts a signature (ERC-1271). */
  readonly checkContractSignature?: ((signer: Address, digest: Hex, signature: Hex) => Promise<boolean>) | undefined;
  /** A platform's own digests, where they are faster. */
  readonly createDigester?: CreateDigester | undefined;
  readonly signal?: AbortSignal | undefined;
};
