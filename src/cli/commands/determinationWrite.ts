import { decisionSummary } from "../../core/text/decisionSummary.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { formatAmount, type Unit } from "../../core/text/units.ts";
import { defineCommand } from "../command.ts";
import { connect, readTime } from "../connect.ts";
import { domainOptions, readDeal, unitOf } from "../dealFile.ts";
import { decisionText, determinationFileOf } from "../decisionFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { disputeOptions, readDispute } from "../disputeTime.ts";
import { writeNew } from "../files.ts";
import { parseAmount, parseTime } from "../parseQuantity.ts";
import { usageInvalid } from "../problems.ts";
import { sectionText } from "../terminal/sections.ts";

const HELP = "holdfast determination write";
const WEEK = 604_800;

export const determinationWrite = defineCommand({
  text: ({ command }) => command.determinationWrite,
  usage: "DEALFILE --to-buyer AMOUNT --to-seller AMOUNT --reasons FILE --evidence FILE --url URL --out FILE",
  examples: [
    "holdfast determination write deal.json --to-buyer 30000 --to-seller 10000 --compensation 2000 --reasons reasons.pdf --evidence judged.txt --url URL --out determination.json",
  ],
  options: {
    ...domainOptions,
    "to-buyer": { type: "string", value: "AMOUNT" },
    "to-seller": { type: "string", value: "AMOUNT" },
    compensation: { type: "string", value: "AMOUNT" },
    reasons: { type: "string", value: "FILE|HASH" },
    evidence: { type: "string", value: "FILE|HASH" },
    deadline: { type: "string", value: "TIME" },
    ...disputeOptions,
    decimals: { type: "string", value: "N" },
    out: { type: "string", value: "FILE" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const { texts } = context;
    const deal = await readDeal(path, values);
    const unit = unitOf(deal, values.decimals);
    const time = values.url === undefined ? context.now() : await readTime(connect(values.url, HELP), context);
    const out = required(values.out, "--out FILE");
    const { disputedAt, held } = await readDispute(deal, values, {
      now: time,
      help: HELP,
      signal: context.signal,
    });
    const split = {
      toBuyer: parseAmount(required(values["to-buyer"], "--to-buyer AMOUNT"), unit),
      toSeller: parseAmount(required(values["to-seller"], "--to-seller AMOUNT"), unit),
    };
    requireDivisible(split, { held, price: deal.terms.price, unit });
    const compensation = parseAmount(values.compensation ?? "0", unit);
    const file = determinationFileOf(
      {
        deal: deal.id,
        disputedAt,
        ...split,
        compensation,
        reasons: await digestArgument(required(values.reasons, "--reasons FILE")),
        evidence: await digestArgument(required(values.evidence, "--evidence FILE")),
        deadline:
          values.deadline === undefined
            ? time + (deal.panel?.answerWindow ?? 0) + WEEK
            : parseTime(values.deadline, { now: time, what: "--deadline" }),
      },
      { domain: { chainId: deal.domain.chainId, tribunal: deal.terms.tribunal }, panel: deal.panel, unit },
    );
    await writeNew(out, decisionText(file));
    const isVoidedByGivingIn = compensation > 0n && split.toBuyer + split.toSeller > 0n;
    return {
      text: [
        `${sectionText(decisionSummary(file, texts))}\n\n${texts.outcome.writtenTo(escapeInvisible(out))}`,
        ...(isVoidedByGivingIn ? [texts.command.determinationWrite.voidIfAPartyGivesIn] : []),
      ].join("\n"),
      json: { digest: file.digest, determination: file.determination, file: out },
    };
  },
});

/**
 * Arbitrators sign no amounts that the deal does not hold; where nobody could be asked, none above
 * the price.
 */
const requireDivisible = (
  { toBuyer, toSeller }: Readonly<{ toBuyer: bigint; toSeller: bigint }>,
  { held, price, unit }: Readonly<{ held: bigint | undefined; price: bigint; unit: Unit }>,
) => {
  const sum = toBuyer + toSeller;
  if (held === undefined ? sum <= price : sum === held) return;
  const money = (amount: bigint) => formatAmount(amount, unit);
  throw held === undefined
    ? usageInvalid(HELP, "amounts-above-price", { sum: money(sum), price: money(price) })
    : usageInvalid(HELP, "amounts-differ-from-held", { sum: money(sum), held: money(held) });
};

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw usageInvalid(HELP, "option-missing", { option });
  return value;
};
