/** What is said while something is sent to a chain, and about it afterwards. */
export const sending = {
  accepted: (id: string) => `The relayer accepted it as ${id} and submits it to the chain...`,
  sent: (hash: string) => `Sent ${hash}; waiting until it is in a block...`,
  registersPanel: "The panel is not registered yet; registering it.",
  /**
   * `state` is a state of an intent; `where` is what {@link inBlock} and {@link inTransaction} say.
   */
  mined: (kind: string, state: string, where: readonly string[]) => `${[`${kind} is ${state}`, ...where].join(", ")}.`,
  inBlock: (block: number) => `block ${block}`,
  inTransaction: (hash: string) => `transaction ${hash}`,
} as const;
