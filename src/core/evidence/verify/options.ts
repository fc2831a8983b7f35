import type { Address, Hex } from "viem";
import type { CreateDigester } from "../digest.ts";
import type { HeadersFile } from "../headersFile.ts";
import type { EvidenceDomain } from "../record.ts";
import type { TimestampOptions } from "../timestamp/verifyTimestamp.ts";
import type { KnownDeal } from "./subject.ts";

/**
 * A block that the reader knows to be on the chain. Without `chainId` it is taken for one of the
 * bundle's chain.
 */
export type TrustedBlock = Readonly<{ chainId?: number | undefined; number: number; hash: Hex }>;

/** A file of headers that the reader trusts, under the name that reports call it by. */
export type NamedHeaders = Readonly<{ name: string; file: HeadersFile }>;

/**
 * Seconds that an anchor may lie ahead of the reader's clock: clocks of computers and of block
 * producers differ by that much.
 */
export const clockTolerance = 120;

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
        /**
         * Blocks of the chain. One of another number, or of another chain, says nothing about a
         * bundle.
         */
        readonly blocks?: readonly TrustedBlock[] | undefined;
        /** Whose time stamps count: certificates in DER, and lists of those that were revoked. */
        readonly authorities?: Pick<TimestampOptions, "roots" | "revocationLists"> | undefined;
        /** Files of headers, with the same effect as `blocks` for each block that is final. */
        readonly headers?: readonly NamedHeaders[] | undefined;
      }
    | undefined;
  /** The deal that the reader takes the evidence to be about: then the report says who signed. */
  readonly deal?: KnownDeal | undefined;
  /** The reader's clock in Unix seconds: an anchor that lies ahead of it is refused. */
  readonly now?: number | undefined;
  /** Asks the chain whether a contract accepts a signature (ERC-1271). */
  readonly checkContractSignature?: ((signer: Address, digest: Hex, signature: Hex) => Promise<boolean>) | undefined;
  /** A platform's own digests, where they are faster. */
  readonly createDigester?: CreateDigester | undefined;
  readonly signal?: AbortSignal | undefined;
};
