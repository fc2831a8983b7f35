import { describe, it } from "node:test";
import { expect } from "chai";
import { digestFile } from "../../src/core/evidence/digest.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { createNodeDigester } from "../../src/sdk/nodeDigester.ts";
import { photo, streamOf } from "../fixtures/evidence.ts";
import vectors from "../vectors/evidence.json" with { type: "json" };

describe("createNodeDigester", () => {
  it("agrees with the portable digester", async () => {
    const options = { createDigester: createNodeDigester };
    expect(await digestFile(streamOf(photo, 777), options)).to.deep.equal(await digestFile(streamOf(photo)));
  });

  it("verifies what the portable digester filed", async () => {
    const text = vectors.bundles.good[0]!.text;
    const { verdict } = await verifyBundle(text, { file: streamOf(photo), createDigester: createNodeDigester });
    expect(verdict.status).to.equal("verified");
  });
});
