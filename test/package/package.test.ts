import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { build, type OutputFile } from "esbuild";
import { toHex } from "viem";
import { entries } from "../../scripts/packageEntries.ts";
import { termsToJson, termsTypedData } from "../../src/core/deal/terms.ts";
import { serializeBundle } from "../../src/core/evidence/bundle.ts";
import { actors } from "../fixtures/deployment.ts";
import { bundleOfPhoto, filePhoto, photo } from "../fixtures/evidence.ts";
import { type Service, startService } from "../fixtures/service.ts";

const root = join(import.meta.dirname, "..", "..");
const localUrl = "http://127.0.0.1:8787";

type Run = Readonly<{ exitCode: number | null; stdout: string; stderr: string }>;

const run = (cwd: string, env: Readonly<Record<string, string>>, command: string, ...args: readonly string[]) =>
  new Promise<Run>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });

const succeed = async (...command: Parameters<typeof run>) => {
  const ended = await run(...command);
  expect(ended.exitCode, `${command.slice(2).join(" ")}\n${ended.stdout}${ended.stderr}`).equal(0);
  return ended;
};

/** The blocks of TypeScript of a page, under the names that it gives them. */
const blocksOf = (page: string) =>
  new Map([...page.matchAll(/^```ts (\w+\.ts)\n([\s\S]*?)^```$/gm)].map(([, name = "", text = ""]) => [name, text]));

