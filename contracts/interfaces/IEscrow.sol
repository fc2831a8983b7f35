// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bond, Deal, Status} from "../types/Deal.sol";
import {DealId, PackedTerms} from "../types/Terms.sol";

/// @title Escrow of one payment per deal, and of sellers' bonds
/// @notice Holds a buyer's payment until it leaves by confirmation, by a deadline, by a settlement that both parties sign,
/// or by an award of the tribunal that the terms name. Nobody owns, pauses or upgrades this contract.
/// @dev Terms come as calldata in every call, packed; the chain keeps one slot under the deal's id. Amounts are minor units of
/// the terms' token, times are Unix seconds, shares are basis points. Windows are half-open: open while `block.timestamp < end`.
/// Money goes only to buyer, seller and marketplace of the terms. What cannot be delivered to them becomes a credit that its
/// owner withdraws; no receiver can block a deal. A marketplace earns `feeBps` of whatever the seller gets out of the held
/// money, rounded down, always as credit.
///
/// Every action of a party ends with `consent`: empty when the party itself calls; otherwise 5 bytes of deadline (Unix seconds,
/// big-endian, the first second at which it is refused) and the party's signature over the named EIP-712 type, of 64 bytes
/// (EIP-2098), 65 bytes, or whatever an ERC-1271 wallet accepts. Anyone can submit it. Both forms do the
/// same. What moves held money names the amounts and the status that the party has seen; a paper names the whole state.
///
/// That the buyer or the seller funds is said by a bare signature over `Terms` instead, whose deadline is `fundBy`.
///
/// A dispute that nobody decides changes nothing: paying, shipping and delivering stay possible, and at the backstop happens what
/// the deal's clock would have brought. The backstop counts from the end of the window in which the stage can be disputed, so that
/// an early dispute takes from nobody the time to be heard. The one exception is what both sides agreed to: the share for silence
/// after delivery.
interface IEscrow {
    // ------------------------------------------------------------------ life of a deal

    /// @notice The deal was funded with `terms.deposit`; the only event that carries the terms.
    event DealFunded(DealId indexed id, PackedTerms terms);
    /// @notice The buyer paid the rest of the price, `amount`. The deal is funded, also while it is disputed.
    event BalancePaid(DealId indexed id, uint256 amount);
    /// @notice The seller recorded that the goods left. `tracking` is a digest of the courier's reference.
    event DealShipped(DealId indexed id, bytes32 tracking);
    /// @notice The attestor recorded delivery. Without a dispute, anyone can release from `inspectionUntil`.
    event DealDelivered(DealId indexed id, bytes32 proof, uint256 inspectionUntil);
    /// @notice What was held, `amount`, went to the seller less the fee. `tailUntil` is zero when the deal is closed.
    /// A dispute that was open goes on to its backstop.
    event DealReleased(DealId indexed id, uint256 amount, uint256 tailUntil);
    /// @notice The seller gave `amount` back. With nothing `remaining`, claims on the coverage stay open until `tailUntil`;
    /// zero then means that the deal is closed. A dispute that was open goes on to its backstop.
    event DealRefunded(DealId indexed id, uint256 amount, uint256 remaining, uint256 tailUntil);
    /// @notice `by` opened a dispute; `statement` is a digest of what they state. From `backstopAt` anyone can overtake the tribunal.
    event DealDisputed(DealId indexed id, address by, bytes32 statement, uint256 backstopAt);
    /// @notice The backstop of a disputed deal moved to `backstopAt`, by its tribunal, or because a party performed or gave in.
    event BackstopMoved(DealId indexed id, uint256 backstopAt);

    // ------------------------------------------------------------------ ends of a deal

    /// @notice Not shipped or not delivered in time: `refunded` went to the buyer. Claims on the coverage stay open until
    /// `tailUntil`; zero means that the deal is closed.
    event DealExpired(DealId indexed id, uint256 refunded, uint256 tailUntil);
    /// @notice A deadline divided what was held: the balance was not paid, or the tribunal stayed silent after delivery.
    /// `tailUntil` is zero when the deal is closed.
    event DealLapsed(DealId indexed id, uint256 toBuyer, uint256 toSeller, uint256 tailUntil);
    /// @notice Both parties signed how to divide what was held. The deal is closed.
    event DealSettled(DealId indexed id, uint256 toBuyer, uint256 toSeller);
    /// @notice The tribunal divided what was held, for `reasons` and on `evidence` (digests). The deal is closed.
    event DealAwarded(DealId indexed id, uint256 toBuyer, uint256 toSeller, bytes32 reasons, bytes32 evidence);
    /// @notice Beyond the price, `compensation` left the bond for the buyer; `shortfall` is owed and not covered. Follows the event
    /// that ended the deal.
    event DealCompensated(DealId indexed id, uint256 compensation, uint256 shortfall);
    /// @notice The tail is over and the coverage is free again.
    event DealClosed(DealId indexed id);
    /// @notice `payer` paid `amount` of the recorded shortfall to the buyer; `remaining` is still owed.
    event ShortfallPaid(DealId indexed id, address payer, uint256 amount, uint256 remaining);

