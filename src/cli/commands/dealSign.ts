import type { Address } from "viem";
import { termsTypedData } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { defineCommand } from "../command.ts";
import { dealFileText, domainOptions, readDeal } from "../dealFile.ts";
import { dealSummary } from "../dealSummary.ts";
import { writeNew } from "../files.ts";
import { openWallet, walletOptions } from "../wallet.ts";

export const dealSign = defineCommand({
  summary: "sign the terms of a deal as its seller or buyer",
  usage: "FILE --keystore FILE",
  about: [
    "Shows the terms in words and signs them. A seller signs when the deal sets a part of the bond aside (coverage):",
    "without that signature nobody can touch a bond. A buyer's signature lets anyone fund this deal, once, from the",
    "allowance that the buyer gave the escrow; hand it out only if that is what you want.",
  ].join("\n"),
  examples: [
    [
      "holdfast deal sign deal.json --keystore seller.json --out signed.json",
      "the deal file with the seller's signature in it",
    ],
    ["holdfast deal sign deal.json --keystore buyer.json --json", "the bare signature, for a program"],
  ],
  options: {
    ...walletOptions,
    ...domainOptions,
    out: {
      type: "string",
      value: "FILE",
      about: "write the deal file with the seller's signature; FILE must not exist",
    },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { signal, progress, isJson }) => {
    const deal = await readDeal(path, values);
    if (!isJson) progress(`${dealSummary(deal)}\n`);
    const wallet = await openWallet(values, { signal, help: "holdfast deal sign" });
    const signer = wallet.address.toLowerCase() as Address;
    const role = signer === deal.terms.seller ? "seller" : "buyer";
    if (signer !== deal.terms[role]) {
      throw new ProtocolError("key-wrong", {
        address: signer,
        expected: `${deal.terms.buyer} or ${deal.terms.seller}`,
      });
    }
    const signature = await wallet.signTypedData(termsTypedData(deal.terms, deal.domain));
    if (values.out !== undefined) {
      await writeNew(values.out, dealFileText(role === "seller" ? { ...deal, sellerSignature: signature } : deal));
    }
    return {
      text: [
        `Signed by the ${role} ${signer}`,
        `Signature  ${signature}`,
        ...(values.out === undefined ? [] : [`Written to ${escapeInvisible(values.out)}`]),
      ].join("\n"),
      json: { deal: deal.id, role, signer, signature, file: values.out ?? null },
    };
  },
});
