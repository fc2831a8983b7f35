// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DealId, PackedTerms} from "../types/Terms.sol";

/// @notice What a panel of arbitrators signs (EIP-712). Amounts are minor units of the deal's token.
struct Determination {
    DealId deal;
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

/// @notice One arbitrator's signature. Of a key: its 64 bytes (EIP-2098). Of a contract wallet (ERC-1271): `vs` is zero, which
/// no key ever makes, and `r` is the place of the signature among `walletSignatures`.
struct SeatSignature {
    bytes32 r;
    bytes32 vs;
}

/// @title A panel that the terms of a deal fix in advance
/// @notice Executes a determination that enough arbitrators signed, in the same transaction, whoever carries it.
/// @dev Stateless and without money. `terms.rules` must be `keccak256(abi.encode(threshold, arbitrators))`. Trusts no one but the signers: a
/// carrier can neither change nor redirect anything, and arbitrators can only split what is held between the parties of the
/// terms and compensate from that deal's coverage.
interface IPanelTribunal {
    error ArbitratorIsParty(address arbitrator);
    error ArbitratorsNotAscending(address arbitrator);
    error DeterminationExpired(uint256 deadline);
    /// @notice These arbitrators, with as many signatures as were given, are not the panel of the terms.
    error PanelMismatch(bytes32 rules, bytes32 panel);
    error SignersMismatch(uint256 signers, uint256 signatures);

    /// @notice Who decided on what evidence; the amounts and the reasons stand in the escrow's `DealAwarded`.
    event Determined(DealId indexed deal, bytes32 evidence, uint256 signers);

    /// @notice Awards as the determination says. Anyone may carry it.
    /// @param arbitrators The panel of the terms, in ascending order.
    /// @param signers Bit i set: `arbitrators[i]` signed.
    /// @param signatures As many as the panel's threshold, one for each set bit, lowest bit first.
    /// @param walletSignatures What the contract wallets among the signers accept; empty where all sign with keys.
    function determine(
        PackedTerms calldata terms,
        Determination calldata determination,
        address[] calldata arbitrators,
        uint256 signers,
        SeatSignature[] calldata signatures,
        bytes[] calldata walletSignatures
    ) external;

    /// @notice The EIP-712 digest that arbitrators sign.
    function digestOf(Determination calldata determination) external view returns (bytes32);

    /// @notice The `rules` that terms must carry for this panel.
    function rulesOf(uint256 threshold, address[] calldata arbitrators) external pure returns (bytes32);
}
