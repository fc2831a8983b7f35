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

  it("fill details in, and mark what is not known", () => {
    const text = messageOf("coverage-exceeds-bond", { coverage: "501" }, "en");
    expect(text).contain("501 is promised and ? is free");
  });
});
