/** Options by which a party says what it wants, signed as an intent or called by itself. */
export const statedOptions = {
  amount: { type: "string", value: "AMOUNT" },
  remaining: { type: "string", value: "AMOUNT" },
  status: { type: "string", value: "STATUS" },
  tracking: { type: "string", value: "FILE|HASH" },
  proof: { type: "string", value: "FILE|HASH" },
  statement: { type: "string", value: "FILE|HASH" },
  by: { type: "string", value: "WHO" },
  "to-buyer": { type: "string", value: "AMOUNT" },
  "to-seller": { type: "string", value: "AMOUNT" },
  compensation: { type: "string", value: "AMOUNT" },
  deadline: { type: "string", value: "TIME" },
  to: { type: "string", value: "ADDRESS" },
  decimals: { type: "string", value: "N" },
} as const;
