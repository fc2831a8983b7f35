// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DealId, PackedTerms} from "../types/Terms.sol";
import {ITribunal} from "./ITribunal.sol";

/// @notice How a panel decides; clocks are seconds.
struct PanelRules {
    /// Signatures that decide: at least one, at most as many as there are arbitrators.
    uint8 threshold;
    /// From the dispute (`Deal.disputedAt`), in which the other side can answer; nothing is decided earlier.
    uint32 answerWindow;
    /// Shortest inspection of terms that this panel accepts.
    uint32 minInspection;
    /// Shortest backstop of terms that this panel accepts: an hour more than the answer window or longer.
    uint32 minBackstop;
}

/// @notice What a panel decides, without the deal, which the terms name. Amounts are minor units of the deal's token. Signed as
/// `Determination(bytes32 deal, ...)` (EIP-712) with these fields after the deal's id.
struct Determination {
    /// When the dispute that is decided was opened (`Deal.disputedAt`): of no other dispute of the deal.
    uint40 disputedAt;
    uint96 toBuyer;
    uint96 toSeller;
    /// Beyond the price, from the seller's coverage.
    uint96 compensation;
    /// Digest of the written reasons.
    bytes32 reasons;
    /// Root of the evidence that was judged.
    bytes32 evidence;
    /// Second from which the determination is refused.
    uint40 deadline;
}

/// @notice What keeps a dispute open while a court or a hearing goes on. Signed as `Extension(bytes32 deal, ...)` (EIP-712).
struct Extension {
    /// When the dispute that is kept open was opened (`Deal.disputedAt`).
    uint40 disputedAt;
    /// New backstop in Unix seconds.
    uint40 until;
    /// Digest of the written reasons.
    bytes32 reasons;
    /// Second from which the extension is refused.
    uint40 deadline;
}

/// @notice One seat of the panel, in ascending order of arbitrators. An arbitrator with a key who signed: the signature's 64
/// bytes (EIP-2098). One who did not sign: `r` is the address and `vs` is zero. A contract wallet that signed (ERC-1271): `r` is the
/// address plus (place among `walletSignatures` + 1) << 160 and `vs` is zero, which no key's signature has.
struct Seat {
    bytes32 r;
    bytes32 vs;
}

/// @title Panels of arbitrators that the terms of a deal fix in advance
/// @notice Executes a determination that enough arbitrators signed, in the same transaction, whoever submits it.
/// @dev Without money and without an owner. `terms.rules` names a registered panel. Trusts no one but the signers: who submits can
/// neither change nor redirect anything, and arbitrators can only split what is held between the parties of the terms and
/// compensate from that deal's coverage. Buyer, seller and marketplace are never among them.
interface IPanelTribunal is ITribunal {
    /// @notice A panel was registered; terms name it by `rules`.
    event PanelRegistered(bytes32 indexed rules, PanelRules panel, address[] arbitrators);

    /// @notice Arbitrators must be in ascending order, without zero.
    error ArbitratorsNotAscending(address arbitrator);
    /// @notice A determination or an extension names its reasons, and a determination its evidence.
    error DigestZero();
    /// @notice The other side can answer until `until`.
    error AnswerWindowOpen(uint256 until);
    /// @notice The determination or the extension was possible before `deadline`.
    error DeterminationExpired(uint256 deadline);
    /// @notice The paper was signed for the dispute of `signed`, and the deal's is that of `actual`. Delivery during a dispute makes
    /// it another: one about the goods, which counts from the end of the inspection.
    error OtherDispute(uint256 signed, uint256 actual);
    /// @notice Clocks of a panel below the floors of this contract.
    error PanelClocksTooShort(uint256 answerWindow, uint256 minInspection, uint256 minBackstop);
    /// @notice The seats and their signatures do not make up the panel that the terms name.
    error PanelMismatch(bytes32 rules, bytes32 panel);
    /// @notice Fewer seats signed than decide.
    error SignaturesMissing(uint256 signatures, uint256 threshold);
    /// @notice A threshold is from one to the number of arbitrators, and a panel has at most 64.
    error ThresholdOutOfRange(uint256 threshold, uint256 arbitrators);

    /// @notice Registers a panel, once and for ever; doing it again changes nothing. Anyone.
    /// @dev Example: three of five with an answer window of three days, inspections from seven days, backstops from thirty.
    /// @param arbitrators In ascending order, so that each is another.
    /// @return rules What terms carry to name this panel: keccak256(abi.encode(panel, arbitrators)).
    function register(PanelRules calldata panel, address[] calldata arbitrators) external returns (bytes32 rules);

    /// @notice Awards as the determination says, once the answer window is over. Anyone.
    /// @param panel The rules of the panel that the terms name; the seats give its arbitrators.
    /// @param seats One for each arbitrator, in the panel's order.
    /// @param walletSignatures What the contract wallets among the signers accept; empty where all sign with keys.
    function determine(
        PackedTerms calldata terms,
        Determination calldata determination,
        PanelRules calldata panel,
        Seat[] calldata seats,
        bytes[] calldata walletSignatures
    ) external;

    /// @notice Moves the backstop of a dispute later, within the escrow's limits, on the signatures of as many arbitrators as
    /// decide. Anyone.
    function extend(
        PackedTerms calldata terms,
        Extension calldata extension,
        PanelRules calldata panel,
        Seat[] calldata seats,
        bytes[] calldata walletSignatures
    ) external;

    /// @notice The EIP-712 digest that arbitrators sign to decide.
    function digestOf(DealId deal, Determination calldata determination) external view returns (bytes32);

    /// @notice The EIP-712 digest that arbitrators sign to extend.
    function extensionDigestOf(DealId deal, Extension calldata extension) external view returns (bytes32);

    /// @notice The `rules` that terms carry to name this panel, registered or not.
    function rulesOf(PanelRules calldata panel, address[] calldata arbitrators) external pure returns (bytes32);

    /// @notice Whether a panel with these rules was registered.
    function isRegistered(bytes32 rules) external view returns (bool);
}
