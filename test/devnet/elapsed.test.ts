import { describe, it } from "node:test";
import { expect } from "chai";
import { sayElapsed } from "../../src/devnet/elapsed.ts";

const compiling = (seconds: number) => `Compiling: ${seconds} s`;

describe("sayElapsed", () => {
  it("says again and again for how long a step has been at work, and gives what came of it", async () => {
    const lines: string[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    const say = (line: string) => {
      lines.push(line);
      if (lines.length === 2) resolve("done");
    };
    expect(await sayElapsed(compiling, promise, { onProgress: say, everyMs: 1 })).to.equal("done");
    for (const line of lines) expect(line).to.match(/^Compiling: \d+ s$/);
  });

  it("passes a failure on", async () => {
    const failure = new Error("no");
    const error = await sayElapsed(compiling, Promise.reject(failure), { onProgress: () => {} }).catch(
      (reason) => reason,
    );
    expect(error).to.equal(failure);
  });
});