    // ------------------------------------------------------------------ bonds and credits

    /// @notice `amount` was added to the seller's bond.
    event BondPosted(address indexed seller, address indexed token, uint256 amount);
    /// @notice The free part of the bond can leave from `unlockAt` on, for 30 days.
    event BondWithdrawalRequested(address indexed seller, address indexed token, uint256 unlockAt);
    /// @notice `amount` of the bond left to `to`.
    event BondWithdrawn(address indexed seller, address indexed token, uint256 amount, address to);
    /// @notice A payment of `amount` could not be delivered, or is a fee: `owner` can withdraw it.
    event CreditAdded(address indexed owner, address indexed token, uint256 amount);
    /// @notice `owner` sent `amount` of their credit to `to`.
    event CreditWithdrawn(address indexed owner, address indexed token, uint256 amount, address to);

    // ------------------------------------------------------------------ why a call is refused

    /// @notice Buyer, seller, attestor, tribunal, or a marketplace that earns a fee is missing.
    error AddressZero();
    /// @notice More is asked for than the owner's credit.
    error AmountExceedsCredit(uint256 amount, uint256 credit);
    /// @notice More is asked for than the part of the bond that no deal has reserved.
    error AmountExceedsFreeBond(uint256 amount, uint256 free);
    /// @notice More is paid than the recorded shortfall.
    error AmountExceedsShortfall(uint256 amount, uint256 shortfall);
    /// @notice A bond holds less than 2^96 minor units.
    error AmountTooLarge(uint256 amount);
    /// @notice The amount must be at least one minor unit.
    error AmountZero();
    /// @notice `toBuyer` and the `rest`, which goes to the seller or stays, must sum to exactly what is held.
    error AmountsDoNotSum(uint256 toBuyer, uint256 rest, uint256 held);
    /// @notice Who attests delivery cannot be the seller.
    error AttestorIsSeller(address seller);
    /// @notice A backstop can only move to a later second.
    error BackstopNotLater(uint256 until, uint256 current);
    /// @notice One extension reaches 180 days from now, and all of them three years (1,095 days) from `disputedAt`.
    error BackstopTooLate(uint256 until, uint256 latest);
    /// @notice The backstop is shorter than any tribunal could use.
    error BackstopTooShort(uint256 backstop, uint256 shortest);
    /// @notice A share is at most 10,000 basis points.
    error BasisPointsTooHigh(uint256 basisPoints);
    /// @notice No requested withdrawal is open now; `unlockAt` is when the last one opens or opened.
    error BondLocked(uint256 unlockAt);
    /// @notice A withdrawal was requested and its window is not over: a second request does not restart it.
    error BondWithdrawalRequestedAlready(uint256 unlockAt);
    /// @notice The buyer cannot earn the marketplace's fee.
    error BuyerIsMarketplace(address buyer);
    /// @notice Nobody buys from themselves.
    error BuyerIsSeller(address party);
    /// @notice The clocks must follow each other with an hour between them.
    error ClocksOutOfOrder(uint256 fundBy, uint256 balanceBy, uint256 shipBy, uint256 deliverBy);
    /// @notice A settlement cannot take more from the bond than this deal reserved.
    error CompensationExceedsCoverage(uint256 compensation, uint256 coverage);
    /// @notice The seller's free bond is smaller than the coverage.
    error CoverageExceedsBond(uint256 coverage, uint256 available);
    /// @notice These terms were funded before.
    error DealExists(DealId id, Status status);
    /// @notice The deal is not in a state in which this action is possible.
    error DealNotOpen(DealId id, Status status);
    /// @notice It is too early: possible from `deadline` on.
    error DeadlineNotReached(uint256 deadline);
    /// @notice It is too late: it was possible before `deadline`.
    error DeadlinePassed(uint256 deadline);
    /// @notice A deposit is at most the price.
    error DepositExceedsPrice(uint256 deposit, uint256 price);
    /// @notice Earnest money must be covered, so that the seller can double it.
    error EarnestNotCovered(uint256 deposit, uint256 coverage);
    /// @notice Earnest money is at most a fifth of the price.
    error EarnestTooHigh(uint256 deposit, uint256 highest);
    /// @notice The escrow cannot be a party of its own deals.
    error EscrowIsParty(address escrow);
    /// @notice The deal could stay open, or its backstop away, for longer than allowed.
    error ExposureTooLong(uint256 secondsOpen, uint256 longest);
    /// @notice The transaction carries too little gas for a payment that must not fail for lack of it.
    error GasTooLow(uint256 left, uint256 needed);
    /// @notice The inspection is shorter than any buyer could use.
    error InspectionTooShort(uint256 inspection, uint256 shortest);
    /// @notice Only `expected` can do this without a signature.
    error NotCaller(address caller, address expected);
    /// @notice This account cannot open a dispute in this status: the buyer always can, the seller in `Funded` and `Shipped`.
    error NotDisputant(address account, Status status);
    /// @notice The withdrawal could not be delivered to `to`; nothing moved.
    error PaymentFailed(address to, uint256 amount);
    /// @notice A deposit, and a disputed deal, are refunded as a whole or not at all.
    error RefundNotWhole(uint256 amount, uint256 held);
    /// @notice Coverage and earnest money need the seller's signature over the terms.
    error SellerSignatureMissing(address seller);
    /// @notice Bits of the packed terms that have no meaning are set.
    error TermsNotCanonical();
    /// @notice With coverage, the tail must be at least as long as the inspection.
    error TailTooShort(uint256 tail, uint256 shortest);
    /// @notice A party or the marketplace cannot be the tribunal.
    error TribunalIsParty(address tribunal);
    /// @notice The tribunal does not accept these terms, or is no contract that could.
    error TribunalRefuses(address tribunal);
    /// @notice Exactly `expected` must arrive.
    error ValueMismatch(uint256 received, uint256 expected);
    /// @notice The deal is in another status than this action needs.
    error WrongStatus(DealId id, Status actual, Status expected);

