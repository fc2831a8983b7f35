import { generateIdentity, identityToRecipient } from "age-encryption";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";

/** The test mnemonic that every local chain funds; its keys are public and worth nothing. */
const TEST_MNEMONIC = "test test test test test test test test test test test junk";

const ROLES = ["buyer", "seller", "marketplace", "courier"] as const;

/** Index 0 deploys and pays the relayer's gas; the local chain funds 0 to 9. */
const FIRST_INDEX = 1;
const ARBITRATORS = 5;

type Role = (typeof ROLES)[number];

/** Who plays in the demonstration, with wallets, and with one reader's key for the evidence. */
export type Actors = Readonly<Record<Role, HDAccount>> & {
  readonly arbitrators: readonly HDAccount[];
};

export function createActors(): Actors {
  const account = (offset: number) => mnemonicToAccount(TEST_MNEMONIC, { addressIndex: FIRST_INDEX + offset });
  const named = Object.fromEntries(ROLES.map((role, offset) => [role, account(offset)])) as Record<Role, HDAccount>;
  return {
    ...named,
    arbitrators: Array.from({ length: ARBITRATORS }, (_, seat) => account(ROLES.length + seat)),
  };
}

/**
 * An encryption key of the panel: whoever holds `identity` can open what is filed for `recipient`.
 */
export async function createReader(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}
