import type { PrivateKeyAccount } from "viem/accounts";
import { openKeystore } from "../chain/keystore.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import type { CommandContext } from "./command.ts";
import { requireRegular } from "./files.ts";
import { usageInvalid } from "./problems.ts";
import { askPassword } from "./terminal/password.ts";

/** Options of every command that signs. */
export const walletOptions = {
  keystore: { type: "string", value: "FILE" },
  "password-file": { type: "string", value: "FILE" },
} as const;

type WalletValues = { readonly keystore?: string; readonly "password-file"?: string };

/**
 * The account that the options name. Throws `usage-invalid` if they name none, and as
 * `openKeystore` and `askPassword`.
 */
export async function openWallet(
  values: WalletValues,
  { signal, texts, help }: Pick<CommandContext, "signal" | "texts"> & { readonly help: string },
): Promise<PrivateKeyAccount> {
  const path = values.keystore;
  if (path === undefined) {
    throw usageInvalid(help, "signing-key-missing");
  }
  await requireRegular(path);
  const password = await askPassword({
    passwordFile: values["password-file"],
    texts,
    prompt: texts.terminal.passwordOf(escapeInvisible(path)),
    isNew: false,
    signal,
  });
  return openKeystore(path, password);
}