describe("the npm package", () => {
  let dir: string;
  let packed: readonly string[];
  let blocks: ReadonlyMap<string, string>;

  const inProject = (command: string, ...args: readonly string[]) => run(dir, {}, command, ...args);

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-package-"));
    await succeed(root, {}, process.execPath, "scripts/build-package.ts");
    // The build is the step above: `prepack` would first install into the checkout that runs this test.
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", dir];
    const { stdout } = await succeed(root, {}, "npm", ...pack);
    const [tarball] = JSON.parse(stdout) as readonly { filename: string; files: readonly { path: string }[] }[];
    packed = tarball?.files.map(({ path }) => path) ?? [];
    await writeFile(join(dir, "package.json"), JSON.stringify({ name: "shop", private: true, type: "module" }));
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball?.filename ?? ""];
    await succeed(dir, {}, "npm", ...install);
    blocks = blocksOf(await readFile(join(root, "docs", "sdk.md"), "utf8"));
    await writeFile(join(dir, "verify.ts"), blocks.get("verify.ts") ?? "");
    await writeFile(join(dir, "photo.jpg"), photo);
    await writeFile(join(dir, "photo.jpg.evidence.json"), serializeBundle(await bundleOfPhoto(await filePhoto())));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it("is built before it is packed", async () => {
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      scripts: Readonly<Record<string, string>>;
    };
    expect(manifest.scripts.prepack).match(/ && node scripts\/build-package\.ts$/);
    expect(Object.keys(manifest.scripts)).not.include.members(["prepare", "postinstall", "install"]);
  });

  it("holds JavaScript, declarations and source maps, and no server", () => {
    const inDist = packed.filter((path) => path.startsWith("dist/"));
    expect(packed.filter((path) => !path.startsWith("dist/")).sort()).deep.equal([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
    expect(inDist.filter((path) => !/\.(?:js|js\.map|d\.ts)$/.test(path))).deep.equal(["dist/web/verifier.html"]);
    const scripts = inDist.filter((path) => path.endsWith(".js"));
    expect(scripts.length).greaterThan(100);
    for (const script of scripts) expect(packed).include.members([`${script}.map`, script.replace(/js$/, "d.ts")]);
    expect(inDist.filter((path) => /^dist\/(?:db|relayer|api|devnet)\//.test(path))).deep.equal([]);
  });

  it("gives every entry what test/vectors/exports.json lists", async () => {
    const known = JSON.parse(await readFile(join(root, "test/vectors/exports.json"), "utf8")) as Record<
      string,
      string[]
    >;
    const names = entries.map(({ name }) => name);
    const program = `
      const names = ${JSON.stringify(names)};
      const keys = names.map(async (name) => [name, Object.keys(await import(name))]);
      console.log(JSON.stringify(Object.fromEntries(await Promise.all(keys))));`;
    const { stdout } = await succeed(dir, {}, process.execPath, "--input-type=module", "--eval", program);
    const found = JSON.parse(stdout) as Record<string, string[]>;
    for (const name of names) {
      expect(found[name], name).have.members((known[name] ?? []).filter((one) => !one.startsWith("type ")));
    }
  });

  it("verifies a bundle as docs/sdk.md shows", async () => {
    const { stdout } = await succeed(dir, {}, process.execPath, "verify.ts");
    expect(stdout.trimEnd().split("\n").slice(-2)).deep.equal(["verified", "stated"]);
    expect(stdout).include("example 1.0");
  });

  it("verifies a bundle on the command line, with the exit code of the verdict", async () => {
    // The fixtures' chain lies ahead of the computer's clock.
    const clock = ["--clock", "2027-01-15T09:00:00Z"];
    const verified = await inProject("npx", "--no", "holdfast", "verify", "photo.jpg", ...clock);
    expect(verified.exitCode, verified.stderr).equal(4);
    await writeFile(join(dir, "other.jpg"), photo.subarray(1));
    const refuted = await inProject(
      "npx",
      "--no",
      "holdfast",
      "verify",
      "other.jpg",
      "photo.jpg.evidence.json",
      ...clock,
    );
    expect(refuted.exitCode, refuted.stderr).equal(1);
  });

  it("says of dev and relayer that they need a checkout, and does not list them", async () => {
    for (const word of ["deploy", "dev", "relayer"]) {
      const { exitCode, stdout } = await inProject("npx", "--no", "holdfast", word, "--json");
      expect(exitCode).equal(64);
      expect((JSON.parse(stdout) as { error: { message: string } }).error.message).include("a checkout");
    }
    const { stdout } = await inProject("npx", "--no", "--", "holdfast", "--help");
    expect(stdout).include("  verify ");
    expect(stdout).not.match(/^ {2}(?:dev|relayer|holdfast dev) /m);
  });

  it("is bundled for a browser in the sizes that docs/sdk.md states, with age in a file of its own", async () => {
    const bundle = (splitting: boolean) =>
      build({
        stdin: { contents: 'export { createClient, fileEvidence } from "holdfast";', resolveDir: dir },
        bundle: true,
        minify: true,
        splitting,
        format: "esm",
        platform: "browser",
        outdir: join(dir, "bundle"),
        metafile: true,
        write: false,
        logLevel: "silent",
      });
    const whole = await bundle(false);
    expect(sizeOf(whole.outputFiles)).lessThan(142_000);

    const { outputFiles, metafile } = await bundle(true);
    const outputs = Object.entries(metafile.outputs);
    const page = outputs.find(([, { entryPoint }]) => entryPoint === "<stdin>");
    const first = new Set([page?.[0] ?? ""]);
    for (const file of first) {
      for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
        if (kind === "import-statement") first.add(path);
      }
    }
    const names = [...first].map((path) => basename(path));
    expect(sizeOf(outputFiles.filter(({ path }) => names.includes(basename(path))))).lessThan(110_000);
    const inputs = [...first].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
    expect(inputs.filter((path) => path.includes("node_modules/zod/"))).not.deep.equal([]);
    expect(inputs.filter((path) => path.includes("node_modules/age-encryption/"))).deep.equal([]);
  });

  describe("with a relayer", () => {
    let service: Service;
    before(async () => {
      service = await startService();
    });
    after(() => service.stop());

    /** A project's folder with a program of a page, terms of its own and money for the buyer. */
    const fund = async (folder: string, program: string) => {
      const price = 250_000_000n;
      const terms = await service.deployment.termsOf({ token: service.deployment.stablecoin, price, deposit: price });
      await service.deployment.giveStablecoin(actors.buyer, price);
      await mkdir(join(dir, folder));
      const sellerSignature = await actors.seller.signTypedData(termsTypedData(terms, service.deployment.domain));
      await writeFile(join(dir, folder, "deal.json"), JSON.stringify({ terms: termsToJson(terms), sellerSignature }));
      await writeFile(join(dir, folder, "terms.ts"), blocks.get("terms.ts") ?? "");
      await writeFile(join(dir, folder, "fund.ts"), program.replaceAll(localUrl, service.url));
      const buyerKey = toHex(actors.buyer.getHdKey().privateKey ?? new Uint8Array());
      return run(join(dir, folder), { BUYER_KEY: buyerKey }, process.execPath, "fund.ts");
    };

    it("funds a deal as docs/sdk.md shows", async () => {
      const { exitCode, stdout, stderr } = await fund("guide", blocks.get("fund.ts") ?? "");
      expect(exitCode, stderr).equal(0);
      expect(stdout.trim()).equal("funded 250000000n");
    });

    it("funds a deal as the README shows", async () => {
      const readme = await readFile(join(root, "README.md"), "utf8");
      const [, program = ""] = /^```ts\n([\s\S]*?from "holdfast";[\s\S]*?)^```$/m.exec(readme) ?? [];
      const { exitCode, stdout, stderr } = await fund("readme", program);
      expect(exitCode, stderr).equal(0);
      expect(stdout).include("250000000n");
    });

    it("type-checks the programs of docs/sdk.md against the declarations of the package", async () => {
      const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
      const types = ["--types", "node", "--typeRoots", join(root, "node_modules", "@types")];
      const modules = ["--module", "nodenext", "--target", "es2022", "--allowImportingTsExtensions"];
      const strict = ["--noEmit", "--strict", "--skipLibCheck"];
      await writeFile(join(dir, "guide", "ship.ts"), blocks.get("ship.ts") ?? "");
      const files = ["verify.ts", "guide/fund.ts", "guide/ship.ts"];
      await succeed(dir, {}, process.execPath, compiler, ...strict, ...modules, ...types, ...files);
    });
  });
});

const sizeOf = (files: readonly OutputFile[]) =>
  files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
