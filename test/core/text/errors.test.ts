import { describe, it } from "node:test";
import { expect } from "chai";
import { errorCodes } from "../../../src/core/errors.ts";
import { errorMessages, messageOf, titleOf } from "../../../src/core/text/errors.ts";
import { languages } from "../../../src/core/text/language.ts";

describe("errors", () => {
  it("exist for every code in every language, and for nothing else", () => {
    for (const language of languages) {
      expect(Object.keys(errorMessages[language]).toSorted()).deep.equal([...errorCodes].toSorted());
      for (const code of errorCodes) expect(errorMessages[language][code].trim(), code).not.equal("");
    }
  });

  it("say what happened in a first sentence without values, then what to do", () => {
    for (const code of errorCodes) {
      for (const language of languages) {
        const title = titleOf(code, language);
        expect(title.length, `${code} ${language}`).within(3, 90);
        expect(title, `${code} ${language}`).not.match(/[{}]/);
        expect(errorMessages[language][code].length, `${code} ${language}`).greaterThan(title.length + 5);
      }
    }
  });

  it("name the same details in both languages", () => {
    const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).toSorted();
    for (const code of errorCodes) {
      expect(namesIn(errorMessages.zh[code]), code).deep.equal(namesIn(errorMessages.en[code]));
    }
  });

  it("are Chinese where they say so", () => {
    for (const code of errorCodes) expect(errorMessages.zh[code], code).match(/^\p{Script=Han}/u);
  });

  it("say times as times, and the problem of a field in the same language", () => {
    expect(messageOf("answer-window-open", { until: 1_800_000_000 }, "zh")).contain("2027-01-15 08:00:00 UTC");
    const details = { path: "threshold", problem: "threshold-above-arbitrators", arbitrators: 3 };
    expect(messageOf("input-invalid", details, "en")).contain("Correct threshold: there are only 3 arbitrators.");
    expect(messageOf("input-invalid", details, "zh")).contain("仲裁员只有 3 名");
  });

  it("fill details in, and leave out the clauses whose details are not known", () => {
    const text = (details: Record<string, string>, language: "en" | "zh") =>
      messageOf("coverage-exceeds-bond", details, language);
    expect(text({ coverage: "501", available: "500" }, "en")).contain(
      "501 is promised and 500 is free: ask the seller",
    );
    expect(text({ coverage: "501" }, "en")).match(/No money moved\. Ask the seller to add to the bond\.$/);
    expect(text({ coverage: "501" }, "zh")).match(/资金未动。请联系卖家补足。$/);
    expect(messageOf("chain-mismatch", {}, "en")).match(/Nothing was sent\. Check the address of the node\.$/);
    expect(messageOf("chain-mismatch", {}, "zh")).match(/未发送任何内容。请检查节点地址。$/);
    expect(messageOf("contract-missing", {}, "en")).match(/Check the chain and the deployment\.$/);
    expect(messageOf("input-invalid", { path: "terms.price" }, "en")).match(/Correct terms\.price\.$/);
    expect(messageOf("config-invalid", {}, "en")).equal("A setting is missing or wrong. Nothing was started.");
  });

  it("are whole sentences also where no detail is known", () => {
    for (const code of errorCodes) {
      for (const language of languages) {
        const text = messageOf(code, {}, language);
        expect(text, code).match(language === "en" ? /^[A-Z].*[^;:,\s]\.$/ : /^\p{Script=Han}.*[^；：，\s]。$/u);
        expect(text, code).not.match(/[?{}？]|[;:,；：，][.。]| {2}|[.] [a-z]/);
        expect(text.length, `${code} ${language}`).greaterThan(titleOf(code, language).length + 2);
      }
    }
  });
});
