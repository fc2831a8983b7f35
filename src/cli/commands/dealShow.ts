import { zeroAddress } from "viem";
import { bytes32 } from "../../core/fields.ts";
import { silenceRows } from "../../core/text/silence.ts";
import type { Texts } from "../../core/text/texts.ts";
import { formatAmount, formatTime, nativeUnit, readableUnit, type Unit } from "../../core/text/units.ts";
import type { DealView } from "../../sdk/client.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { readDeal } from "../dealFile.ts";
import { statFile } from "../files.ts";
import { usageInvalid } from "../problems.ts";
import { columns } from "../terminal/columns.ts";

const HELP = "holdfast deal show";

export const dealShow = defineCommand({
  text: ({ command }) => command.dealShow,
  usage: "ID|FILE --url URL",
  examples: [
    "holdfast deal show deal.json --url http://127.0.0.1:8787",
    "holdfast deal show 0x5f... --url http://127.0.0.1:8787 --json",
  ],
  options: { url: urlOption },
  positionals: [1, 1],
  run: async ({ values, positionals: [named = ""] }, { signal, texts }) => {
    const client = connect(values.url, HELP);
    const given = bytes32.safeParse(named);
    if (!given.success && (await statFile(named)) === undefined) {
      throw usageInvalid(HELP, "deal-unnamed", { named });
    }
    const file = given.success ? undefined : await readDeal(named);
    const deal = await client.readDeal(given.success ? given.data : file!.id, { signal });
    const known = deal.terms.token === zeroAddress ? nativeUnit : file?.unit;
    return { text: textOf(deal, readableUnit(known, texts.units), texts), json: deal };
  },
});

/** What a dispute changes when nobody decides it; nothing to say about a deal without one. */
const undecidedText = ({ status, disputedFrom, terms }: DealView, { deal, command }: Texts): string | undefined => {
  const { undecidedAfterDelivery, undecidedBefore } = command.dealShow;
  if (status !== "disputed") return undefined;
  return disputedFrom === "delivered"
    ? undecidedAfterDelivery(terms.coverage > 0n)
    : undecidedBefore(deal.status[disputedFrom]);
};

const textOf = (deal: DealView, unit: Unit, texts: Texts): string => {
  const words = texts.command.dealShow;
  const money = (amount: bigint) => formatAmount(amount, unit);
  const { amounts, outcome } = deal;
  const undecided = undecidedText(deal, texts);
  const silence = silenceRows({ ...deal, held: amounts.held }, { terms: deal.terms, unit, texts });
  const open = deal.actions.filter((action) => action.open);
  return [
    words.title(deal.id, texts.deal.status[deal.status]),
    columns([
      ["--status", deal.status],
      [words.held, money(amounts.held)],
      ...(amounts.balanceDue > 0n ? [[words.balanceDue, money(amounts.balanceDue)] as const] : []),
      ...(amounts.coverage > 0n ? [[words.coverage, money(amounts.coverage)] as const] : []),
      ...(amounts.refunded > 0n ? [[words.refunded, money(amounts.refunded)] as const] : []),
      [words.asOf, deal.asOf === 0 ? words.noBlock : formatTime(deal.asOf)],
    ]),
    ...(outcome === null
      ? []
      : [
          words.paidOut(
            texts.deal.endedBy[outcome.by],
            money(outcome.toBuyer),
            money(outcome.toSeller),
            money(outcome.compensation),
          ),
        ]),
    ...(undecided === undefined ? [] : [undecided]),
    silence.length === 0 ? words.nothingLeft : `${texts.deal.silence.title}\n${columns(silence)}`,
    ...(open.length === 0
      ? []
      : [
          `${words.possibleNow}\n${columns(
            open.map(({ action, by, before }) => [
              action,
              before === null ? texts.deal.actor[by] : words.possibleBefore(texts.deal.actor[by], formatTime(before)),
            ]),
          )}`,
        ]),
  ].join("\n\n");
};
