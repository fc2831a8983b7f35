import { mkdir } from "node:fs/promises";
import type { Hex } from "viem";
import { createChain, requireChain } from "../../chain/client.ts";
import { ProtocolError } from "../../core/errors.ts";
import { bytes32 } from "../../core/fields.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { wrapContentKey } from "../../sdk/contentKey.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { readDeal } from "../dealFile.ts";
import { fileAll } from "../fileEvidence.ts";
import { fileError, readText, statFile } from "../files.ts";
import { formatTime, parseDuration } from "../units.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast evidence add";

export const evidenceAdd = defineCommand({
  summary: "encrypt, store, sign and anchor files, and write the bundle that proves each",
  usage: "FILE... --deal ID|FILE|none --recipients AGE... --keystore FILE --url URL --rpc URL --out DIR",
  about: [
    "Files evidence in a dispute, or before there is one: photographs, contracts, chats, videos of any size. Each file is",
    "encrypted here, for the recipients only; the relayer stores ciphertext. You sign a record of it with your wallet,",
    "which names a recent block, and the record is anchored on chain: together they say between which two moments you had",
    "exactly this file. DIR/FILE.evidence.json is the bundle for the court; keep it with the file. When it is interrupted,",
    "run the same command again: files that are done are skipped, others go on. The chain's node (--rpc) is yours to",
    "choose, because the relayer is not trusted to say what the chain says.",
  ].join("\n"),
  examples: [
    [
      "holdfast evidence add photo.jpg chat.txt --deal deal.json --recipients reader.txt,age1xyz... --keystore buyer.json --url http://127.0.0.1:8787 --rpc http://127.0.0.1:8545 --out evidence",
      "two files for a deal, readable by yourself and one more",
    ],
    [
      'holdfast evidence add video.mp4 --deal 0x5f... --purpose "unpacking the parcel" --captured-at 2026-11-20T10:00:00Z ...',
      "with what you state about it; each fact can later be shown or kept back",
    ],
  ],
  options: {
    deal: { type: "string", value: "ID|FILE|none", about: "the deal it belongs to, or none" },
    recipients: {
      type: "string",
      value: "LIST",
      about: "who can open it: age public keys or files with them, separated by commas; do not forget yourself",
      multiple: true,
    },
    out: { type: "string", value: "DIR", about: "where bundles go; made if needed" },
    url: urlOption,
    rpc: { type: "string", value: "URL", about: "a node of the chain" },
    ...walletOptions,
    purpose: { type: "string", value: "TEXT", about: "what it is to show" },
    "captured-at": { type: "string", value: "TIME", about: "when it was taken, as you state it" },
    device: { type: "string", value: "TEXT", about: "with what" },
    method: { type: "string", value: "TEXT", about: "how" },
    place: { type: "string", value: "TEXT", about: "where" },
    collector: { type: "string", value: "TEXT", about: "by whom" },
    "valid-for": {
      type: "string",
      value: "DURATION",
      about: "how long the record may wait for its anchor; 1d unless given",
    },
  },
  positionals: [1, 1_000],
  run: async ({ values, positionals }, context) => {
    const { signal } = context;
    const client = connect(values.url, HELP);
    const outDir = required(values.out, "--out DIR");
    const rpcUrl = required(values.rpc, "--rpc URL");
    const dealId = await parseDeal(required(values.deal, "--deal ID, a deal file, or none"));
    const validFor = parseDuration(values["valid-for"] ?? "1d", "--valid-for");
    const recipients = await parseRecipients(values.recipients ?? []);
    const wallet = await openWallet(values, { signal, help: HELP });

    const { chainId } = await client.readConfig({ signal });
    const chain = createChain({ rpcUrls: [rpcUrl], chainId });
    try {
      await requireChain(chain);
      await makeDir(outDir);
      const files = await fileAll(positionals, {
        client,
        chain,
        wallet,
        recipients,
        dealId,
        meta: stated(values),
        outDir,
        validFor,
        gateways: [new URL(values.url ?? "").origin],
        context,
      });
      const rows = files.map(({ file, bundle, anchoredAt, isOld }) =>
        isOld
          ? `${escapeInvisible(file)}: filed before, ${escapeInvisible(bundle)}`
          : `${escapeInvisible(file)}: existed before ${formatTime(anchoredAt)}, ${escapeInvisible(bundle)}`,
      );
      return {
        text: [...rows, "Check it offline: holdfast verify FILE BUNDLE"].join("\n"),
        json: { deal: dealId, files },
      };
    } finally {
      chain.close();
    }
  },
});

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw new ProtocolError("usage-invalid", { problem: `Give ${option}.`, help: HELP });
  return value;
};

const parseDeal = async (text: string): Promise<Hex | null> => {
  if (text === "none") return null;
  const id = bytes32.safeParse(text);
  return id.success ? id.data : (await readDeal(text)).id;
};

/** Public keys as they are, and those in files: a list of them, or a key file, whose comment states its public key. */
const parseRecipients = async (lists: readonly string[]): Promise<string[]> => {
  const recipients: string[] = [];
  for (const item of lists.flatMap((list) => list.split(",")).filter((part) => part !== "")) {
    if (!item.startsWith("age1") && (await statFile(item)) !== undefined) {
      recipients.push(...((await readText(item)).match(/\bage1[a-z0-9]{58}\b/g) ?? [item]));
    } else recipients.push(item);
  }
  if (recipients.length === 0) {
    throw new ProtocolError("usage-invalid", {
      problem: "Say who can open the files: --recipients age1...; without one nobody ever could.",
      help: HELP,
    });
  }
  // Refuses what is no public key before a password is asked for and a file is read.
  await wrapContentKey(new Uint8Array(), recipients);
  return [...new Set(recipients)];
};

const stated = (values: {
  purpose?: string;
  "captured-at"?: string;
  device?: string;
  method?: string;
  place?: string;
  collector?: string;
}) =>
  Object.fromEntries(
    Object.entries({
      purpose: values.purpose,
      capturedAt: values["captured-at"],
      device: values.device,
      method: values.method,
      place: values.place,
      collector: values.collector,
    }).filter(([, value]) => value !== undefined),
  );

const makeDir = async (dir: string) => {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    throw fileError(error, dir, "write");
  }
};
