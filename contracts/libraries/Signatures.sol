// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice One answer to "did this account sign this digest", for every kind of account.
library Signatures {
    /// @notice The signature is not one of `signer` over the digest that this call makes.
    error SignatureInvalid(address signer);

    /// @notice Reverts unless `signer` signed `digest`.
    /// @dev Key first, contract second: an account with code under EIP-7702 still signs with its key. Accepts 65 bytes
    /// (r, s, v) with low `s`, 64 bytes (EIP-2098), and whatever an ERC-1271 contract accepts. Never uses a signature as a key.
    function requireSigned(address signer, bytes32 digest, bytes calldata signature) internal view {
        require(
            (_recover(digest, signature) == signer && signer != address(0)) || _isAccepted(signer, digest, signature),
            SignatureInvalid(signer)
        );
    }

    /// @dev Who made a signature of 64 bytes (EIP-2098), and zero if nobody did.
    function recover(bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (address recovered) {
        (recovered, , ) = ECDSA.tryRecover(digest, r, vs);
    }

    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address recovered) {
        if (signature.length == 64) {
            (bytes32 r, bytes32 vs) = abi.decode(signature, (bytes32, bytes32));
            recovered = recover(digest, r, vs);
        } else if (signature.length == 65) {
            (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
            (recovered, , ) = ECDSA.tryRecover(digest, uint8(signature[64]), r, s);
        }
    }

    function _isAccepted(address signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        if (signer.code.length == 0) return false;
        (bool success, bytes memory result) = signer.staticcall(
            abi.encodeCall(IERC1271.isValidSignature, (digest, signature))
        );
        return success && result.length >= 32 && bytes32(result) == bytes32(IERC1271.isValidSignature.selector);
    }
}
