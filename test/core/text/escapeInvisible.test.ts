import { describe, it } from "node:test";
import { expect } from "chai";
import { escapeInvisible } from "../../../src/core/text/escapeInvisible.ts";

describe("visible", () => {
  it("shows what would end a line, command a terminal, turn the reading direction or hide", () => {
    expect(escapeInvisible("a\r\nb\u2028\u2029\u0085")).to.equal("a\\u{d}\\u{a}b\\u{2028}\\u{2029}\\u{85}");
    expect(escapeInvisible("\u001b[2J\u009b")).to.equal("\\u{1b}[2J\\u{9b}");
    expect(escapeInvisible("\u202egpj.exe\u2066\u061c")).to.equal("\\u{202e}gpj.exe\\u{2066}\\u{61c}");
    expect(escapeInvisible("pho\u200bto\ufeff\u{e0041}")).to.equal("pho\\u{200b}to\\u{feff}\\u{e0041}");
  });

  it("leaves every script as it is", () => {
    for (const text of ["沙发 scratch.jpg", "نامه\u200cها", "👩\u200d🔧", "café"])
      expect(escapeInvisible(text)).to.equal(text);
  });
});
