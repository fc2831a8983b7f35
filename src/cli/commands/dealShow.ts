import { zeroAddress } from "viem";
import type { DealActor } from "../../core/deal/dealTable.ts";
import { ProtocolError } from "../../core/errors.ts";
import { bytes32 } from "../../core/fields.ts";
import type { DealView } from "../../sdk/client.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { readDeal } from "../dealFile.ts";
import { statFile } from "../files.ts";
import { silenceRows } from "../silenceText.ts";
import { columns } from "../terminal/columns.ts";
import { formatAmount, formatTime, nativeUnit, type Unit } from "../units.ts";

export const dealShow = defineCommand({
  text: ({ command }) => command.dealShow,
  usage: "ID|FILE --url URL",
  examples: [
    "holdfast deal show deal.json --url http://127.0.0.1:8787",
    "holdfast deal show 0x5f... --url http://127.0.0.1:8787 --json",
  ],
  options: { url: urlOption },
  positionals: [1, 1],
  run: async ({ values, positionals: [named = ""] }, { signal }) => {
    const client = connect(values.url, "holdfast deal show");
    const given = bytes32.safeParse(named);
    if (!given.success && (await statFile(named)) === undefined) {
      throw new ProtocolError("usage-invalid", {
        problem: `"${named}" is neither a deal's id nor a deal file.`,
        help: "holdfast deal show",
      });
    }
    const file = given.success ? undefined : await readDeal(named);
    const deal = await client.readDeal(given.success ? given.data : file!.id, { signal });
    const known = deal.terms.token === zeroAddress ? nativeUnit : file?.unit;
    return { text: textOf(deal, known ?? { symbol: "minor units", decimals: 0 }), json: deal };
  },
});

const actors = {
  buyer: "buyer",
  seller: "seller",
  attestor: "attestor",
  tribunal: "tribunal",
  party: "buyer or seller",
  both: "buyer and seller together",
  anyone: "anyone",
} as const satisfies Record<DealActor, string>;

/** What a dispute changes when nobody decides it; nothing to say about a deal without one. */
const undecidedText = ({ status, disputedFrom, terms }: DealView): string | undefined => {
  if (status !== "disputed") return undefined;
  const tail = terms.coverage === 0n ? "" : ", and claims on the bond stay open";
  return disputedFrom === "delivered"
    ? `Disputed after delivery: if nobody decides, the share that both sides agreed to divides what is held${tail}.`
    : `Disputed while it is ${disputedFrom}: if nobody decides, the dispute changes nothing but the time.`;
};

const textOf = (deal: DealView, unit: Unit): string => {
  const money = (amount: bigint) => formatAmount(amount, unit);
  const { amounts, outcome } = deal;
  const undecided = undecidedText(deal);
  const silence = silenceRows({ ...deal, held: amounts.held }, { terms: deal.terms, unit });
  const open = deal.actions.filter((action) => action.open);
  return [
    `Deal ${deal.id}: ${deal.status === "none" ? "not funded" : deal.status}`,
    columns([
      ["held", money(amounts.held)],
      ...(amounts.balanceDue > 0n ? [["balance due", money(amounts.balanceDue)] as const] : []),
      ...(amounts.coverage > 0n ? [["set aside from the bond", money(amounts.coverage)] as const] : []),
      ...(amounts.refunded > 0n ? [["given back already", money(amounts.refunded)] as const] : []),
      ["as of", deal.asOf === 0 ? "no block was read yet" : formatTime(deal.asOf)],
    ]),
    ...(outcome === null
      ? []
      : [
          `Paid out by ${outcome.by}: ${money(outcome.toBuyer)} to the buyer, ${money(outcome.toSeller)} to the seller, ${money(outcome.compensation)} compensation.`,
        ]),
    ...(undecided === undefined ? [] : [undecided]),
    silence.length === 0 ? "Nothing is left to happen by itself." : `If nobody acts\n${columns(silence)}`,
    ...(open.length === 0
      ? []
      : [
          `Possible now\n${columns(
            open.map(({ action, by, before }) => [
              action,
              `${actors[by]}${before === null ? "" : `, before ${formatTime(before)}`}`,
            ]),
          )}`,
        ]),
  ].join("\n\n");
};