    // ------------------------------------------------------------------ funding

    /// @notice Funds a deal with `terms.deposit`: native currency as `msg.value`, a token from the buyer's allowance.
    /// @dev Refuses terms that are unsafe or out of order, terms that the tribunal does not accept, tokens that arrive short, a
    /// deal that exists, and `fundBy` reached. Example: `fund(terms, "", "")`, called by the buyer of a deal without coverage.
    /// @param buyerConsent Empty when the buyer calls; otherwise the buyer's signature over the EIP-712 `Terms`. `fundBy` is its deadline.
    /// @param sellerConsent Only read with coverage, and so with earnest money: the seller's signature over `Terms`, or empty
    /// when the seller calls.
    function fund(
        PackedTerms calldata terms,
        bytes calldata buyerConsent,
        bytes calldata sellerConsent
    ) external payable;

    /// @notice Funds by an ERC-3009 authorization of the buyer: value `terms.deposit`, valid from 0 to `terms.fundBy`, nonce
    /// equal to the deal's id. `authorization` is 65 bytes (r, s, v) or what the token's `bytes` overload accepts. Anyone.
    function fundWithAuthorization(
        PackedTerms calldata terms,
        bytes calldata authorization,
        bytes calldata sellerConsent
    ) external;

    /// @notice Funds by a Permit2 transfer of the buyer with `Deal(bytes32 id)` as witness, valid to `terms.fundBy`. Anyone.
    /// @param nonce Permit2's unordered nonce that the buyer signed.
    function fundWithPermit2(
        PackedTerms calldata terms,
        uint256 nonce,
        bytes calldata permitSignature,
        bytes calldata sellerConsent
    ) external;

    /// @notice Pays exactly `price - deposit` before `balanceBy`, also while disputed. Buyer, or the buyer's `PayBalance`, which
    /// names the state that it was signed in.
    function payBalance(PackedTerms calldata terms, bytes calldata consent) external payable;

    /// @notice The same by an ERC-3009 authorization whose nonce is the digest of `PayBalance` with `deadline` = `balanceBy`.
    function payBalanceWithAuthorization(PackedTerms calldata terms, bytes calldata authorization) external;

    // ------------------------------------------------------------------ performing

