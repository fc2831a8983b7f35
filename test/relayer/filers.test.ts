import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { getAddress, type Hex, keccak256, numberToHex, zeroHash } from "viem";
import type { HDAccount } from "viem/accounts";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { registerCall } from "../../src/chain/panelCalls.ts";
import { panelRules, sortPanel } from "../../src/core/deal/panel.ts";
import { caseRefOf, type EvidenceRecord, evidenceEncoding, evidenceTypedData } from "../../src/core/evidence/record.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { saveDeal } from "../../src/db/deals.ts";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { createEvidenceIntake } from "../../src/relayer/evidence.ts";
import { defaultFilers, type Filers } from "../../src/relayer/filers.ts";
import { createIndexer } from "../../src/relayer/indexer.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { type Anvil, anvilAccount, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { actors, type Deployment, deploy, panel } from "../fixtures/deployment.ts";
import { rejection } from "../fixtures/rejection.ts";
import { RELAYER } from "../fixtures/sender.ts";

const NOON = 1_800_000_000;
const SALT: Hex = `0x${"5a".repeat(16)}`;
const stranger = anvilAccount(9);
const lower = ({ address }: HDAccount) => address.toLowerCase() as Hex;

for (const engine of engines) {
  describe(`who may file evidence, on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let root: string;
    let anvil: Anvil;
    let deployment: Deployment;
    let database: Database;
    let store: EvidenceStore;
    let chain: Chain;
    let cid: string;
    let dealId: Hex;
    before(async () => {
      databases = await startDatabases(engine);
      root = mkdtempSync(join(tmpdir(), "holdfast-filers-"));
      anvil = await startAnvil();
      deployment = await deploy(anvil);
      database = await createDatabase(await databases.create());
      store = await createEmbeddedStore({ dir: join(root, "evidence") });
      chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
      ({ cid } = await store.put([new TextEncoder().encode("ciphertext")]));
      ({ dealId } = await deployment.funded());
      await index();
    });
    after(async () => {
      chain.close();
      await store.close();
      await database.close();
      await anvil.stop();
      databases.stop();
      rmSync(root, { recursive: true, force: true });
    });

    const index = async () => {
      const { contracts } = deployment;
      const finality = { safe: 0, final: 0 } as const;
      const indexer = createIndexer({ database, chain, contracts, finality, log: silentLog });
      while (await indexer.indexOnce());
    };
    const intakeFor = (filers: Filers) =>
      createEvidenceIntake({
        database,
        chain,
        contracts: deployment.contracts,
        store,
        signer: RELAYER,
        now: () => NOON,
        anchorWithin: 900,
        leastTime: 0,
        filers,
      });
    let records = 0;
    /** A record of which the file is stored, about a deal that it shows unless that is null. */
    const signedBy = async (account: HDAccount, deal: Hex | null = dealId, changes: Partial<EvidenceRecord> = {}) => {
      const submitter = lower(account);
      const block = await deployment.client.getBlock();
      const record: EvidenceRecord = {
        kind: "original",
        fileCommitment: keccak256(numberToHex(++records)),
        cid,
        encoding: evidenceEncoding,
        metaRoot: zeroHash,
        caseRef: caseRefOf(deal ?? dealId, { salt: SALT, submitter }),
        supersedes: zeroHash,
        beaconBlock: Number(block.number),
        beaconHash: block.hash,
        deadline: NOON + 1_000,
        ...changes,
      };
      const domain = { chainId: CHAIN_ID, registry: deployment.contracts.registry };
      const signature = await account.signTypedData(evidenceTypedData(record, domain));
      return { record, submitter, signature, ...(deal === null ? {} : { case: { dealId: deal, salt: SALT } }) };
    };
    const kept = async () => {
      const { rows } = await database.db
        .selectFrom("evidence")
        .select((eb) => eb.fn.countAll<number>().as("rows"))
        .executeTakeFirstOrThrow();
      const pins: string[] = [];
      for await (const pin of store.pins()) pins.push(pin);
      return { rows: Number(rows), pins };
    };
    const refused = async (filers: Filers, submission: Awaited<ReturnType<typeof signedBy>>) => {
      const before = await kept();
      const { details } = await rejection(intakeFor(filers).submit(submission), "filer-not-allowed");
      expect(details).deep.equal({ submitter: submission.submitter, deal: submission.case?.dealId ?? null });
      expect(await kept()).deep.equal(before);
    };

    it("takes evidence of everyone with a role in the deal, and of the arbitrators of its panel", async () => {
      const { buyer, seller, marketplace, attestor, arbitrators } = actors;
      for (const account of [buyer, seller, marketplace, attestor, ...arbitrators]) {
        const { rows } = await kept();
        await intakeFor(defaultFilers).submit(await signedBy(account));
        expect((await kept()).rows, account.address).equal(rows + 1);
      }
    });

    it("refuses a stranger, also before it asks whether the file is stored, and keeps nothing", async () => {
      await refused(defaultFilers, await signedBy(stranger));
      await refused(defaultFilers, await signedBy(stranger, dealId, { cid: `${cid.slice(0, -4)}aaaa` }));
    });

    it("says of a stranger who names a party as the submitter that the signature is wrong", async () => {
      const { signature } = await signedBy(stranger);
      const asBuyer = await signedBy(actors.buyer);
      await rejection(intakeFor(defaultFilers).submit({ ...asBuyer, signature }), "signature-invalid");
    });

    it("gives nobody a role in a deal that is not shown, not known, or registered and never funded", async () => {
      await refused(defaultFilers, await signedBy(actors.buyer, null));
      await refused(defaultFilers, await signedBy(actors.buyer, keccak256("0x01")));
      const terms = await deployment.termsOf({ buyer: lower(stranger) });
      const id = keccak256("0x02");
      await saveDeal(database.db, { id, terms, order: null, sellerSignature: null });
      await refused(defaultFilers, await signedBy(stranger, id));
    });

    it("refuses an arbitrator of another panel", async () => {
      const other = sortPanel({ ...panel, arbitrators: [...panel.arbitrators, stranger.address] });
      const { to, data } = registerCall(other, deployment.contracts.panel);
      await anvil.ask("eth_sendTransaction", [{ from: stranger.address, to, data }]);
      await index();
      await refused(defaultFilers, await signedBy(stranger));
      const changed = await deployment.funded({ rules: panelRules(other) });
      await index();
      await intakeFor(defaultFilers).submit(await signedBy(stranger, changed.dealId));
    });

    it("takes evidence of an address that is listed, beside the parties or alone, about any deal or none", async () => {
      const listed = getAddress(stranger.address);
      for (const filers of [["parties", listed], [listed]] as const) {
        await intakeFor(filers).submit(await signedBy(stranger));
        await intakeFor(filers).submit(await signedBy(stranger, null));
      }
      await intakeFor(["parties", listed]).submit(await signedBy(actors.buyer));
      await refused([listed], await signedBy(actors.buyer));
    });

    it("takes evidence of anyone where the setting says so", async () => {
      await intakeFor("anyone").submit(await signedBy(stranger));
      await intakeFor("anyone").submit(await signedBy(stranger, null));
    });

    it("answers a record again that it took before, whoever may file now", async () => {
      const submission = await signedBy(stranger);
      const receipt = await intakeFor("anyone").submit(submission);
      expect(await intakeFor(defaultFilers).submit(submission)).deep.equal(receipt);
      await refused(defaultFilers, await signedBy(stranger));
    });
  });
}
