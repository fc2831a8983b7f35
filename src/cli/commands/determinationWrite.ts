import { ProtocolError } from "../../core/errors.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { defineCommand } from "../command.ts";
import { connect, readTime } from "../connect.ts";
import { domainOptions, readDeal, unitOf } from "../dealFile.ts";
import { decisionSummary, decisionText, determinationFileOf } from "../decisionFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { disputeOptions, readDispute } from "../disputeTime.ts";
import { writeNew } from "../files.ts";
import { formatAmount, parseAmount, parseTime, type Unit } from "../units.ts";

const HELP = "holdfast determination write";
const WEEK = 604_800;
const IF_A_PARTY_GIVES_IN =
  "If a party gives in before this is executed, nothing is held any more and it does nothing. A second one, with --to-buyer 0 --to-seller 0 and the same compensation, works exactly then.";

export const determinationWrite = defineCommand({
  summary: "write what a panel decides, for its arbitrators to sign",
  usage: "DEALFILE --to-buyer AMOUNT --to-seller AMOUNT --reasons FILE --evidence FILE --url URL --out FILE",
  about: [
    "The two amounts must add up to what the deal holds. Compensation comes on top of it, from the part of the seller's",
    "bond that was set aside for this deal; what exceeds that part is recorded as a shortfall. The reasons and the list of",
    "the evidence that was judged are named by their digests: with the documents anyone can show that these are they. It can",
    "be written and signed at once, and executed when the panel's answer window is over. A delivery during the dispute makes",
    "it void, and the answer window starts at the end of the inspection.",
  ].join("\n"),
  examples: [
    [
      "holdfast determination write deal.json --to-buyer 30000 --to-seller 10000 --compensation 2000 --reasons reasons.pdf --evidence judged.txt --url URL --out determination.json",
      "three quarters of 40,000 to the buyer, and 2,000 from the bond",
    ],
  ],
  options: {
    ...domainOptions,
    "to-buyer": { type: "string", value: "AMOUNT", about: "of what is held" },
    "to-seller": { type: "string", value: "AMOUNT", about: "of what is held, before the marketplace's fee" },
    compensation: { type: "string", value: "AMOUNT", about: "to the buyer from the coverage; 0 unless given" },
    reasons: { type: "string", value: "FILE|HASH", about: "the written reasons, or their SHA-256" },
    evidence: {
      type: "string",
      value: "FILE|HASH",
      about: "the list or root of the evidence that was judged, or its SHA-256",
    },
    deadline: {
      type: "string",
      value: "TIME",
      about: "until when it can be executed: 14d, 2026-12-24T18:00:00Z; unless given, 7d after the answer window",
    },
    ...disputeOptions,
    decimals: { type: "string", value: "N", about: "decimals of the token, where the file does not say" },
    out: { type: "string", value: "FILE", about: "the determination; FILE must not exist" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
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
        `${decisionSummary(file)}\n\nWritten to ${escapeInvisible(out)}`,
        ...(isVoidedByGivingIn ? [IF_A_PARTY_GIVES_IN] : []),
      ].join("\n"),
      json: { digest: file.digest, determination: file.determination, file: out },
    };
  },
});

/** Arbitrators sign no amounts that the deal does not hold; where nobody could be asked, none above the price. */
const requireDivisible = (
  { toBuyer, toSeller }: Readonly<{ toBuyer: bigint; toSeller: bigint }>,
  { held, price, unit }: Readonly<{ held: bigint | undefined; price: bigint; unit: Unit }>,
) => {
  const sum = toBuyer + toSeller;
  if (held === undefined ? sum <= price : sum === held) return;
  const money = (amount: bigint) => formatAmount(amount, unit);
  const problem =
    held === undefined
      ? `--to-buyer and --to-seller come to ${money(sum)}, more than the price of ${money(price)}.`
      : `--to-buyer and --to-seller come to ${money(sum)}, and ${money(held)} is held. They must add up to it exactly.`;
  throw new ProtocolError("usage-invalid", { problem: `${problem} Nothing was written.`, help: HELP });
};

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw new ProtocolError("usage-invalid", { problem: `Give ${option}.`, help: HELP });
  return value;
};
