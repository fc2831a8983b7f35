import { mkdir } from "node:fs/promises";
import { createChain, requireChain } from "../../chain/client.ts";
import { bytes32 } from "../../core/fields.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { formatTime } from "../../core/text/units.ts";
import { wrapContentKey } from "../../sdk/contentKey.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { readDeal } from "../dealFile.ts";
import { type FilingContext, fileAll } from "../fileEvidence.ts";
import { fileError, readText, statFile } from "../files.ts";
import { parseDuration } from "../parseQuantity.ts";
import { usageInvalid } from "../problems.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast evidence add";

export const evidenceAdd = defineCommand({
  text: ({ command }) => command.evidenceAdd,
  usage: "FILE... --deal ID|FILE|none --recipients AGE... --keystore FILE --url URL --rpc URL --out DIR",
  examples: [
    "holdfast evidence add photo.jpg chat.txt --deal deal.json --recipients reader.txt,age1xyz... --keystore buyer.json --url http://127.0.0.1:8787 --rpc http://127.0.0.1:8545 --out evidence",
    'holdfast evidence add video.mp4 --deal 0x5f... --purpose "unpacking the parcel" --captured-at 2026-11-20T10:00:00Z ...',
  ],
  options: {
    deal: { type: "string", value: "ID|FILE|none" },
    recipients: {
      type: "string",
      value: "LIST",
      multiple: true,
    },
    out: { type: "string", value: "DIR" },
    url: urlOption,
    rpc: { type: "string", value: "URL" },
    ...walletOptions,
    purpose: { type: "string", value: "TEXT" },
    "captured-at": { type: "string", value: "TIME" },
    device: { type: "string", value: "TEXT" },
    method: { type: "string", value: "TEXT" },
    place: { type: "string", value: "TEXT" },
    collector: { type: "string", value: "TEXT" },
    "valid-for": { type: "string", value: "DURATION" },
  },
  positionals: [1, 1_000],
  run: async ({ values, positionals }, context) => {
    const { signal, texts } = context;
    const client = connect(values.url, HELP);
    const outDir = required(values.out, "--out DIR");
    const rpcUrl = required(values.rpc, "--rpc URL");
    const { dealId, deal } = await parseDeal(required(values.deal, "--deal ID|FILE|none"));
    const validFor = parseDuration(values["valid-for"] ?? "1d", "--valid-for");
    const recipients = await parseRecipients(values.recipients ?? []);
    const wallet = await openWallet(values, { ...context, help: HELP });

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
        deal,
        meta: stated(values),
        outDir,
        validFor,
        gateways: [new URL(values.url ?? "").origin],
        context,
      });
      const words = texts.command.evidenceAdd;
      const rows = files.map(({ file, bundle, anchoredAt, isOld }) =>
        isOld
          ? words.filedBefore(escapeInvisible(file), escapeInvisible(bundle))
          : words.filed(escapeInvisible(file), formatTime(anchoredAt), escapeInvisible(bundle)),
      );
      return {
        text: [...rows, words.checkOffline].join("\n"),
        json: { deal: dealId, files },
      };
    } finally {
      chain.close();
    }
  },
});

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw usageInvalid(HELP, "option-missing", { option });
  return value;
};

/** The deal of a file goes into the bundles, with its panel; the relayer is asked about an id. */
const parseDeal = async (text: string): Promise<Pick<FilingContext, "dealId" | "deal">> => {
  if (text === "none") return { dealId: null, deal: null };
  const given = bytes32.safeParse(text);
  if (given.success) return { dealId: given.data, deal: undefined };
  const { id, terms, domain, panel } = await readDeal(text);
  return { dealId: id, deal: { terms, escrow: domain.escrow, panel } };
};

/**
 * Public keys as they are, and those in files: a list of them, or a key file, whose comment states
 * its public key.
 */
const parseRecipients = async (lists: readonly string[]): Promise<string[]> => {
  const recipients: string[] = [];
  for (const item of lists.flatMap((list) => list.split(",")).filter((part) => part !== "")) {
    if (!item.startsWith("age1") && (await statFile(item)) !== undefined) {
      recipients.push(...((await readText(item)).match(/\bage1[a-z0-9]{58}\b/g) ?? [item]));
    } else recipients.push(item);
  }
  if (recipients.length === 0) {
    throw usageInvalid(HELP, "recipients-missing");
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
