import type { en as english } from "../en/texts.ts";
import type { Translated } from "../language.ts";
import { calls } from "./calls.ts";
import { deal } from "./commands/deal.ts";
import { dealCall } from "./commands/dealCall.ts";
import { dealCredits } from "./commands/dealCredits.ts";
import { dealId } from "./commands/dealId.ts";
import { dealIntent } from "./commands/dealIntent.ts";
import { dealPack } from "./commands/dealPack.ts";
import { dealPayShortfall } from "./commands/dealPayShortfall.ts";
import { dealRegister } from "./commands/dealRegister.ts";
import { dealShow } from "./commands/dealShow.ts";
import { dealSign } from "./commands/dealSign.ts";
import { dealTerms } from "./commands/dealTerms.ts";
import { dealUnpack } from "./commands/dealUnpack.ts";
import { deploy } from "./commands/deploy.ts";
import { determination } from "./commands/determination.ts";
import { determinationCombine } from "./commands/determinationCombine.ts";
import { determinationExtend } from "./commands/determinationExtend.ts";
import { determinationSend } from "./commands/determinationSend.ts";
import { determinationSign } from "./commands/determinationSign.ts";
import { determinationWrite } from "./commands/determinationWrite.ts";
import { dev } from "./commands/dev.ts";
import { devSkip } from "./commands/devSkip.ts";
import { dossier } from "./commands/dossier.ts";
import { evidence } from "./commands/evidence.ts";
import { evidenceAdd } from "./commands/evidenceAdd.ts";
import { evidenceAudit } from "./commands/evidenceAudit.ts";
import { evidenceList } from "./commands/evidenceList.ts";
import { evidenceOpen } from "./commands/evidenceOpen.ts";
import { headers } from "./commands/headers.ts";
import { keys } from "./commands/keys.ts";
import { keysEncryption } from "./commands/keysEncryption.ts";
import { keysNew } from "./commands/keysNew.ts";
import { keysShow } from "./commands/keysShow.ts";
import { panel } from "./commands/panel.ts";
import { panelRegister } from "./commands/panelRegister.ts";
import { panelShow } from "./commands/panelShow.ts";
import { relayer } from "./commands/relayer.ts";
import { relayerReindex } from "./commands/relayerReindex.ts";
import { verify } from "./commands/verify.ts";
import { contractErrors } from "./contractErrors.ts";
import { deal as dealWords } from "./deal.ts";
import { decision } from "./decision.ts";
import { demo } from "./demo.ts";
import { dossier as dossierWords } from "./dossier.ts";
import { errors } from "./errors.ts";
import { fieldProblems } from "./fieldProblems.ts";
import { filing } from "./filing.ts";
import { help } from "./help.ts";
import { hints, listeners, usageText } from "./hints.ts";
import { intents } from "./intents.ts";
import { options } from "./options.ts";
import { outcome } from "./outcome.ts";
import { page } from "./page.ts";
import { fileProblems, inputProblems, usageProblems } from "./problems.ts";
import { report } from "./report.ts";
import { sending } from "./sending.ts";
import { terminal } from "./terminal.ts";
import { units } from "./units.ts";
import { unsafeTerms } from "./unsafeTerms.ts";
import { verdict } from "./verdict.ts";

/** Every text for people in Chinese. */
export const zh = {
  help,
  options,
  errors,
  hints,
  listeners,
  usage: usageText,
  contractErrors,
  unsafeTerms,
  units,
  calls,
  intents,
  sending,
  filing,
  terminal,
  report,
  deal: dealWords,
  decision,
  outcome,
  page,
  dossier: dossierWords,
  demo,
  verdict,
  problems: { field: fieldProblems, file: fileProblems, input: inputProblems, usage: usageProblems },
  command: {
    deal,
    dealCall,
    dealCredits,
    dealId,
    dealIntent,
    dealPack,
    dealPayShortfall,
    dealRegister,
    dealShow,
    dealSign,
    dealTerms,
    dealUnpack,
    deploy,
    determination,
    determinationCombine,
    determinationExtend,
    determinationSend,
    determinationSign,
    determinationWrite,
    dev,
    devSkip,
    dossier,
    evidence,
    evidenceAdd,
    evidenceAudit,
    evidenceList,
    evidenceOpen,
    headers,
    keys,
    keysEncryption,
    keysNew,
    keysShow,
    panel,
    panelRegister,
    panelShow,
    relayer,
    relayerReindex,
    verify,
  },
} as const satisfies Translated<typeof english>;
