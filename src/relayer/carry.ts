import { type Address, concat, encodeFunctionData, type Hex, keccak256, stringToHex, zeroAddress } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import type { Contracts } from "../chain/contracts.ts";
import { determineCall, extendCall } from "../chain/panelCalls.ts";
import type { SignedDigest } from "../chain/signature.ts";
import type { Call } from "../chain/transactions.ts";
import type { DealAction, SeenState } from "../core/deal/dealTable.ts";
import {
  consentOf,
  determinationDigest,
  extensionDigest,
  type Intent,
  intentDigest,
  type PanelDomain,
} from "../core/deal/intents.ts";
import {
  type Panel,
  panelRules,
  type SeatedSignatures,
  type SignerAndSignature,
  seatSignatures,
} from "../core/deal/panel.ts";
import { type EscrowDomain, type Terms, termsDigest } from "../core/deal/terms.ts";
import { type PackedTerms, packTerms } from "../core/deal/termsCodec.ts";
import { ProtocolError } from "../core/errors.ts";
import type { CallPayload } from "../db/tables.ts";
import type { CarryKind, CarryRequest } from "../wire/relayRequests.ts";
import { bondKey } from "./fold.ts";

export type CarryContext = Readonly<{
  chainId: number;
  contracts: Contracts;
  /** Terms of the deal that the request names, if it names one. */
  terms: Terms | undefined;
  /** The seller's signature over them, if it was handed in when the deal was registered. */
  sellerSignature: Hex | undefined;
}>;

/** What a request comes to: who signed what, what the contract must be told, and what can be checked before. */
export type CarryPlan = Readonly<{
  /** Same id, same effect: the EIP-712 digest where a signature was checked, else a hash over the unchecked bytes too. */
  id: Hex;
  /** Whose action it is; null where several sign. */
  signer: Address | null;
  action: DealAction | null;
  /** Second from which the contract refuses it. */
  deadline: number;
  signed: readonly SignedDigest[];
  /** Money that moves by a signature that only its token or Permit2 can check: the call is tried out before it is taken. */
  isTriedOut: boolean;
  /** What the signer saw, and the only state in which the contract takes it; null where any will do. */
  signedIn: SeenState | null;
  /** `disputedAt` of the dispute that a panel decides; null for anything else. */
  disputedAt: number | null;
  /** Seconds from then before which the tribunal refuses it. */
  answerWindow: number;
  /** Split of what is held, to be compared with it. */
  split: Readonly<{ toBuyer: bigint; toSeller: bigint; compensation: bigint }> | null;
  orderKey: string;
  call: CallPayload;
}>;

type OwnPlan = Partial<CarryPlan> & Pick<CarryPlan, "id" | "deadline" | "orderKey" | "call">;

type Carrier<K extends CarryKind> = (
  request: Extract<CarryRequest, { kind: K }>,
  context: CarryContext,
) => OwnPlan | Promise<OwnPlan>;

const needTerms = ({ terms }: CarryContext): Terms => {
  if (terms === undefined) throw new ProtocolError("deal-unknown");
  return terms;
};

const needToken = (terms: Terms): Terms => {
  // A relayer carries signatures; it does not lay out its own money.
  if (terms.token === zeroAddress) throw new ProtocolError("native-not-carried", { token: terms.token });
  return terms;
};

const domainOf = ({ chainId, contracts }: CarryContext): EscrowDomain => ({ chainId, escrow: contracts.escrow });
const digestOf = (intent: Intent, context: CarryContext) => intentDigest(intent, domainOf(context));
const termsDigestOf = (context: CarryContext) => termsDigest(needTerms(context), domainOf(context));
const idOver = (kind: CarryKind, parts: readonly Hex[]) => keccak256(concat([stringToHex(kind), ...parts]));

const toEscrow = (context: CarryContext, data: Hex): CallPayload => ({ to: context.contracts.escrow, data });

