/**
 * What to change in a template, by the fact for which the escrow or its tribunal would refuse the
 * terms.
 */
export const unsafeTerms = {
  "fund-by-passed": "The time to pay is over; write the terms anew.",
  "address-zero": "Buyer, seller, attestor and tribunal must each be an account.",
  "marketplace-missing": "A fee needs a marketplace that earns it.",
  "buyer-is-seller": "Nobody buys from themselves.",
  "buyer-is-marketplace": "The buyer cannot earn the marketplace's fee.",
  "attestor-is-seller": "The seller cannot attest the delivery.",
  "escrow-is-party": "The escrow cannot be a party of its own deals.",
  "amount-zero": "Price and deposit must be more than nothing.",
  "deposit-exceeds-price": "A deposit is at most the price.",
  "earnest-too-high": "Earnest money is at most a fifth of the price.",
  "earnest-not-covered": "Earnest money needs a coverage of the same amount or more, from which the seller doubles it.",
  "clocks-out-of-order": "Paying, shipping and delivering each need an hour or more.",
  "inspection-too-short": "An inspection is an hour or longer.",
  "backstop-too-short": "A backstop is an hour or longer.",
  "exposure-too-long":
    "The deal could stay open too long: 180 days with coverage, three years without; a backstop is at most 180 days.",
  "tail-too-short": "With coverage, the tail must be at least as long as the inspection.",
  "tribunal-is-party": "A party cannot be the tribunal.",
  "tribunal-refuses": "Is its panel registered? `holdfast panel register DEALFILE --send` does it, once.",
  "panel-inspection-too-short": "This panel takes longer inspections only: see panel.minInspection.",
  "panel-backstop-too-short": "This panel takes longer backstops only: see panel.minBackstop.",
  "panel-party-is-arbitrator": "A party or the marketplace is one of the arbitrators.",
} as const;
