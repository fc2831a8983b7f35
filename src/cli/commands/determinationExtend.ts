import { ProtocolError } from "../../core/errors.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { defineCommand } from "../command.ts";
import { connect, readTime } from "../connect.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { decisionSummary, decisionText, extensionFileOf } from "../decisionFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { disputeOptions, readDispute } from "../disputeTime.ts";
import { writeNew } from "../files.ts";
import { parseTime } from "../units.ts";

const HELP = "holdfast determination extend";

export const determinationExtend = defineCommand({
  summary: "write that a dispute takes longer, for its arbitrators to sign",
  usage: "DEALFILE --until TIME --reasons FILE --url URL --out FILE",
  about: [
    "Until the backstop the arbitrators can decide; from then on anyone can overtake them. An extension moves the backstop to a",
    "later second: at most 180 days from the moment it is executed, and never beyond three years from the dispute, or from the end",
    "of the inspection for one that was open at delivery. It is signed, combined and sent like a determination, needs as many",
    "signatures, and moves no money. A delivery makes it void.",
  ].join("\n"),
  examples: [
    [
      "holdfast determination extend deal.json --until 90d --reasons hearing.pdf --url URL --out extension.json",
      "90 days from now",
    ],
    [
      "holdfast determination sign extension.json --keystore arbitrator.json --out one.json",
      "then `determination combine` and `determination send`",
    ],
  ],
  options: {
    ...domainOptions,
    until: { type: "string", value: "TIME", about: "the new backstop: 90d, 2026-12-24T18:00:00Z" },
    reasons: { type: "string", value: "FILE|HASH", about: "the written reasons, or their SHA-256" },
    deadline: {
      type: "string",
      value: "TIME",
      about: "until when it can be executed: 7d, 2026-12-24T18:00:00Z; 7d unless given",
    },
    ...disputeOptions,
    out: { type: "string", value: "FILE", about: "the extension; FILE must not exist" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const deal = await readDeal(path, values);
    const now = values.url === undefined ? context.now() : await readTime(connect(values.url, HELP), context);
    const out = required(values.out, "--out FILE");
    const file = extensionFileOf(
      {
        deal: deal.id,
        disputedAt: (await readDispute(deal, values, { now, help: HELP, signal: context.signal })).disputedAt,
        until: parseTime(required(values.until, "--until TIME"), { now, what: "--until" }),
        reasons: await digestArgument(required(values.reasons, "--reasons FILE")),
        deadline: parseTime(values.deadline ?? "7d", { now, what: "--deadline" }),
      },
      { domain: { chainId: deal.domain.chainId, tribunal: deal.terms.tribunal }, panel: deal.panel },
    );
    await writeNew(out, decisionText(file));
    return {
      text: `${decisionSummary(file)}\n\nWritten to ${escapeInvisible(out)}`,
      json: { digest: file.digest, extension: file.extension, file: out },
    };
  },
});

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw new ProtocolError("usage-invalid", { problem: `Give ${option}.`, help: HELP });
  return value;
};
