import { decisionSummary } from "../../core/text/decisionSummary.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { defineCommand } from "../command.ts";
import { connect, readTime } from "../connect.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { decisionText, extensionFileOf } from "../decisionFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { disputeOptions, readDispute } from "../disputeTime.ts";
import { writeNew } from "../files.ts";
import { parseTime } from "../parseQuantity.ts";
import { usageInvalid } from "../problems.ts";
import { sectionText } from "../terminal/sections.ts";

const HELP = "holdfast determination extend";

export const determinationExtend = defineCommand({
  text: ({ command }) => command.determinationExtend,
  usage: "DEALFILE --until TIME --reasons FILE --url URL --out FILE",
  examples: [
    "holdfast determination extend deal.json --until 90d --reasons hearing.pdf --url URL --out extension.json",
    "holdfast determination sign extension.json --keystore arbitrator.json --out one.json",
  ],
  options: {
    ...domainOptions,
    until: { type: "string", value: "TIME" },
    reasons: { type: "string", value: "FILE|HASH" },
    deadline: { type: "string", value: "TIME" },
    ...disputeOptions,
    out: { type: "string", value: "FILE" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const { texts } = context;
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
      text: `${sectionText(decisionSummary(file, texts))}\n\n${texts.outcome.writtenTo(escapeInvisible(out))}`,
      json: { digest: file.digest, extension: file.extension, file: out },
    };
  },
});

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw usageInvalid(HELP, "option-missing", { option });
  return value;
};
