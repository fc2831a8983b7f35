// Writes the offline page of src/web/verifier as one file, src/web/verifier.html, and its digest, docs/verifier.sha256.
// The same sources give the same bytes, so that the digest can be published; CI writes both anew and compares.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { fillShell, pageDigest, policyDigest } from "../src/web/verifier/shell.ts";

const root = join(import.meta.dirname, "..");
const sources = join(root, "src/web/verifier");
/** Browsers of two years ago. */
const target = ["chrome128", "firefox128", "safari17.4"];

const read = (name: string) => readFileSync(join(sources, name), "utf8");

/** A program in one piece, without imports. */
const bundle = async (entry: string, define: Readonly<Record<string, string>>): Promise<string> => {
  const built = (await build({
    root: sources,
    configFile: false,
    logLevel: "error",
    define,
    build: {
      target,
      write: false,
      minify: true,
      modulePreload: false,
      lib: { entry: join(sources, entry), formats: ["iife"], name: "holdfast", fileName: "page" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput[];
  const chunks = built.flatMap(({ output }) => output).filter((part) => part.type === "chunk");
  const [chunk, ...rest] = chunks;
  if (chunk === undefined || rest.length > 0) throw new Error(`${entry} was built into ${chunks.length} pieces`);
  // Either would end the element that the program stands in, or begin a comment there.
  return chunk.code.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
};

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const shell = read("shell.html");
const style = read("style.css").replaceAll(/\s+/g, " ").trim();
const script = await bundle("main.ts", {
  __SHELL__: JSON.stringify(shell),
  __DIGEST_WORKER__: JSON.stringify(await bundle("digestWorker.ts", {})),
  __VERSION__: JSON.stringify(version),
});

const page = fillShell({ shell, style, script }, { style: policyDigest(style), script: policyDigest(script) });
const digest = pageDigest({ shell, style, script });
writeFileSync(join(root, "src/web/verifier.html"), page);
// In the form that `sha256sum --check` reads: the published digest.
writeFileSync(join(root, "docs/verifier.sha256"), `${digest}  src/web/verifier.html\n`);
console.log(`src/web/verifier.html: ${page.length} characters, SHA-256 ${digest}`);
