import { after, before, describe, it } from "node:test";
import {
  concat,
  type Hex,
  hexToBigInt,
  keccak256,
  numberToHex,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
  slice,
} from "viem";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { requireSigned } from "../../src/chain/signature.ts";
import { type Anvil, anvilAccount, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { rejection } from "../fixtures/rejection.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** Accepts whatever it is asked (ERC-1271). */
const ACCEPTS_ALL: Hex = "0x631626ba7e60e01b5f5260205ff3";
const REVERTS: Hex = "0x5f5ffd";

describe("requireSigned", () => {
  const alice = anvilAccount(1);
  const digest = keccak256("0x01");
  let anvil: Anvil;
  let chain: Chain;
  let signature: Hex;
  before(async () => {
    anvil = await startAnvil();
    chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    signature = await alice.sign({ hash: digest });
  });
  after(() => anvil.stop());

  const setCode = (address: Hex, code: Hex) => anvil.ask("anvil_setCode", [address, code]);

  it("accepts a key's signature of 65 bytes and of 64 bytes", async () => {
    await requireSigned(chain, { digest, signer: alice.address, signature });
    const compact = serializeCompactSignature(signatureToCompactSignature(parseSignature(signature)));
    await requireSigned(chain, { digest, signer: alice.address, signature: compact });
  });

  it("refuses another signer, another digest, a flipped s and garbage", async () => {
    const flipped = concat([
      slice(signature, 0, 32),
      numberToHex(ORDER - hexToBigInt(slice(signature, 32, 64)), { size: 32 }),
      slice(signature, 64) === "0x1b" ? "0x1c" : "0x1b",
    ]);
    const signer = alice.address;
    for (const wrong of [
      { digest, signer: anvilAccount(2).address, signature },
      { digest: keccak256("0x02"), signer, signature },
      { digest, signer, signature: flipped },
      { digest, signer, signature: "0x" as const },
      { digest, signer, signature: `0x${"00".repeat(65)}` as const },
    ]) {
      await rejection(requireSigned(chain, wrong), "signature-invalid");
    }
  });

  it("asks a contract account by ERC-1271, and takes a revert for a no", async () => {
    const safe = "0x0000000000000000000000000000000000005afe";
    await setCode(safe, ACCEPTS_ALL);
    await requireSigned(chain, { digest, signer: safe, signature: "0x1234" });
    await setCode(safe, REVERTS);
    await rejection(requireSigned(chain, { digest, signer: safe, signature: "0x1234" }), "signature-invalid");
  });

  it("accepts the key of an account that has code by EIP-7702", async () => {
    const bob = anvilAccount(3);
    await setCode(bob.address, REVERTS);
    await requireSigned(chain, { digest, signer: bob.address, signature: await bob.sign({ hash: digest }) });
  });
});
