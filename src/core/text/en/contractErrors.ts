/**
 * What a refusal of the escrow or the panel tribunal means, by the error's name; `{name}` stands
 * for an argument of it.
 */
export const contractErrors = {
  AmountExceedsCredit: "Only {credit} minor units can be withdrawn, and {amount} were asked for.",
  AmountExceedsFreeBond: "Only {free} minor units of the bond are free, and {amount} were asked for.",
  AmountExceedsShortfall: "Only {shortfall} minor units are still owed, and {amount} were to be paid.",
  AnswerWindowOpen: "The other side can answer until {until}; from then on the determination can be executed.",
  BackstopNotLater: "The backstop is {current} already; an extension moves it to a later second.",
  BackstopTooLate:
    "An extension reaches {latest} at most: 180 days from now, and three years from `disputedAt` of the deal.",
  BondLocked:
    "The bond cannot leave now; `holdfast deal call request-bond` starts its clock (180 days, then open for 30).",
  BondWithdrawalRequestedAlready:
    "A withdrawal was requested already and opens at {unlockAt}; a second request changes nothing.",
  CoverageExceedsBond:
    "The seller's free bond is {available} minor units and these terms promise {coverage}; `holdfast deal call post-bond` adds to it.",
  DeadlineNotReached: "It is too early: this is possible from {deadline} on.",
  DeadlinePassed: "It is too late: this was possible before {deadline}.",
  DealExists: "These terms were funded before; no terms are funded twice.",
  DealNotOpen: "The deal is not in a state in which this is possible; `holdfast deal show` says what is.",
  DeterminationExpired:
    "What the arbitrators signed was good before {deadline}; they sign it again with a later deadline.",
  NotCaller:
    "This is the action of {expected}, and {caller} sends it. Send it from that account, or with what it signed (--signed).",
  NotDisputant:
    "This account cannot open a dispute now: the buyer always can, the seller between payment and delivery.",
  PanelMismatch: "These arbitrators and clocks are not the panel that the terms name.",
  RefundNotWhole: "A deposit, and a deal in dispute, are given back whole ({held} minor units) or not at all.",
  SellerSignatureMissing: "These terms need the signature of the seller {seller}: `holdfast deal sign`.",
  SignatureInvalid:
    "The signature is not one of {signer} over exactly this: the amount, the status or the deadline has changed since.",
  TribunalRefuses:
    "The tribunal does not accept these terms. Where its panel was never registered: `holdfast panel register DEALFILE --send`. Otherwise the inspection or the backstop is too short for this panel, or a party is one of its arbitrators.",
  WrongStatus: "The deal is not in the state that this needs; `holdfast deal show` says what is possible.",
} as const;
