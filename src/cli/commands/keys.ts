import { dirname } from "node:path";
import { getAddress } from "viem";
import * as z from "zod";
import { createKeystore } from "../../chain/keystore.ts";
import { ProtocolError } from "../../core/errors.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { createIdentityFile, parseIdentity } from "../ageIdentity.ts";
import { defineCommand, defineGroup } from "../command.ts";
import { fileError, readText, statFile } from "../files.ts";
import { usageInvalid } from "../problems.ts";
import { columns } from "../terminal/columns.ts";
import { askPassword } from "../terminal/password.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const requireOut = (out: string | undefined, help: string) => {
  if (out === undefined) throw usageInvalid(help, "output-missing");
  return out;
};

const requireFree = async (path: string) => {
  if ((await statFile(path)) !== undefined) throw new ProtocolError("file-exists", { path });
  if ((await statFile(dirname(path))) === undefined) {
    throw new ProtocolError("file-unwritable", { path, problem: "parent-missing" });
  }
};

const createWallet = defineCommand({
  text: ({ command }) => command.keysNew,
  usage: "--out FILE",
  examples: [
    "holdfast keys new --out buyer.json",
    "holdfast keys new --out buyer.json --password-file secret.txt --json",
  ],
  options: {
    out: { type: "string", value: "FILE" },
    "password-file": walletOptions["password-file"],
  },
  positionals: [0, 0],
  run: async ({ values }, { signal, texts }) => {
    const { command, outcome } = texts;
    const path = requireOut(values.out, "holdfast keys new");
    await requireFree(path);
    const passwordFile = values["password-file"];
    const password = await askPassword({
      passwordFile,
      prompt: texts.terminal.newPassword,
      isNew: true,
      signal,
      texts,
    });
    try {
      const { address } = createKeystore(path, password);
      return {
        text: `${columns([
          [outcome.address, address],
          [outcome.keystore, escapeInvisible(path)],
        ])}\n${command.keysNew.keepCopies}`,
        json: { address, file: path },
      };
    } catch (error) {
      throw fileError(error, path, "write");
    }
  },
});

const createEncryption = defineCommand({
  text: ({ command }) => command.keysEncryption,
  usage: "--out FILE",
  examples: ["holdfast keys encryption --out reader.txt"],
  options: { out: { type: "string", value: "FILE" } },
  positionals: [0, 0],
  run: async ({ values }, { texts }) => {
    const { command, outcome } = texts;
    const path = requireOut(values.out, "holdfast keys encryption");
    const { recipient } = await createIdentityFile(path);
    return {
      text: `${columns([
        [outcome.publicKey, recipient],
        [outcome.keyFile, escapeInvisible(path)],
      ])}\n${command.keysEncryption.keepFile}`,
      json: { recipient, file: path },
    };
  },
});

const namedKeystore = z.object({ version: z.literal(3), address: z.string().regex(/^(0x)?[0-9a-fA-F]{40}$/) });

const show = defineCommand({
  text: ({ command }) => command.keysShow,
  usage: "FILE",
  examples: ["holdfast keys show buyer.json", "holdfast keys show buyer.json --check", "holdfast keys show reader.txt"],
  options: {
    check: { type: "boolean" },
    "password-file": walletOptions["password-file"],
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { signal, texts }) => {
    const { command, outcome } = texts;
    const text = await readText(path);
    const identity = await parseIdentity(text);
    if (identity !== undefined) {
      const { recipient } = identity;
      return { text: `${outcome.publicKey}  ${recipient}`, json: { kind: "encryption", recipient, file: path } };
    }
    if (values.check === true || values["password-file"] !== undefined) {
      const { address } = await openWallet(
        { ...values, keystore: path },
        { signal, texts, help: "holdfast keys show" },
      );
      return {
        text: `${outcome.address}  ${address}\n${command.keysShow.passwordOpens}`,
        json: { kind: "wallet", address, isChecked: true, file: path },
      };
    }
    const stated = namedKeystore.safeParse(parseJson(text));
    if (!stated.success) throw new ProtocolError("keystore-unreadable", { path });
    const address = getAddress(`0x${stated.data.address.replace(/^0x/, "")}`);
    return {
      text: `${outcome.address}  ${address}\n${command.keysShow.asStated}`,
      json: { kind: "wallet", address, isChecked: false, file: path },
    };
  },
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const keys = defineGroup({
  text: ({ command }) => command.keys,
  commands: { new: createWallet, encryption: createEncryption, show },
});
