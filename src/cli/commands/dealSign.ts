import type { Address } from "viem";
import { termsTypedData } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { dealSummary } from "../../core/text/dealSummary.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { defineCommand } from "../command.ts";
import { dealFileText, domainOptions, readDeal } from "../dealFile.ts";
import { writeNew } from "../files.ts";
import { sectionsText } from "../terminal/sections.ts";
import { openWallet, walletOptions } from "../wallet.ts";

export const dealSign = defineCommand({
  text: ({ command }) => command.dealSign,
  usage: "FILE --keystore FILE",
  examples: [
    "holdfast deal sign deal.json --keystore seller.json --out signed.json",
    "holdfast deal sign deal.json --keystore buyer.json --json",
  ],
  options: {
    ...walletOptions,
    ...domainOptions,
    out: { type: "string", value: "FILE" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { signal, progress, isJson, texts }) => {
    const deal = await readDeal(path, values);
    if (!isJson) progress(`${sectionsText(dealSummary(deal, texts))}\n`);
    const wallet = await openWallet(values, { signal, texts, help: "holdfast deal sign" });
    const signer = wallet.address.toLowerCase() as Address;
    const role = signer === deal.terms.seller ? "seller" : "buyer";
    if (signer !== deal.terms[role]) {
      throw new ProtocolError("key-wrong", {
        address: signer,
        expected: `${deal.terms.buyer}, ${deal.terms.seller}`,
      });
    }
    const signature = await wallet.signTypedData(termsTypedData(deal.terms, deal.domain));
    if (values.out !== undefined) {
      await writeNew(values.out, dealFileText(role === "seller" ? { ...deal, sellerSignature: signature } : deal));
    }
    const { outcome, command } = texts;
    return {
      text: [
        command.dealSign.signedBy[role](signer),
        `${outcome.signature}  ${signature}`,
        ...(values.out === undefined ? [] : [outcome.writtenTo(escapeInvisible(values.out))]),
      ].join("\n"),
      json: { deal: deal.id, role, signer, signature, file: values.out ?? null },
    };
  },
});
