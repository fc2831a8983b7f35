import { createCipheriv, createDecipheriv, randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { bytesToHex, concat, type Hex, hexToBytes, isHex, keccak256, size } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import * as z from "zod";
import { ProtocolError } from "../core/errors.ts";

const bareHex = z.string().regex(/^([0-9a-fA-F]{2})+$/);

/** Web3 Secret Storage, version 3, as geth and most wallets write it: scrypt and AES-128-CTR. */
const keystoreSchema = z.object({
  version: z.literal(3),
  crypto: z.object({
    cipher: z.literal("aes-128-ctr"),
    ciphertext: bareHex,
    cipherparams: z.object({ iv: bareHex }),
    kdf: z.literal("scrypt"),
    kdfparams: z.object({
      n: z
        .int()
        .min(2)
        .max(2 ** 20),
      r: z.int().min(1).max(32),
      p: z.int().min(1).max(16),
      dklen: z.literal(32),
      salt: bareHex,
    }),
    mac: bareHex,
  }),
});

const SCRYPT_MEMORY = 2 ** 31;
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** The account in a keystore file. Throws `keystore-unreadable` or `keystore-password-wrong`. */
export function openKeystore(path: string, password: string): PrivateKeyAccount {
  const { crypto } = readKeystore(path);
  const { n, r, p, salt } = crypto.kdfparams;
  const derived = scryptSync(password, Buffer.from(salt, "hex"), 32, { N: n, r, p, maxmem: SCRYPT_MEMORY });
  const ciphertext = Buffer.from(crypto.ciphertext, "hex");
  const mac = macOf(derived, ciphertext);
  const expected = Buffer.from(crypto.mac, "hex");
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
    throw new ProtocolError("keystore-password-wrong");
  }
  const iv = Buffer.from(crypto.cipherparams.iv, "hex");
  const decipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
  return privateKeyToAccount(bytesToHex(Buffer.concat([decipher.update(ciphertext), decipher.final()])));
}

/** Writes a new key, encrypted, to a file that must not exist, and returns its account. */
export function createKeystore(path: string, password: string): PrivateKeyAccount {
  const key = generatePrivateKey();
  const account = privateKeyToAccount(key);
  const salt = randomBytes(32);
  const iv = randomBytes(16);
  const params = { n: 2 ** 17, r: 8, p: 1 };
  const derived = scryptSync(password, salt, 32, { N: params.n, r: params.r, p: params.p, maxmem: SCRYPT_MEMORY });
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(key)), cipher.final()]);
  const document = {
    version: 3,
    id: randomUUID(),
    address: account.address.slice(2).toLowerCase(),
    crypto: {
      cipher: "aes-128-ctr",
      ciphertext: ciphertext.toString("hex"),
      cipherparams: { iv: iv.toString("hex") },
      kdf: "scrypt",
      kdfparams: { ...params, dklen: 32, salt: salt.toString("hex") },
      mac: macOf(derived, ciphertext).toString("hex"),
    },
  };
  writeNew(path, `${JSON.stringify(document, null, 2)}\n`);
  return account;
}

/**
 * The account of a plain key file that only its owner can read, for chains on which nothing is
 * worth anything; made when it is missing. Throws `key-file-exposed` or `keystore-unreadable`.
 */
export function openDevelopmentKey(path: string): PrivateKeyAccount {
  let text: string;
  try {
    if (process.platform !== "win32" && (statSync(path).mode & OTHERS) !== 0) {
      throw new ProtocolError("key-file-exposed", { path });
    }
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
    text = generatePrivateKey();
    writeNew(path, `${text}\n`);
  }
  if (!isHex(text) || size(text) !== 32) throw new ProtocolError("keystore-unreadable", { path });
  return privateKeyToAccount(text);
}

const readKeystore = (path: string) => {
  try {
    const document = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    // Some wallets write "Crypto".
    return keystoreSchema.parse({ ...document, crypto: document.crypto ?? document.Crypto });
  } catch (error) {
    // The cause would quote the file.
    const reason = error instanceof Error && "code" in error ? String(error.code) : "format";
    throw new ProtocolError("keystore-unreadable", { path, reason });
  }
};

const writeNew = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: OWNER_ONLY, flag: "wx" });
};

const macOf = (derived: Buffer, ciphertext: Buffer) => {
  const message: Hex = concat([bytesToHex(derived.subarray(16, 32)), bytesToHex(ciphertext)]);
  return Buffer.from(hexToBytes(keccak256(message)));
};
