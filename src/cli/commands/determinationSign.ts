import type { Address } from "viem";
import { ProtocolError } from "../../core/errors.ts";
import { decisionSummary } from "../../core/text/decisionSummary.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { defineCommand } from "../command.ts";
import { decisionTypedData, panelDomainOptions, readDecision, signatureText } from "../decisionFile.ts";
import { writeNew } from "../files.ts";
import { sectionText } from "../terminal/sections.ts";
import { openWallet, walletOptions } from "../wallet.ts";

export const determinationSign = defineCommand({
  text: ({ command }) => command.determinationSign,
  usage: "FILE --keystore FILE [--out FILE]",
  examples: [
    "holdfast determination sign determination.json --keystore arbitrator.json --out first.json",
    "holdfast determination sign bare.json --keystore arbitrator.json --chain-id 1 --tribunal 0x12...",
  ],
  options: {
    ...walletOptions,
    ...panelDomainOptions,
    out: { type: "string", value: "FILE" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { signal, progress, isJson, texts }) => {
    const file = await readDecision(path, values);
    if (!isJson) progress(`${sectionText(decisionSummary(file, texts))}\n`);
    const wallet = await openWallet(values, { signal, texts, help: "holdfast determination sign" });
    const signer = wallet.address.toLowerCase() as Address;
    if (file.panel !== null && !file.panel.arbitrators.includes(signer)) {
      throw new ProtocolError("signer-not-on-panel", { signer });
    }
    const signature = await wallet.signTypedData(decisionTypedData(file) as Parameters<typeof wallet.signTypedData>[0]);
    const signed = { digest: file.digest, signer, signature };
    if (values.out !== undefined) await writeNew(values.out, signatureText(signed));
    const { outcome } = texts;
    return {
      text: [
        outcome.signedBy(signer),
        `${outcome.signature}  ${signature}`,
        ...(values.out === undefined ? [] : [outcome.writtenTo(escapeInvisible(values.out))]),
      ].join("\n"),
      json: { ...signed, file: values.out ?? null },
    };
  },
});