/** An intent of one party over a deal. */
const byParty = (
  intent: Intent & { message: { deal: Hex; deadline: number } },
  context: CarryContext,
  plan: Pick<CarryPlan, "action"> &
    Partial<Pick<CarryPlan, "split" | "signedIn">> & { signer: Address; signature: Hex; data: Hex },
) => {
  const id = digestOf(intent, context);
  return {
    id,
    signer: plan.signer,
    action: plan.action,
    deadline: intent.message.deadline,
    signed: [{ digest: id, signer: plan.signer, signature: plan.signature }],
    split: plan.split ?? null,
    signedIn: plan.signedIn ?? null,
    orderKey: intent.message.deal,
    call: toEscrow(context, plan.data),
  };
};

/** The deposit of a deal, however the buyer lets it go. */
const byFunding = (
  request: Extract<CarryRequest, { kind: `FundDeal${string}` }>,
  context: CarryContext,
  plan: {
    signed: readonly SignedDigest[];
    /** Signatures that only the token or Permit2 can check. */
    unchecked: readonly Hex[];
    dataOf: (terms: PackedTerms, consent: Hex) => Hex;
  },
) => {
  const terms = needToken(needTerms(context));
  const cover = coverOf(context, request.sellerSignature);
  return {
    id: idOver(request.kind, [request.deal, ...plan.unchecked]),
    signer: terms.buyer,
    action: "fund" as const,
    deadline: terms.fundBy,
    signed: [...plan.signed, ...cover.signed],
    isTriedOut: true,
    orderKey: request.deal,
    call: toEscrow(context, plan.dataOf(packTerms(terms), cover.signature)),
  };
};

/** An intent of an account about its own bond or credit. */
const byOwner = (
  intent: Intent & { message: { token: Address; deadline: number } },
  context: CarryContext,
  plan: { signer: Address; signature: Hex; data: Hex },
) => {
  const id = digestOf(intent, context);
  return {
    id,
    signer: plan.signer,
    deadline: intent.message.deadline,
    signed: [{ digest: id, signer: plan.signer, signature: plan.signature }],
    orderKey: bondKey(plan.signer, intent.message.token),
    call: toEscrow(context, plan.data),
  };
};

/** The seller's signature over the terms, checked here because a covered deal cannot be funded without it. */
const coverOf = (context: CarryContext, given: Hex | undefined) => {
  const terms = needTerms(context);
  const signature = given ?? context.sellerSignature ?? "0x";
  const signed = terms.coverage === 0n ? [] : [{ digest: termsDigestOf(context), signer: terms.seller, signature }];
  return { signature: terms.coverage === 0n ? ("0x" as const) : signature, signed };
};

/** What a panel signed about a deal of its own. */
const byPanel = async (
  { panel, signatures }: Readonly<{ panel: Panel; signatures: readonly SignerAndSignature[] }>,
  context: CarryContext,
  plan: Pick<CarryPlan, "action"> &
    Partial<Pick<CarryPlan, "split" | "answerWindow">> & {
      digestIn: (domain: PanelDomain) => Hex;
      message: Readonly<{ deal: Hex; disputedAt: number; deadline: number }>;
      callOf: (terms: Terms, seated: SeatedSignatures) => Call;
    },
) => {
  const { digestIn, message, callOf, ...own } = plan;
  const terms = needTerms(context);
  if (panelRules(panel) !== terms.rules || terms.tribunal !== context.contracts.panel) {
    throw new ProtocolError("panel-mismatch", { deal: message.deal });
  }
  const given = new Set(signatures.map(({ signer }) => signer)).size;
  if (given !== signatures.length || given < panel.threshold) {
    throw new ProtocolError("signature-count-wrong", { given: signatures.length, threshold: panel.threshold });
  }
  const id = digestIn({ chainId: context.chainId, tribunal: terms.tribunal });
  const { to, data } = callOf(terms, await seatSignatures(panel, id, signatures));
  return {
    ...own,
    id,
    deadline: message.deadline,
    disputedAt: message.disputedAt,
    signed: signatures.map(({ signer, signature }) => ({ digest: id, signer, signature })),
    orderKey: message.deal,
    call: { to, data },
  };
};

const encode = encodeFunctionData<typeof escrowAbi>;

