import { describe, it } from "node:test";
import { expect } from "chai";
import { errorCodes } from "../../../src/core/errors.ts";
import { languages } from "../../../src/core/text/language.ts";
import { errorMessages, messageOf, titleOf } from "../../../src/core/text/messages.ts";

describe("messages", () => {
  it("exist for every code in every language, and for nothing else", () => {
    expect(Object.keys(errorMessages).toSorted()).deep.equal([...errorCodes].toSorted());
    for (const code of errorCodes) {
      for (const language of languages) expect(errorMessages[code][language].trim(), code).not.equal("");
    }
  });

  it("say what happened in a first sentence without values, then what to do", () => {
    for (const code of errorCodes) {
      for (const language of languages) {
        const title = titleOf(code, language);
        expect(title.length, `${code} ${language}`).within(3, 90);
        expect(title, `${code} ${language}`).not.match(/[{}]/);
        expect(errorMessages[code][language].length, `${code} ${language}`).greaterThan(title.length + 5);
      }
    }
  });

  it("name the same details in both languages", () => {
    const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).toSorted();
    for (const code of errorCodes) {
      expect(namesIn(errorMessages[code].zh), code).deep.equal(namesIn(errorMessages[code].en));
    }
  });

  it("are Chinese where they say so", () => {
    for (const code of errorCodes) expect(errorMessages[code].zh, code).match(/^\p{Script=Han}/u);
  });

  it("fill details in, and mark what is not known", () => {
    const text = messageOf("coverage-exceeds-bond", { coverage: "501" }, "en");
    expect(text).contain("501 is promised and ? is free");
  });
});
