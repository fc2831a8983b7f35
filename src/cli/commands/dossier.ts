import { readFile } from "node:fs/promises";
import type { Hex } from "viem";
import { zeroAddress } from "viem";
import { ProtocolError } from "../../core/errors.ts";
import { bundleSuffix } from "../../core/evidence/bundle.ts";
import { bytes32 } from "../../core/fields.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { nativeUnit } from "../../core/text/units.ts";
import type { Client, EvidenceView } from "../../sdk/client.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { type DealFile, dealFileText, readDeal } from "../dealFile.ts";
import { type DossierFile, dossierArchive } from "../dossier/dossierArchive.ts";
import { type Dossier, dossierPage } from "../dossier/dossierPage.ts";
import { checkExhibits, type Exhibit } from "../dossier/exhibits.ts";
import { pairEvidence } from "../evidencePairs.ts";
import { statFile, writeNew } from "../files.ts";
import { usageInvalid } from "../problems.ts";
import { programName } from "../program.ts";
import { readTrustedSources } from "../trustedSources.ts";

const HELP = "holdfast dossier";

export const dossier = defineCommand({
  text: ({ command }) => command.dossier,
  usage: "ID|FILE --url URL --evidence DIR --out ARCHIVE.zip",
  examples: [
    "holdfast dossier deal.json --url http://127.0.0.1:8787 --evidence evidence/ --out dossier.zip",
    "holdfast dossier 0x5f... --url http://127.0.0.1:8787 --evidence evidence/ --out dossier.zip --lang zh",
  ],
  options: {
    url: urlOption,
    evidence: { type: "string", value: "DIR" },
    out: { type: "string", value: "FILE" },
    "trusted-headers": { type: "string", value: "FILE", multiple: true },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [named = ""] }, { signal, texts, language, now }) => {
    const client = connect(values.url, HELP);
    const { out, evidence } = values;
    if (out === undefined || evidence === undefined) throw usageInvalid(HELP, "dossier-incomplete");
    if ((await statFile(out)) !== undefined) throw new ProtocolError("file-exists", { path: out });
    const id = bytes32.safeParse(named);
    const file = id.success ? undefined : await readDeal(named);
    const view = await client.readDeal(file?.id ?? (named.toLowerCase() as Hex), { signal });
    const deal = await describe(client, { view, file, signal });
    const { pairs } = await pairEvidence([evidence]);
    const madeAt = now();
    const exhibits = await checkExhibits(pairs, {
      trusted: await readTrustedSources([], values["trusted-headers"] ?? []),
      deal: { terms: deal.terms, escrow: deal.domain.escrow, panel: deal.panel },
      now: madeAt,
      signal,
    });
    const missing = await missingAmong(exhibits, { client, deal: deal.id, signal });
    const content: Dossier = {
      deal,
      view,
      exhibits,
      missing,
      madeAt,
      timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
      tool: programName,
      source: new URL(values.url ?? "").host,
    };
    const files: DossierFile[] = [
      { path: "index.html", content: await readFile(new URL("../../web/verifier.html", import.meta.url)) },
      { path: "dossier.html", content: dossierPage(content, { language, texts }) },
      ...(file === undefined ? [] : [{ path: "deal.json", content: dealFileText(file) }]),
      ...exhibits.flatMap(filesOf),
    ];
    const facts = factsOf(content);
    await writeNew(out, dossierArchive(files, { facts, madeAt, signal }));
    const words = texts.command.dossier;
    const { verdict, time } = texts.report;
    return {
      text: [
        words.written(escapeInvisible(out), files.length + 1, exhibits.length),
        ...exhibits.map(({ number, name, verification }) =>
          words.exhibit(number, name, verdict[verification.verdict.status], time[verification.time.status]),
        ),
        ...(missing.length === 0 ? [] : [words.missing(missing.length)]),
      ].join("\n"),
      json: { path: out, ...facts },
    };
  },
});

/** The deal as the file has it, or with what the relayer knows of it. */
const describe = async (
  client: Client,
  {
    view,
    file,
    signal,
  }: { view: Awaited<ReturnType<Client["readDeal"]>>; file: DealFile | undefined; signal: AbortSignal },
): Promise<Dossier["deal"]> => {
  if (file !== undefined) return file;
  const { chainId, contracts } = await client.readConfig({ signal });
  const unit = view.terms.token === zeroAddress ? nativeUnit : null;
  return { id: view.id, domain: { chainId, escrow: contracts.escrow }, terms: view.terms, unit, panel: null };
};

/** What was filed and is not among the exhibits: a court must know that it exists. */
const missingAmong = async (
  exhibits: readonly Exhibit[],
  { client, deal, signal }: { client: Client; deal: Hex; signal: AbortSignal },
): Promise<EvidenceView[]> => {
  const included = new Set(exhibits.map(({ digest }) => digest));
  const missing: EvidenceView[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await client.listEvidence(deal, cursor == null ? {} : { cursor }, { signal });
    missing.push(...page.evidence.filter(({ digest }) => !included.has(digest)));
    cursor = page.next;
  } while (cursor !== null);
  return missing;
};

const filesOf = ({ name, paths }: Exhibit): DossierFile[] => [
  ...(paths.file === undefined ? [] : [{ path: `evidence/${name}`, from: paths.file }]),
  { path: `evidence/${name}${bundleSuffix}`, from: paths.bundle },
];

/** What programs read of a dossier; amounts are decimal text in minor units. */
const factsOf = ({ deal, view, exhibits, missing, madeAt, tool, source }: Dossier) => ({
  madeAt,
  tool,
  source,
  deal: { id: deal.id, ...deal.domain, status: view.status, asOf: view.asOf, outcome: view.outcome },
  exhibits: exhibits.map(({ number, name, paths, digest, verification: { verdict, time, subject } }) => ({
    number,
    digest,
    file: paths.file === undefined ? null : `evidence/${name}`,
    bundle: `evidence/${name}${bundleSuffix}`,
    verdict,
    time,
    subject,
  })),
  missing: missing.map(({ digest, kind, submitter, role, state }) => ({ digest, kind, submitter, role, state })),
});
