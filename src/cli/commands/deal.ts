import { defineGroup } from "../command.ts";
import { dealCall, dealPayShortfall } from "./dealCall.ts";
import { dealCredits } from "./dealCredits.ts";
import { dealId } from "./dealId.ts";
import { dealIntent } from "./dealIntent.ts";
import { dealPack, dealUnpack } from "./dealPack.ts";
import { dealRegister } from "./dealRegister.ts";
import { dealShow } from "./dealShow.ts";
import { dealSign } from "./dealSign.ts";
import { dealTerms } from "./dealTerms.ts";

export const deal = defineGroup({
  summary: "write, sign and act on deals, with a relayer or without",
  about: [
    "A deal is named by a hash of its terms, chain and escrow. The parties write the terms (terms), sign them (sign), hand",
    "them to a relayer (register), act by signed intents that anyone can submit (intent), and see where it stands (show).",
    "Everything also works without a relayer: call prints the transaction that you send from your own wallet.",
  ].join("\n"),
  commands: {
    terms: dealTerms,
    id: dealId,
    sign: dealSign,
    register: dealRegister,
    intent: dealIntent,
    show: dealShow,
    credits: dealCredits,
    call: dealCall,
    "pay-shortfall": dealPayShortfall,
    pack: dealPack,
    unpack: dealUnpack,
  },
});
