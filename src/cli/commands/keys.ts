import { dirname } from "node:path";
import { getAddress } from "viem";
import * as z from "zod";
import { createKeystore } from "../../chain/keystore.ts";
import { ProtocolError } from "../../core/errors.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { createIdentityFile, parseIdentity } from "../ageIdentity.ts";
import { defineCommand, defineGroup } from "../command.ts";
import { fileError, readText, statFile } from "../files.ts";
import { askPassword } from "../password.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const requireOut = (out: string | undefined, help: string) => {
  if (out === undefined)
    throw new ProtocolError("usage-invalid", { problem: "Say where to write it: --out FILE.", help });
  return out;
};

const requireFree = async (path: string) => {
  if ((await statFile(path)) !== undefined) throw new ProtocolError("file-exists", { path });
  if ((await statFile(dirname(path))) === undefined) {
    throw new ProtocolError("file-unwritable", { path, reason: "its directory is not there" });
  }
};

const createWallet = defineCommand({
  summary: "make a wallet key in an encrypted file",
  usage: "--out FILE",
  about: [
    "Makes a random key and writes it encrypted (Web3 Secret Storage, version 3), readable by you alone. With it you",
    "sign deals, intents, evidence and determinations. Other wallets can import the file. Whoever has the file and the",
    "password is you; if you lose either, nobody can restore it, so keep a copy of both, apart from each other.",
  ].join("\n"),
  examples: [
    ["holdfast keys new --out buyer.json", "asks for a password twice and prints the address"],
    ["holdfast keys new --out buyer.json --password-file secret.txt --json", "for scripts"],
  ],
  options: {
    out: { type: "string", value: "FILE", about: "the new file; it must not exist" },
    "password-file": walletOptions["password-file"],
  },
  positionals: [0, 0],
  run: async ({ values }, { signal }) => {
    const path = requireOut(values.out, "holdfast keys new");
    await requireFree(path);
    const passwordFile = values["password-file"];
    const password = await askPassword({ passwordFile, prompt: "New password", isNew: true, signal });
    try {
      const { address } = createKeystore(path, password);
      return {
        text: `Address   ${address}\nKeystore  ${escapeInvisible(path)}\nKeep a copy of the file and of the password, apart from each other.`,
        json: { address, file: path },
      };
    } catch (error) {
      throw fileError(error, path, "write");
    }
  },
});

const createEncryption = defineCommand({
  summary: "make a key that opens evidence encrypted for you",
  usage: "--out FILE",
  about: [
    "Makes a random age X25519 key. Give the public key (age1...) to whoever files evidence that you must be able to",
    "read: parties, arbitrators, a court. The file is not encrypted; it is readable by you alone and works with the",
    "stock tool: age -d -i FILE. If it is lost, what was encrypted only for it stays closed forever.",
  ].join("\n"),
  examples: [["holdfast keys encryption --out reader.txt", "prints the public key that you hand out"]],
  options: { out: { type: "string", value: "FILE", about: "the new file; it must not exist" } },
  positionals: [0, 0],
  run: async ({ values }) => {
    const path = requireOut(values.out, "holdfast keys encryption");
    const { recipient } = await createIdentityFile(path);
    return {
      text: `Public key  ${recipient}\nKey file    ${escapeInvisible(path)}\nHand out the public key; keep the file, and a copy of it, to yourself.`,
      json: { recipient, file: path },
    };
  },
});

const namedKeystore = z.object({ version: z.literal(3), address: z.string().regex(/^(0x)?[0-9a-fA-F]{40}$/) });

const show = defineCommand({
  summary: "say which address or public key a key file has",
  usage: "FILE",
  about: [
    "Tells what a key file is for, without showing the key. The address of a keystore is read from the file as it",
    "states it; with --check the password is asked for and the address is that of the key itself.",
  ].join("\n"),
  examples: [
    ["holdfast keys show buyer.json", "the address that you give to the other side"],
    ["holdfast keys show buyer.json --check", "does my password still open it?"],
    ["holdfast keys show reader.txt", "the public key that evidence is encrypted for"],
  ],
  options: {
    check: { type: "boolean", about: "open the keystore with its password" },
    "password-file": walletOptions["password-file"],
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { signal }) => {
    const text = await readText(path);
    const identity = await parseIdentity(text);
    if (identity !== undefined) {
      const { recipient } = identity;
      return { text: `Public key  ${recipient}`, json: { kind: "encryption", recipient, file: path } };
    }
    if (values.check === true || values["password-file"] !== undefined) {
      const { address } = await openWallet({ ...values, keystore: path }, { signal, help: "holdfast keys show" });
      return {
        text: `Address  ${address}\nThe password opens it.`,
        json: { kind: "wallet", address, isChecked: true, file: path },
      };
    }
    const stated = namedKeystore.safeParse(parseJson(text));
    if (!stated.success) throw new ProtocolError("keystore-unreadable", { path });
    const address = getAddress(`0x${stated.data.address.replace(/^0x/, "")}`);
    return {
      text: `Address  ${address}\nAs the file states it; --check opens it with the password.`,
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
  summary: "make and look at keys",
  about: [
    "A person needs two keys. A wallet key signs: deals, intents, evidence, determinations. An encryption key opens",
    "evidence that others encrypted for you. Both are random; neither is derived from the other.",
  ].join("\n"),
  commands: { new: createWallet, encryption: createEncryption, show },
});