    /// @notice Records that the goods left, before `shipBy`, also while disputed. Seller, or the seller's `ShipGoods`.
    /// @param tracking Digest of the courier's reference.
    function ship(PackedTerms calldata terms, bytes32 tracking, bytes calldata consent) external;

    /// @notice Records delivery before `deliverBy` and starts the inspection. Attestor, or the attestor's `AttestDelivery`.
    /// @dev While disputed, the dispute goes on as one about the goods, which the buyer may inspect first: `disputedAt` becomes the
    /// end of the inspection, and the backstop comes at least `terms.backstop` after it. `AttestDelivery` names no state: anybody
    /// who has the paper can submit it until its deadline.
    /// @param proof Digest of the proof of delivery.
    function deliver(PackedTerms calldata terms, bytes32 proof, bytes calldata consent) external;

    /// @notice Pays what is held, which must be `amount`, to the seller, less the fee: in any state in which money is held, before the
    /// end of its window (`balanceBy`, `shipBy`, `deliverBy`, inspection), or before the backstop while disputed. Buyer, or the
    /// buyer's `ConfirmReceipt`, which states the whole state.
    /// @dev Waives nothing: until the tail ends the buyer can still dispute and be compensated from the coverage, and a dispute that
    /// is open goes on about it. A deposit that the buyer confirms ends the deal.
    /// @param status The status that the buyer has seen: in another one, as after a dispute, the same amount means something else.
    function confirm(PackedTerms calldata terms, uint256 amount, Status status, bytes calldata consent) external;

    /// @notice Pays what is held to the seller, less the fee, once the inspection is over. Anyone.
    function release(PackedTerms calldata terms) external;

    /// @notice Gives `amount` of what is held back to the buyer, so that exactly `remaining` stays, while a confirmation would be
    /// possible. Seller, or the seller's `RefundBuyer`, which states the whole state. All of it also while disputed; a part only of
    /// a paid price without a dispute.
    /// @dev All of it before shipping closes the deal and doubles earnest money from the coverage (Civil Code of the PRC art.
    /// 587), which a settlement can spare. After shipping, and in a dispute about anything but earnest money, it leaves the tail,
    /// which for goods on their way starts at `deliverBy`, and a dispute that is open goes on about the coverage.
    /// @param status The status that the seller has seen.
    function refund(
        PackedTerms calldata terms,
        uint256 amount,
        uint256 remaining,
        Status status,
        bytes calldata consent
    ) external;

    // ------------------------------------------------------------------ deadlines

    /// @notice Refunds the buyer in full when the goods were not shipped before `shipBy` or not delivered before `deliverBy`.
    /// Anyone.
    /// @dev Earnest money that was not shipped for is doubled from the coverage (Civil Code of the PRC art. 587). After shipping
    /// the tail stays.
    function expire(PackedTerms calldata terms) external;

    /// @notice Ends a deposit whose balance was not paid before `balanceBy` (earnest money goes to the seller, an advance back to
    /// the buyer), or overtakes a tribunal that was silent until the backstop. Anyone.
    /// @dev Overtaking does what the clock of the stage would have brought: the end of the deposit, the refund of what was not
    /// shipped or delivered, the end of the tail. After delivery it divides what is held by `silenceBps`, remainder to the buyer, and
    /// leaves the tail.
    function lapse(PackedTerms calldata terms) external;

    /// @notice Frees the coverage when the tail is over. Anyone.
    function close(PackedTerms calldata terms) external;

    // ------------------------------------------------------------------ disputes

    /// @notice Opens a dispute: from here money moves by settlement, award, a party that gives in, or the backstop. `by` is the
    /// caller, or signed `OpenDispute`, which states the state: one opens one dispute.
    /// @dev While the running window (`balanceBy`, `shipBy`, `deliverBy`, inspection, tail) is open. The buyer, or the seller
    /// between payment and delivery. The backstop is `terms.backstop` after the end of that window.
    /// @param statement Digest of what the party states.
    function dispute(PackedTerms calldata terms, address by, bytes32 statement, bytes calldata consent) external;

    /// @notice Closes a deal, before its end in any state, as both parties signed in one `Settlement`, which names the state.
    /// Anyone; a party that calls consents by calling.
    /// @dev `toBuyer + toSeller` must equal what is held; `compensation` comes from the coverage and may not exceed it.
    function settle(
        PackedTerms calldata terms,
        uint256 toBuyer,
        uint256 toSeller,
        uint256 compensation,
        bytes calldata buyerConsent,
        bytes calldata sellerConsent
    ) external;

