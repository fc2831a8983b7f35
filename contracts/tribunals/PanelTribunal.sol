// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {Determination, IPanelTribunal} from "../interfaces/IPanelTribunal.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {TermsCodec} from "../libraries/TermsCodec.sol";
import {Award} from "../types/Deal.sol";
import {PackedTerms} from "../types/Terms.sol";

/// @notice A panel fixed in the terms; `IPanelTribunal` is its manual.
contract PanelTribunal is IPanelTribunal, EIP712("Holdfast Panel", "1") {
    using Signatures for address;
    using TermsCodec for PackedTerms;

    bytes32 private constant DETERMINATION_TYPEHASH = keccak256(
        "Determination(bytes32 deal,uint96 toBuyer,uint96 toSeller,uint96 compensation,bytes32 reasons,bytes32 evidence,uint40 deadline)"
    );

    /// @notice The escrow whose deals this tribunal decides.
    IEscrow public immutable ESCROW;

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    /// @inheritdoc IPanelTribunal
    function determine(
        PackedTerms calldata terms,
        Determination calldata determination,
        uint256 threshold,
        address[] calldata arbitrators,
        uint256 signers,
        bytes[] calldata signatures
    ) external {
        require(block.timestamp < determination.deadline, DeterminationExpired(determination.deadline));
        bytes32 rules = rulesOf(threshold, arbitrators);
        require(rules == terms.rules(), PanelMismatch(terms.rules(), rules));
        require(
            signatures.length == threshold && signatures.length != 0,
            WrongSignatureCount(signatures.length, threshold)
        );
        _requireSigned(terms, digestOf(determination), arbitrators, signers, signatures);

        emit Determined(determination.deal, determination.evidence, signers);

        ESCROW.award(
            terms,
            determination.deal,
            Award(determination.toBuyer, determination.toSeller, determination.compensation, determination.reasons)
        );
    }

    /// @inheritdoc IPanelTribunal
    function digestOf(Determination calldata determination) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(DETERMINATION_TYPEHASH, determination)));
    }

    /// @inheritdoc IPanelTribunal
    function rulesOf(uint256 threshold, address[] calldata arbitrators) public pure returns (bytes32) {
        return keccak256(abi.encode(threshold, arbitrators));
    }

    /// @dev Walks the set bits upwards. Ascending addresses make every signer a different person.
    function _requireSigned(
        PackedTerms calldata terms,
        bytes32 digest,
        address[] calldata arbitrators,
        uint256 signers,
        bytes[] calldata signatures
    ) private view {
        (address buyer, address seller) = (terms.buyer(), terms.seller());
        address last;
        uint256 seat;
        for (uint256 i = 0; i < signatures.length; ++i) {
            while (signers & 1 == 0) {
                require(signers != 0, WrongSignatureCount(signatures.length, i));
                signers >>= 1;
                ++seat;
            }
            require(seat < arbitrators.length, SignerOutOfRange(seat, arbitrators.length));
            address arbitrator = arbitrators[seat];
            require(arbitrator > last, ArbitratorsNotAscending(arbitrator));
            require(arbitrator != buyer && arbitrator != seller, ArbitratorIsParty(arbitrator));
            arbitrator.requireSigned(digest, signatures[i]);

            last = arbitrator;
            signers >>= 1;
            ++seat;
        }
        require(signers == 0, WrongSignatureCount(signatures.length + 1, signatures.length));
    }
}
