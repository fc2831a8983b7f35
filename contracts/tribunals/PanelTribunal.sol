// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {Determination, IPanelTribunal, SeatSignature} from "../interfaces/IPanelTribunal.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {TermsCodec} from "../libraries/TermsCodec.sol";
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
        address[] calldata arbitrators,
        uint256 signers,
        SeatSignature[] calldata signatures,
        bytes[] calldata walletSignatures
    ) external {
        require(block.timestamp < determination.deadline, DeterminationExpired(determination.deadline));
        bytes32 rules = rulesOf(signatures.length, arbitrators);
        require(rules == terms.rules() && signatures.length != 0, PanelMismatch(terms.rules(), rules));
        _requireSigned(terms, digestOf(determination), arbitrators, signers, signatures, walletSignatures);

        emit Determined(determination.deal, determination.evidence, signers);

        ESCROW.award(
            terms,
            determination.deal,
            determination.toBuyer,
            determination.toSeller,
            determination.compensation,
            determination.reasons
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

    /// @dev Ascending addresses make every signer a different person. `if`, because `require` computes its error's arguments
    /// even when all is well, and this loop is what a determination pays most for.
    function _requireSigned(
        PackedTerms calldata terms,
        bytes32 digest,
        address[] calldata arbitrators,
        uint256 signers,
        SeatSignature[] calldata signatures,
        bytes[] calldata walletSignatures
    ) private view {
        (address buyer, address seller) = (terms.buyer(), terms.seller());
        address last;
        uint256 next;
        for (uint256 seat = 0; seat < arbitrators.length; ++seat) {
            if ((signers >> seat) & 1 == 0) continue;
            if (next == signatures.length) revert SignersMismatch(signers, signatures.length);
            address signer = _signerOf(digest, arbitrators[seat], signatures[next], walletSignatures);
            if (signer <= last) revert ArbitratorsNotAscending(signer);
            if (signer == buyer || signer == seller) revert ArbitratorIsParty(signer);

            last = signer;
            ++next;
        }
        if (next != signatures.length || signers >> arbitrators.length != 0) {
            revert SignersMismatch(signers, signatures.length);
        }
    }

    /// @dev Returns the arbitrator, who signed.
    function _signerOf(
        bytes32 digest,
        address arbitrator,
        SeatSignature calldata signature,
        bytes[] calldata walletSignatures
    ) private view returns (address signer) {
        (bytes32 r, bytes32 vs) = (signature.r, signature.vs);
        if (vs == 0) {
            require(uint256(r) < walletSignatures.length, Signatures.SignatureInvalid(arbitrator));
            arbitrator.requireSigned(digest, walletSignatures[uint256(r)]);
            return arbitrator;
        }
        signer = Signatures.recover(digest, r, vs);
        if (signer != arbitrator) revert Signatures.SignatureInvalid(arbitrator);
    }
}
