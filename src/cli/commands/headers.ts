import { join } from "node:path";
import { collectHeaders } from "../../chain/collectHeaders.ts";
import { ProtocolError } from "../../core/errors.ts";
import { bundleSuffix, type EvidenceBundle, parseBundle } from "../../core/evidence/bundle.ts";
import { type HeadersFile, headersFormat, nodeHost, serializeHeadersFile } from "../../core/evidence/headersFile.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import type { Texts } from "../../core/text/texts.ts";
import { formatTime } from "../../core/text/units.ts";
import { readBundleText } from "../bundleText.ts";
import { defineCommand } from "../command.ts";
import { namesIn, statFile, writeNew } from "../files.ts";
import { usageInvalid } from "../problems.ts";

const HELP = "holdfast headers";
const EXAMPLE_RPC = "https://rpc.example";

/** What a reader of the file must know, as codes that programs match on. */
type Warning = "one-node" | "not-finalized";

export const headers = defineCommand({
  text: ({ command }) => command.headers,
  usage: "--rpc URL... (BUNDLE... | --block N...) --out FILE",
  examples: [
    "holdfast headers --rpc https://one.example/KEY --rpc https://two.example evidence/ --out headers.json",
    "holdfast headers --rpc https://one.example --rpc https://two.example --block 1010 --block 1020 --out headers.json",
    "holdfast verify evidence/ --trusted-headers headers.json",
  ],
  options: {
    rpc: { type: "string", value: "URL", multiple: true },
    block: { type: "string", value: "N", multiple: true },
    out: { type: "string", value: "FILE" },
  },
  positionals: [0, 1_000],
  run: async ({ values, positionals }, { now, signal, texts }) => {
    const rpcUrls = parseUrls(values.rpc ?? []);
    const stated = (values.block ?? []).map(parseNumber);
    const { out } = values;
    if (out === undefined) throw usageInvalid(HELP, "output-missing");
    if (positionals.length + stated.length === 0) throw usageInvalid(HELP, "blocks-missing");
    if ((await statFile(out)) !== undefined) throw new ProtocolError("file-exists", { path: out });
    const bundles = await readBundles(positionals);
    const chains = [...new Set(bundles.map(({ anchor }) => anchor.chainId))];
    if (chains.length > 1) throw usageInvalid(HELP, "bundles-of-several-chains", { chains: chains.join(", ") });

    const named = bundles.flatMap(({ anchor, record }) => [anchor.blockNumber, record.beaconBlock]);
    const agreed = await collectHeaders(rpcUrls, [...named, ...stated], { chainId: chains[0] });
    signal.throwIfAborted();
    const file: HeadersFile = { format: headersFormat, collectedAt: now(), ...agreed };
    await writeNew(out, serializeHeadersFile(file));
    const warnings = warningsAbout(file);
    return { text: summaryOf(file, { out, warnings, texts }), json: { file: out, ...file, warnings } };
  },
});

const warningsAbout = ({ sources, blocks }: HeadersFile): Warning[] => [
  ...(sources.length === 1 ? (["one-node"] as const) : []),
  ...(blocks.every(({ finalized }) => finalized) ? [] : (["not-finalized"] as const)),
];

const summaryOf = (
  { chainId, sources, blocks }: HeadersFile,
  { out, warnings, texts }: Readonly<{ out: string; warnings: readonly Warning[]; texts: Texts }>,
): string => {
  const words = texts.command.headers;
  return [
    words.collected(chainId, sources.join(texts.report.listSeparator)),
    ...blocks.map(({ number, hash, time, finalized }) =>
      [`  ${number}`, formatTime(time), hash, ...(finalized ? [] : [words.notFinal])].join("  "),
    ),
    ...warnings.map((warning) => words.warning[warning]),
    texts.outcome.writtenTo(escapeInvisible(out)),
    words.keep,
  ].join("\n");
};

/** No message names an address: it may hold a key. */
const parseUrls = (urls: readonly string[]): readonly string[] => {
  if (urls.length === 0) throw usageInvalid(HELP, "node-missing");
  for (const url of urls) {
    const { protocol, host } = URL.canParse(url) ? new URL(url) : { protocol: "", host: "" };
    if (!/^(https?|wss?):$/.test(protocol) || !nodeHost.min(1).safeParse(host).success) {
      throw usageInvalid(HELP, "rpc-address-malformed", { example: EXAMPLE_RPC });
    }
  }
  return urls;
};

const parseNumber = (text: string): number => {
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) throw usageInvalid(HELP, "block-option-malformed");
  return Number(text);
};

/** Bundles by their paths; a directory stands for all that it holds. */
const readBundles = async (paths: readonly string[]): Promise<EvidenceBundle[]> => {
  const bundles: EvidenceBundle[] = [];
  for (const path of paths) {
    const isFolder = (await statFile(path))?.isDirectory() ?? false;
    for (const one of isFolder ? await bundlesIn(path) : [path]) bundles.push(await readBundle(one));
  }
  return bundles;
};

const bundlesIn = async (folder: string): Promise<string[]> => {
  const names = (await namesIn(folder)).filter((name) => name.endsWith(bundleSuffix)).sort();
  if (names.length === 0) throw usageInvalid(HELP, "bundles-missing", { path: folder });
  return names.map((name) => join(folder, name));
};

const readBundle = async (path: string): Promise<EvidenceBundle> => {
  const bundle = await readBundleText(path);
  try {
    if ("why" in bundle) throw new ProtocolError(bundle.why);
    return parseBundle(bundle.text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(error.code, { ...error.details, file: path }, { cause: error });
  }
};
