import { describe, it } from "node:test";
import { expect } from "chai";
import { pairGathered } from "../../../src/web/verifier/pairing.ts";

const gathered = (...paths: string[]) => {
  const { pairs, unpaired } = pairGathered(
    paths.map((path) => ({
      path,
      size: 0,
      async *read() {},
    })),
  );
  return {
    pairs: pairs.map(({ bundle, file }) => [bundle.path, file?.path ?? null]),
    unpaired: unpaired.map(({ file, why }) => [file.path, why]),
  };
};

describe("pairGathered", () => {
  it("pairs what lies side by side, in the order of the paths", () => {
    const { pairs, unpaired } = gathered(
      "c/b.jpg.evidence.json",
      "c/b.jpg",
      "c/a.jpg",
      "c/a.jpg.evidence.json",
      "n.txt",
    );
    expect(pairs).to.deep.equal([
      ["c/a.jpg.evidence.json", "c/a.jpg"],
      ["c/b.jpg.evidence.json", "c/b.jpg"],
    ]);
    expect(unpaired).to.deep.equal([["n.txt", "without-bundle"]]);
  });

  it("pairs across folders by the name, where one file only has it", () => {
    expect(gathered("files/a.jpg", "proofs/a.jpg.evidence.json", "files/b.jpg").pairs).to.deep.equal([
      ["proofs/a.jpg.evidence.json", "files/a.jpg"],
    ]);
    const several = gathered("one/a.jpg", "two/a.jpg", "proofs/a.jpg.evidence.json");
    expect(several.pairs).to.deep.equal([["proofs/a.jpg.evidence.json", null]]);
    expect(several.unpaired.map(([, why]) => why)).to.deep.equal(["bundle-ambiguous", "bundle-ambiguous"]);
  });

  it("pairs one file with one bundle whatever they are called", () => {
    expect(gathered("renamed.bin", "a.jpg.evidence.json").pairs).to.deep.equal([
      ["a.jpg.evidence.json", "renamed.bin"],
    ]);
  });

  it("knows the parts of a dossier, and only where its list is", () => {
    const { unpaired } = gathered(
      "d.zip/index.html",
      "d.zip/dossier.json",
      "d.zip/e/a.jpg.evidence.json",
      "d.zip/e/index.html",
    );
    expect(unpaired).to.deep.equal([
      ["d.zip/dossier.json", "dossier-part"],
      ["d.zip/e/index.html", "without-bundle"],
      ["d.zip/index.html", "dossier-part"],
    ]);
  });

  it("passes over what file managers leave behind", () => {
    expect(gathered("a.jpg", "a.jpg.evidence.json", ".DS_Store", "__MACOSX/a.jpg")).to.deep.equal({
      pairs: [["a.jpg.evidence.json", "a.jpg"]],
      unpaired: [],
    });
  });
});