const carriers = {
  PayBalance: (request, context) => {
    const { message, signature } = request;
    const terms = needToken(needTerms(context));
    return byParty(request, context, {
      signer: terms.buyer,
      signature,
      action: "payBalance",
      signedIn: message,
      data: encode({
        abi: escrowAbi,
        functionName: "payBalance",
        args: [packTerms(terms), consentOf(message.deadline, signature)],
      }),
    });
  },
  ShipGoods: (request, context) => {
    const { message, signature } = request;
    const terms = needTerms(context);
    return byParty(request, context, {
      signer: terms.seller,
      signature,
      action: "ship",
      data: encode({
        abi: escrowAbi,
        functionName: "ship",
        args: [packTerms(terms), message.tracking, consentOf(message.deadline, signature)],
      }),
    });
  },
  AttestDelivery: (request, context) => {
    const { message, signature } = request;
    const terms = needTerms(context);
    return byParty(request, context, {
      signer: terms.attestor,
      signature,
      action: "deliver",
      data: encode({
        abi: escrowAbi,
        functionName: "deliver",
        args: [packTerms(terms), message.proof, consentOf(message.deadline, signature)],
      }),
    });
  },
  ConfirmReceipt: (request, context) => {
    const { message, signature } = request;
    const terms = needTerms(context);
    return byParty(request, context, {
      signer: terms.buyer,
      signature,
      action: "confirm",
      signedIn: message,
      split: { toBuyer: 0n, toSeller: message.amount, compensation: 0n },
      data: encode({
        abi: escrowAbi,
        functionName: "confirm",
        args: [packTerms(terms), message.amount, message.status, consentOf(message.deadline, signature)],
      }),
    });
  },
  RefundBuyer: (request, context) => {
    const { message, signature } = request;
    const terms = needTerms(context);
    return byParty(request, context, {
      signer: terms.seller,
      signature,
      action: "refund",
      signedIn: message,
      split: { toBuyer: message.amount, toSeller: message.remaining, compensation: 0n },
      data: encode({
        abi: escrowAbi,
        functionName: "refund",
        args: [
          packTerms(terms),
          message.amount,
          message.remaining,
          message.status,
          consentOf(message.deadline, signature),
        ],
      }),
    });
  },
  OpenDispute: (request, context) => {
    const { message, signature } = request;
    const terms = needTerms(context);
    if (message.by !== terms.buyer && message.by !== terms.seller) {
      throw new ProtocolError("signature-invalid", { signer: message.by });
    }
    return byParty(request, context, {
      signer: message.by,
      signature,
      action: "dispute",
      signedIn: message,
      data: encode({
        abi: escrowAbi,
        functionName: "dispute",
        args: [packTerms(terms), message.by, message.statement, consentOf(message.deadline, signature)],
      }),
    });
  },
  RequestBondWithdrawal: (request, context) => {
    const { message, signature } = request;
    return byOwner(request, context, {
      signer: message.seller,
      signature,
      data: encode({
        abi: escrowAbi,
        functionName: "requestBondWithdrawal",
        args: [message.seller, message.token, consentOf(message.deadline, signature)],
      }),
    });
  },
  WithdrawBond: (request, context) => {
    const { message, signature } = request;
    return byOwner(request, context, {
      signer: message.seller,
      signature,
      data: encode({
        abi: escrowAbi,
        functionName: "withdrawBond",
        args: [message.seller, message.token, message.amount, message.to, consentOf(message.deadline, signature)],
      }),
    });
  },
  WithdrawCredit: (request, context) => {
    const { message, signature } = request;
    return byOwner(request, context, {
      signer: message.owner,
      signature,
      data: encode({
        abi: escrowAbi,
        functionName: "withdrawCredit",
        args: [message.owner, message.token, message.amount, message.to, consentOf(message.deadline, signature)],
      }),
    });
  },
  Settlement: (request, context) => {
    const { message, buyerSignature, sellerSignature } = request;
    const { toBuyer, toSeller, compensation, deadline } = message;
    const terms = needTerms(context);
    const id = digestOf(request, context);
    return {
      id,
      action: "settle",
      deadline,
      signed: [
        { digest: id, signer: terms.buyer, signature: buyerSignature },
        { digest: id, signer: terms.seller, signature: sellerSignature },
      ],
      signedIn: message,
      split: { toBuyer, toSeller, compensation },
      orderKey: message.deal,
      call: toEscrow(
        context,
        encode({
          abi: escrowAbi,
          functionName: "settle",
          args: [
            packTerms(terms),
            toBuyer,
            toSeller,
            compensation,
            consentOf(deadline, buyerSignature),
            consentOf(deadline, sellerSignature),
          ],
        }),
      ),
    };
  },
  PostBond: (request, context) => {
    const { message, authorization } = request;
    return {
      id: idOver("PostBond", [digestOf(request, context), authorization]),
      signer: message.seller,
      deadline: message.deadline,
      isTriedOut: true,
      orderKey: bondKey(message.seller, message.token),
      call: toEscrow(
        context,
        encode({
          abi: escrowAbi,
          functionName: "postBondWithAuthorization",
          args: [message.seller, message.token, message.amount, message.salt, BigInt(message.deadline), authorization],
        }),
      ),
    };
  },
  FundDeal: (request, context) =>
    byFunding(request, context, {
      signed: [{ digest: termsDigestOf(context), signer: needTerms(context).buyer, signature: request.buyerSignature }],
      unchecked: [],
      dataOf: (terms, consent) =>
        encode({ abi: escrowAbi, functionName: "fund", args: [terms, request.buyerSignature, consent] }),
    }),
  FundDealWithAuthorization: (request, context) =>
    byFunding(request, context, {
      signed: [],
      unchecked: [request.authorization],
      dataOf: (terms, consent) =>
        encode({
          abi: escrowAbi,
          functionName: "fundWithAuthorization",
          args: [terms, request.authorization, consent],
        }),
    }),
  FundDealWithPermit2: (request, context) =>
    byFunding(request, context, {
      signed: [],
      unchecked: [request.permitSignature],
      dataOf: (terms, consent) =>
        encode({
          abi: escrowAbi,
          functionName: "fundWithPermit2",
          args: [terms, BigInt(request.nonce), request.permitSignature, consent],
        }),
    }),
  PayBalanceWithAuthorization: (request, context) => {
    const terms = needToken(needTerms(context));
    return {
      id: idOver("PayBalanceWithAuthorization", [request.deal, request.authorization]),
      signer: terms.buyer,
      action: "payBalance",
      deadline: terms.balanceBy,
      isTriedOut: true,
      orderKey: request.deal,
      call: toEscrow(
        context,
        encode({
          abi: escrowAbi,
          functionName: "payBalanceWithAuthorization",
          args: [packTerms(terms), request.authorization],
        }),
      ),
    };
  },
  Determination: async (request, context) => {
    const { determination, panel } = request;
    const { toBuyer, toSeller, compensation } = determination;
    return byPanel(request, context, {
      digestIn: (domain) => determinationDigest(determination, domain),
      message: determination,
      action: "award",
      answerWindow: panel.answerWindow,
      split: { toBuyer, toSeller, compensation },
      callOf: (terms, seated) => determineCall(determination, { terms, panel, seated }),
    });
  },
  Extension: async (request, context) => {
    const { extension, panel } = request;
    return byPanel(request, context, {
      digestIn: (domain) => extensionDigest(extension, domain),
      message: extension,
      action: "extendBackstop",
      callOf: (terms, seated) => extendCall(extension, { terms, panel, seated }),
    });
  },
} as const satisfies { [K in CarryKind]: Carrier<K> };

/**
 * Turns a request into the call that carries it.
 * Throws `deal-unknown`, `native-not-carried`, `panel-mismatch`, `signature-count-wrong`, `signer-not-on-panel`, `signature-invalid`.
 */
export const planCarry = async (request: CarryRequest, context: CarryContext): Promise<CarryPlan> => {
  const carrier = carriers[request.kind] as Carrier<CarryKind>;
  return {
    signer: null,
    action: null,
    signed: [],
    isTriedOut: false,
    signedIn: null,
    disputedAt: null,
    answerWindow: 0,
    split: null,
    ...(await carrier(request as never, context)),
  };
};
