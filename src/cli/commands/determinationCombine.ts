import { determineCall, extendCall } from "../../chain/panelCalls.ts";
import { panelRules, seatSignatures, sortPanel } from "../../core/deal/panel.ts";
import { decimalJson } from "../../core/decimalJson.ts";
import { ProtocolError } from "../../core/errors.ts";
import { recoverSigner } from "../../core/recoverSigner.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { defineCommand } from "../command.ts";
import { type DealFile, domainOptions, readDeal } from "../dealFile.ts";
import { type DecisionFile, dealOfDecision, readDecision, readSignature, type SignatureFile } from "../decisionFile.ts";
import { callsText, panelCall } from "../explainedCall.ts";
import { writeNew } from "../files.ts";
import { readPanel } from "../panelFile.ts";
import { usageInvalid } from "../problems.ts";

const HELP = "holdfast determination combine";

export const determinationCombine = defineCommand({
  text: ({ command }) => command.determinationCombine,
  usage: "DEALFILE DETERMINATION SIGNATURE... [--out FILE]",
  examples: [
    "holdfast determination combine deal.json determination.json first.json second.json third.json --out signed.json",
  ],
  options: {
    ...domainOptions,
    panel: { type: "string", value: "FILE" },
    out: { type: "string", value: "FILE" },
  },
  positionals: [3, 300],
  run: async ({ values, positionals }, { texts }) => {
    const [dealPath = "", path = "", ...signaturePaths] = positionals;
    const deal = await readDeal(dealPath, values);
    const file = await readDecision(path, {
      "chain-id": String(deal.domain.chainId),
      tribunal: deal.terms.tribunal,
    });
    const panel = await findPanel(deal, file, values.panel);
    const given = await Promise.all(signaturePaths.map(readSignature));
    const signatures = await chooseSignatures(file, given, panel.threshold);
    const seated = { terms: deal.terms, panel, seated: await seatSignatures(panel, file.digest, signatures) };
    const decided = "extension" in file ? { extension: file.extension } : { determination: file.determination };
    const submission = { ...decided, panel, signatures };
    const call =
      "extension" in file
        ? panelCall(extendCall(file.extension, seated), "extend", texts)
        : panelCall(determineCall(file.determination, seated), "determine", texts);

    if (values.out !== undefined) await writeNew(values.out, `${decimalJson(submission, 2)}\n`);
    return {
      text: [
        texts.command.determinationCombine.enough(signatures.length, file.digest),
        callsText([call], texts),
        ...(values.out === undefined ? [] : [texts.outcome.writtenTo(escapeInvisible(values.out))]),
      ].join("\n\n"),
      json: { digest: file.digest, submission, call, file: values.out ?? null },
    };
  },
});

/**
 * The panel that the terms commit to. Throws `panel-mismatch`, or `usage-invalid` when it is not
 * known.
 */
const findPanel = async (deal: DealFile, file: DecisionFile, path: string | undefined) => {
  const stated = path === undefined ? (deal.panel ?? file.panel) : await readPanel(path);
  if (stated === null) {
    throw usageInvalid(HELP, "panel-missing");
  }
  const panel = sortPanel(stated);
  const isOther = dealOfDecision(file) !== deal.id || file.domain.tribunal !== deal.terms.tribunal;
  if (isOther || panelRules(panel) !== deal.terms.rules) throw new ProtocolError("panel-mismatch", { deal: deal.id });
  return panel;
};

/**
 * As many distinct good signatures as are needed. Throws `signature-invalid` or
 * `signature-count-wrong`.
 */
const chooseSignatures = async (file: DecisionFile, given: readonly SignatureFile[], threshold: number) => {
  const bySigner = new Map(given.map((one) => [one.signer, one]));
  for (const { digest, signer, signature } of bySigner.values()) {
    const isKey = (await recoverSigner(file.digest, signature)) === signer;
    // A contract wallet's signature can be checked by the chain only.
    const isShort = signature.length === 2 + 2 * 65 || signature.length === 2 + 2 * 64;
    if (digest !== file.digest || (!isKey && isShort)) throw new ProtocolError("signature-invalid", { signer });
  }
  if (bySigner.size < threshold) {
    throw new ProtocolError("signature-count-wrong", { given: bySigner.size, threshold });
  }
  return [...bySigner.values()].slice(0, threshold).map(({ signer, signature }) => ({ signer, signature }));
};
