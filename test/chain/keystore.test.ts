import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { Wallet } from "ethers";
import { createKeystore, openDevelopmentKey, openKeystore } from "../../src/chain/keystore.ts";
import { type ErrorCode, ProtocolError } from "../../src/core/errors.ts";

const codeOf = (act: () => unknown): ErrorCode | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
};

describe("keystore", () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-keys-"));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("opens what it wrote, and so does ethers, and it opens what ethers wrote", async () => {
    const path = join(dir, "own.json");
    const { address } = createKeystore(path, "password");
    expect(openKeystore(path, "password").address).equal(address);
    expect((await Wallet.fromEncryptedJson(readFileSync(path, "utf8"), "password")).address).equal(address);

    const wallet = Wallet.createRandom();
    const foreign = join(dir, "foreign.json");
    writeFileSync(foreign, await new Wallet(wallet.privateKey).encrypt("other"));
    expect(openKeystore(foreign, "other").address).equal(wallet.address);
  });

  it("refuses a wrong password, a missing file, and a file that is no keystore", () => {
    const path = join(dir, "refused.json");
    createKeystore(path, "password");
    expect(codeOf(() => openKeystore(path, "passwort"))).equal("keystore-password-wrong");
    expect(codeOf(() => openKeystore(join(dir, "none.json"), ""))).equal("keystore-unreadable");
    writeFileSync(join(dir, "bad.json"), '{"version":3}');
    expect(codeOf(() => openKeystore(join(dir, "bad.json"), ""))).equal("keystore-unreadable");
  });

  it("writes keys for their owner only and never over another", () => {
    const path = join(dir, "mode.json");
    createKeystore(path, "password");
    expect(statSync(path).mode & 0o777).equal(0o600);
    expect(() => createKeystore(path, "password")).throw(/EEXIST/);
  });

  it("keeps a development key over restarts and refuses it when others can read it", () => {
    const path = join(dir, "development.key");
    const { address } = openDevelopmentKey(path);
    expect(openDevelopmentKey(path).address).equal(address);
    chmodSync(path, 0o644);
    expect(codeOf(() => openDevelopmentKey(path))).equal("key-file-exposed");
  });
});