    /// @notice Closes a disputed deal as its tribunal decides, before the backstop. Tribunal of the terms only.
    /// @dev `toBuyer + toSeller` must equal what is held. Compensation is paid from this deal's coverage and nothing else; the
    /// rest is recorded as a shortfall of a seller who signed the terms or shipped, and of no other.
    /// @param compensation What the seller owes beyond the price, in minor units.
    /// @param reasons Digest of the written reasons.
    /// @param evidence Root of the evidence that was judged.
    /// @return disputedAt `Deal.disputedAt`, for a tribunal whose rules give time to answer.
    function award(
        PackedTerms calldata terms,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation,
        bytes32 reasons,
        bytes32 evidence
    ) external returns (uint256 disputedAt);

    /// @notice Moves the backstop of a disputed deal later: at most 180 days from now and three years from `disputedAt`.
    /// Tribunal of the terms only.
    /// @return disputedAt `Deal.disputedAt`.
    function extendBackstop(PackedTerms calldata terms, uint256 until) external returns (uint256 disputedAt);

    /// @notice Pays `amount` of what an award exceeded the coverage by from the caller to the buyer: native currency as
    /// `msg.value`, a token from the caller's allowance. Anyone.
    function payShortfall(PackedTerms calldata terms, uint256 amount) external payable;

    // ------------------------------------------------------------------ bonds and credits

    /// @notice Adds `amount` of the caller's `token` to the bond of `seller`.
    function postBond(address seller, address token, uint256 amount) external payable;

    /// @notice Adds to the seller's bond by their ERC-3009 authorization: valid from 0 to `deadline`, nonce equal to the digest
    /// of `PostBond`.
    function postBondWithAuthorization(
        address seller,
        address token,
        uint256 amount,
        bytes32 salt,
        uint256 deadline,
        bytes calldata authorization
    ) external;

    /// @notice Starts the clock of a withdrawal: the free part of the bond can leave 180 days later, for 30 days.
    /// Seller, or the seller's `RequestBondWithdrawal`. Refused while an earlier request waits or is open.
    /// @dev This and the withdrawals use a nonce of their owner in both forms: a paper signed before an own call is void after it.
    function requestBondWithdrawal(address seller, address token, bytes calldata consent) external;

    /// @notice Sends `amount` of the bond that no deal has reserved to `to`, while a requested withdrawal is open. Seller, or the
    /// seller's `WithdrawBond`.
    /// @dev Only what is reserved is promised to anybody: `reserved` of `bondOf`, not its `balance`.
    function withdrawBond(address seller, address token, uint256 amount, address to, bytes calldata consent) external;

    /// @notice Sends `amount` of the owner's credit in `token` to `to`; reverts when it cannot be delivered there. Owner, or the
    /// owner's `WithdrawCredit`.
    /// @dev In parts, because a token that lost value may no longer cover the whole.
    function withdrawCredit(address owner, address token, uint256 amount, address to, bytes calldata consent) external;

    /// @notice Refused to everybody but the escrow itself, which pays tokens through it so that a failed transfer leaves no trace.
    function transferErc20(address token, address to, uint256 amount) external;

    // ------------------------------------------------------------------ views

    /// @notice Id of the chain at deployment, which is part of every deal's id: a fork of the chain strands no deal.
    function CHAIN_ID() external view returns (uint256);

    /// @notice Names the deal: keccak256(abi.encode(CHAIN_ID, escrow, words)).
    function dealIdOf(PackedTerms calldata terms) external view returns (DealId);

    /// @notice The EIP-712 digest of `Terms`: what a wallet signs. It differs from the deal's id.
    function termsDigestOf(PackedTerms calldata terms) external view returns (bytes32);

    /// @notice Where the deal stands; status `None` before funding and after the slot of a closed deal was given back.
    /// @dev Reverts while the escrow is making a payment, as do the other views of money.
    function dealOf(DealId id) external view returns (Deal memory);

    /// @notice A seller's bond in one token: balance, reserved part, and when a requested withdrawal opens.
    function bondOf(address seller, address token) external view returns (Bond memory);

    /// @notice What `owner` can withdraw in `token`, in minor units.
    function creditOf(address owner, address token) external view returns (uint256);

    /// @notice What an award exceeded this deal's coverage by and nobody has paid yet, in minor units.
    function shortfallOf(DealId id) external view returns (uint256);
}
